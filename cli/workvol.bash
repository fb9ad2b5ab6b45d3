# SPDX-License-Identifier: GPL-2.0-or-later
# workvol.bash - completion for bash. It asks `workvol help`, so it knows what
# the program knows; what it cannot know is left to the names of files. It asks
# in English, whose headings it looks for.

_workvol_help() { # [COMMAND]: what follows the first column of its help
	LC_ALL=C "${COMP_WORDS[0]}" help "$@" 2>/dev/null
}

_workvol_options() { # [COMMAND]: of it and of every command
	{ _workvol_help "$@"; _workvol_help; } | sed -n 's/^  \(   \|-., \)\{0,1\} *\(--[a-z-]*\).*/\2/p' |
		sort -u
}

_workvol_takes() { # OPTION [COMMAND]: does it take an argument
	local option=$1
	shift
	{ _workvol_help "$@"; _workvol_help; } | grep -q "^  .*$option [A-Z]"
}

_workvol_verbs() { # COMMAND
	_workvol_help "$1" | sed -n '/^usage:/,/^$/p' | tr '\n' ' ' |
		sed -n "s/^usage: workvol $1 \[OPTION\.\.\.\] //p" | tr '|' '\n' |
		sed -n 's/^ *\([a-z]\{1,\}\).*/\1/p'
}

_workvol_argument() { # OPTION [COMMAND]: its values
	case $1 in
	--destination) echo internal-reuse external-reuse recycling manufacturer other ;;
	--format) _workvol_help "$2" | sed -n 's/^.*--format FORMAT *//p' | grep -oE 'text|json|html|pdf' ;;
	--lang) echo ja en both ;;
	--method) LC_ALL=C "${COMP_WORDS[0]}" methods 2>/dev/null | sed -n '2,$s/ .*//p' ;;
	--verify) echo none last all sample ;;
	--progress) echo auto tty plain json none ;;
	esac
}

# As bash hands it over: "--option=value" comes in three words.
_workvol() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local cmd= i words=

	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-* | =) continue ;;
		esac
		case ${COMP_WORDS[i - 1]} in
		--policy | --progress | =) continue ;;
		esac
		cmd=${COMP_WORDS[i]}
		break
	done
	COMPREPLY=()
	if [[ $prev == --* ]] && _workvol_takes "$prev" $cmd; then
		words=$(_workvol_argument "$prev" $cmd)
	elif [[ $cur == -* ]]; then
		words=$(_workvol_options $cmd)
	elif [ -z "$cmd" ] || [ "$cmd" = help ]; then
		words=$(_workvol_help | sed -n '/^commands:/,/^$/s/^  \([a-z]\{1,\}\) .*/\1/p')
	elif [ "$i" = $((COMP_CWORD - 1)) ]; then
		words=$(_workvol_verbs "$cmd")
	fi
	[ -n "$words" ] && mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -o default -F _workvol workvol
