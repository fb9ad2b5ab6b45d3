# workvol - the whole build, in one file. `make help` lists the targets.
#
#   BUILD=release|asan|tsan|coverage|fuzz   what kind of build, in build/$(BUILD)/
#   V=1                                     show the commands
#   CC=clang                                another compiler

VERSION   := 0.1.0
SONAME    := libworkvol.so.0
BUILD     ?= release
B         ?= build/$(BUILD)
SHELL     := /bin/bash
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

ifeq ($(origin CC),default)
CC := gcc
endif
CLANG      ?= $(firstword $(shell command -v clang clang-14 clang-15 clang-16 2>/dev/null))

# ---- where it is installed (GNU) --------------------------------------------
prefix     ?= /usr/local
bindir     ?= $(prefix)/bin
libdir     ?= $(prefix)/lib
includedir ?= $(prefix)/include
mandir     ?= $(prefix)/share/man
localedir  ?= $(prefix)/share/locale
docdir     ?= $(prefix)/share/doc/workvol
udevdir    ?= /usr/lib/udev/rules.d
bashdir    ?= $(prefix)/share/bash-completion/completions
unitdir    ?= /usr/lib/systemd/system
INSTALL    ?= install

# ---- packages: the one list --------------------------------------------------
PACKAGES_BUILD := gcc make pkg-config libc6-dev libcryptsetup-dev libblkid-dev libmount-dev \
	libudev-dev libssl-dev liburing-dev libjson-c-dev libeconf-dev libsqlite3-dev libpq-dev libfuse3-dev \
	libunistring-dev libpango1.0-dev libcairo2-dev libqrencode-dev gettext
PACKAGES_RUN   := openssh-client openssh-server rsync e2fsprogs fuse3 util-linux fonts-ipaexfont-gothic libc-l10n
PACKAGES_TEST  := check clang llvm cryptsetup-bin mandoc faketime jq sqlite3 xfsprogs fdisk acl attr procps \
	universal-ctags perl python3 poppler-utils zbar-tools postgresql
PACKAGES_PAGE  := chromium
PACKAGES_LAB   := qemu-system-x86 mmdebstrap busybox-static kmod cpio xz-utils
PACKAGES_BENCH := fio nwipe scrub openssl coreutils

# Install what is missing of a list; without root, say what is missing.
define need
	@missing=$$(for p in $(1); do dpkg-query -W -f '$${Status}\n' $$p 2>/dev/null | \
		grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
		if [ $$(id -u) = 0 ]; then \
			echo "installing: "$$missing; \
			{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
				--no-install-recommends $$missing; } >/dev/null 2>/tmp/workvol-apt.$$$$ || \
				{ cat /tmp/workvol-apt.$$$$ >&2; rm -f /tmp/workvol-apt.$$$$; exit 1; }; \
			rm -f /tmp/workvol-apt.$$$$; \
		else echo "please install: "$$missing >&2; exit 1; fi; \
	fi
endef

# ---- flags ---------------------------------------------------------------------
PKGS      := libcryptsetup blkid mount libudev libcrypto liburing json-c libeconf sqlite3 fuse3
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   = $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lunistring -lm

# of workvol-render alone: nothing that draws is in the privileged process
RENDER_PKGS   := pangocairo pangoft2 cairo-pdf libqrencode
RENDER_CFLAGS  = $(shell pkg-config --cflags $(RENDER_PKGS) 2>/dev/null)
RENDER_LIBS    = $(shell pkg-config --libs $(RENDER_PKGS) fontconfig json-c libcrypto 2>/dev/null) -lm

# of the module for a shared ledger alone: the program is not linked against it
PQ_CFLAGS      = $(shell pkg-config --cflags libpq 2>/dev/null)
PQ_LIBS        = $(shell pkg-config --libs libpq 2>/dev/null)
# where a program finds what is in libdir: the same for every prefix
LIB_FROM_BIN  := $(shell realpath -m --relative-to='$(bindir)' '$(libdir)')

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
	-Wpointer-arith -Wvla -Wimplicit-fallthrough -Wformat=2 -Werror
CPPFLAGS_ALL = -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DFUSE_USE_VERSION=35 \
	-DWV_VERSION='"$(VERSION)"' -DWV_LIB_FROM_BIN='"$(LIB_FROM_BIN)"' -Ilib $(CPPFLAGS)
CFLAGS_ALL   = -std=gnu11 -g -pthread -fPIC -fvisibility=hidden $(WARN) $(OPT) $(PKG_CFLAGS) $(CFLAGS)
LDFLAGS_ALL  = -pthread -Wl,-z,relro,-z,now $(OPT_LD) $(LDFLAGS)

OPT_release  := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong
OPT_asan     := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
OPT_tsan     := -O1 -fno-omit-frame-pointer -fsanitize=thread
OPT_coverage := -O0 --coverage
OPT_fuzz     := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
OPT          := $(OPT_$(BUILD))
ifeq ($(OPT),)
$(error BUILD is one of release, asan, tsan, coverage, fuzz)
endif
OPT_LD       := $(filter -fsanitize=% --coverage,$(OPT))
ifeq ($(BUILD),fuzz)
override CC  := $(CLANG)
endif

# ---- what there is -----------------------------------------------------------------
ROOMS    ?= base policy media trust declare ledger wipe volume sync sanitize host evidence flow
MODULE   := workvol-postgresql.so
MODULE_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard lib/ledger/postgresql/*.c))
LIB_SRC  := $(filter-out lib/ledger/postgresql/%,$(foreach r,$(ROOMS),$(wildcard lib/$(r)/*.c lib/$(r)/*/*.c)))
LIB_OBJ  := $(LIB_SRC:%.c=$(B)/%.o)
CLI_SRC  := $(wildcard cli/*.c)
CLI_OBJ  := $(CLI_SRC:%.c=$(B)/%.o)
RENDER_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard cli/render/*.c))
UNIT     := $(sort $(foreach s,$(LIB_SRC),$(wildcard tests/unit/check_$(basename $(notdir $(s))).c)))
NOBODYS  := $(filter-out $(UNIT),$(wildcard tests/unit/check_*.c))
$(if $(NOBODYS),$(error no file of lib has the name of $(NOBODYS): it would not be run))
UNIT_BIN := $(UNIT:%.c=$(B)/%)
UNIT_OBJ := $(UNIT:%.c=$(B)/%.o)
UNIT_SUP := $(patsubst %.c,$(B)/%.o,$(wildcard tests/unit/support*.c tests/unit/fault.c))
CLI_TESTS := $(sort $(wildcard tests/cli/test_*.sh))
TREE_TESTS := $(sort $(filter-out %/lib.sh,$(wildcard tests/tree/*.sh)))
FUZZ     := $(sort $(wildcard tests/fuzz/fuzz_*.c))
HELPERS  := $(patsubst tests/fault/%.c,$(B)/tests/fault/%,$(wildcard tests/fault/*.c))
BENCH    := $(patsubst tests/bench/%.c,$(B)/tests/bench/%,$(wildcard tests/bench/*.c))

# Translations lie beside the program, as where they are installed: locale/LANGUAGE/LC_MESSAGES/.
CATALOGUES := $(patsubst cli/po/%.po,$(B)/locale/%/LC_MESSAGES/workvol.mo,$(wildcard cli/po/*.po))

# Calls that tests/unit/fault.c can make fail; the wrappers live there.
WRAPPED  = $(shell sed -n 's/^WRAP.[^,]*, *\([a-z0-9_]*\).*/\1/p' tests/unit/fault.c 2>/dev/null)
WRAP_LD  = $(foreach f,$(WRAPPED),-Wl,--wrap=$(f))

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-7s %s\n'
endif

all: $(B)/workvol $(CATALOGUES) $(B)/workvol-render $(B)/$(MODULE) $(B)/libworkvol.a $(B)/$(SONAME) $(B)/libworkvol.pc ## build the command and the library (the default)

# Rebuild when a flag changes.
$(B)/.flags: FORCE
	@mkdir -p $(B)
	@echo '$(CC) $(CPPFLAGS_ALL) $(OPT) $(CFLAGS) $(LDFLAGS_ALL) $(ROOMS)' | cmp -s - $@ || \
		echo '$(CC) $(CPPFLAGS_ALL) $(OPT) $(CFLAGS) $(LDFLAGS_ALL) $(ROOMS)' >$@
FORCE:

$(B)/%.o: %.c $(B)/.flags
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(B)/cli/language.o: CPPFLAGS_ALL += -DWV_LOCALEDIR='"$(localedir)"'

$(B)/locale/%/LC_MESSAGES/workvol.mo: cli/po/%.po
	@mkdir -p $(@D)
	$(say) MSGFMT $@
	$(Q)msgfmt --check -o $@ $<

# What is translated: the functions that take a sentence, and what N_() and C_() mark.
XGETTEXT := xgettext --from-code=UTF-8 --language=C --no-location --sort-output --keyword --keyword=_ --keyword=N_ \
	--keyword=C_:1c,2 --keyword=tr_n:1,2 --keyword=usage_error:2 --keyword=report_text:3 \
	--keyword=OPT_:6 --keyword=OPT_STR:4 --keyword=OPT_LIST:4 --keyword=OPT_FLAG:3 --keyword=OPT_SIZE:3 --keyword=OPT_FD:3 \
	--keyword=wv__fail:3 --keyword=wv__fail_sys:3 --keyword=wv__fail_prefix:2 --keyword=wv__log:3 --keyword=wv__say:2 \
	--keyword=wv__worker_fail:3 --keyword=wv__worker_fail_sys:3 --keyword=wv__run_fail:3 --keyword=wv__offer_refuse:3 \
	--keyword=pg_fail:4 --flag=pg_fail:4:c-format \
	--flag=usage_error:2:c-format --flag=report_text:3:c-format --flag=wv__fail:3:c-format --flag=wv__fail_sys:3:c-format \
	--flag=wv__fail_prefix:2:c-format --flag=wv__log:3:c-format --flag=wv__say:2:c-format --flag=wv__worker_fail:3:c-format \
	--flag=wv__worker_fail_sys:3:c-format --flag=wv__run_fail:3:c-format --flag=wv__offer_refuse:3:c-format

$(B)/workvol.pot: FORCE
	@mkdir -p $(@D)
	$(Q)$(XGETTEXT) -o - $(sort $(LIB_SRC) $(wildcard lib/ledger/postgresql/*.c) $(CLI_SRC) $(wildcard cli/*.h)) | sed /POT-Creation-Date/d >$@

po: $(B)/workvol.pot ## put new sentences into cli/po/*.po, to be translated there
	$(Q)for p in $(wildcard cli/po/*.po); do msgmerge --quiet --no-fuzzy-matching --no-wrap --sort-output --backup=none -U $$p $< && \
		msgattrib --no-obsolete --no-wrap --sort-output -o $$p $$p && msgfmt --statistics -o /dev/null $$p || exit 1; done
.PHONY: po

$(RENDER_OBJ): CFLAGS_ALL += $(RENDER_CFLAGS)
$(MODULE_OBJ): CFLAGS_ALL += $(PQ_CFLAGS)

# what it takes in as it is (.incbin)
$(B)/lib/evidence/bundle.o: $(wildcard lib/evidence/bundle/*)
$(B)/lib/evidence/report_html.o: lib/evidence/report.css

$(B)/libworkvol.a: $(LIB_OBJ)
	$(say) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $(LIB_OBJ)

$(B)/$(SONAME): $(LIB_OBJ) lib/libworkvol.map
	$(say) LD $@
	$(Q)$(CC) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=lib/libworkvol.map $(LDFLAGS_ALL) \
		-o $@ $(LIB_OBJ) $(PKG_LIBS)
	$(Q)ln -sf $(SONAME) $(B)/libworkvol.so

$(B)/libworkvol.pc: lib/libworkvol.pc.in Makefile
	@mkdir -p $(@D)
	$(Q)sed -e 's|@prefix@|$(prefix)|; s|@libdir@|$(libdir)|; s|@includedir@|$(includedir)|; s|@version@|$(VERSION)|' $< >$@

$(B)/workvol: $(CLI_OBJ) $(B)/libworkvol.a
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(CLI_OBJ) $(B)/libworkvol.a $(PKG_LIBS)

$(B)/workvol-render: $(RENDER_OBJ) $(B)/libworkvol.a
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS_ALL) -Wl,--as-needed -o $@ $(RENDER_OBJ) $(B)/libworkvol.a $(RENDER_LIBS)

# it knows nothing of the library: what it needs of it, it is given when it is opened
$(B)/$(MODULE): $(MODULE_OBJ)
	$(say) LD $@
	$(Q)$(CC) -shared $(if $(OPT_LD),,-Wl,-z,defs) $(LDFLAGS_ALL) -o $@ $(MODULE_OBJ) $(PQ_LIBS)

# a program looks for it beside itself
$(B)/tests/%/$(MODULE): $(B)/$(MODULE)
	@mkdir -p $(@D)
	$(Q)ln -sf $(abspath $<) $@

$(B)/tests/unit/check_module: | $(B)/tests/unit/$(MODULE)

$(B)/tests/unit/check_%: $(B)/tests/unit/check_%.o $(UNIT_SUP) $(B)/libworkvol.a
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS_ALL) $(WRAP_LD) -o $@ $< $(UNIT_SUP) $(B)/libworkvol.a \
		$$(pkg-config --libs check) $(PKG_LIBS)

$(B)/tests/fault/%: $(B)/tests/fault/%.o
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< $$(pkg-config --libs fuse3) -lpthread

$(B)/tests/lab/%: $(B)/tests/lab/%.o
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $<

$(B)/tests/bench/%: $(B)/tests/bench/%.o $(B)/libworkvol.a
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< $(B)/libworkvol.a $(PKG_LIBS)

# ---- tests -------------------------------------------------------------------------
# Each leaves LOG/<name>.log and, when it passed, a stamp: it is not run again
# until something that it is made of changes.
LOG := $(B)/log

stamps = $(patsubst tests/tree/%.sh,$(LOG)/tree_%.ok,$(patsubst tests/cli/%.sh,$(LOG)/%.ok,$(1:tests/unit/%.c=$(LOG)/%.ok)))

unit: $(call stamps,$(UNIT)) ## the unit tests

$(LOG)/check_%.ok: $(B)/tests/unit/check_% $(HELPERS) tests/run.sh
	@tests/run.sh $(LOG) check_$* $(B)/tests/unit/check_$*

cli-tests: $(call stamps,$(CLI_TESTS)) ## the command line, end to end

# what appends, and a proxy that cuts
$(LOG)/test_postgresql.ok: $(B)/tests/bench/bench_append $(B)/tests/bench/$(MODULE) tests/cli/pg_cut.py tests/cli/pg_vanish.py

$(LOG)/test_%.ok: tests/cli/test_%.sh $(B)/workvol $(B)/workvol-render $(B)/$(MODULE) $(HELPERS) tests/run.sh $(wildcard tests/cli/lib*.sh)
	@WORKVOL=$(abspath $(B)/workvol) HELPERS=$(abspath $(B)/tests/fault) tests/run.sh $(LOG) test_$* bash $<

tree-tests: $(call stamps,$(TREE_TESTS))

$(LOG)/tree_%.ok: tests/tree/%.sh FORCE | all
	@B=$(B) CC='$(CC)' CLANG='$(CLANG)' MAKE='$(MAKE)' tests/run.sh $(LOG) tree_$* bash $<

packages-check: ; $(call need,$(PACKAGES_BUILD) $(PACKAGES_RUN) $(PACKAGES_TEST) $(PACKAGES_PAGE))
packages-demo: ; $(call need,$(PACKAGES_BUILD) $(PACKAGES_RUN) $(PACKAGES_TEST))
packages-bench: ; $(call need,$(PACKAGES_BUILD) $(PACKAGES_RUN) $(PACKAGES_BENCH))
.PHONY: all unit unit-build cli-tests tree-tests packages-check packages-demo packages-bench check check-together \
	check-alone soak soak-insert soak-postgresql soak-prepare soak-return soak-wipe soak-year tsan bench demo fuzz fuzz-replay install clean help format FORCE

JOBS ?= $(shell nproc)
# Each test has namespaces of its own (tests/run.sh). One that still minds what runs beside it says so
# in its first comment, and runs by itself at the end:
#	alone: WHY
TEST_JOBS ?= 2
SUMMARY   ?= tests/summary.sh
ALONE  := $(shell grep -lE '^( \*|\#) alone: .' tests/unit/check_*.c tests/cli/test_*.sh tests/tree/*.sh)
TESTS  := $(UNIT) $(CLI_TESTS) $(if $(filter release,$(BUILD)),$(TREE_TESTS))
BUILDS := $(BUILD) $(if $(filter release,$(BUILD)),fuzz asan)
.PHONY: asan-together asan-alone $(BUILDS:%=build-%)

unit-build: $(UNIT_BIN) $(HELPERS)

$(BUILDS:%=build-%): build-%:
	@mkdir -p $(LOG)
	@$(MAKE) --no-print-directory BUILD=$* $(if $(filter fuzz,$*),fuzz-build,unit-build) $(if $(filter $(BUILD),$*),all) || \
		{ echo 'not ok - BUILD=$* builds' >$(LOG)/build_$*.log; exit 1; }

check-together: $(call stamps,$(filter-out $(ALONE),$(TESTS))) $(if $(filter release,$(BUILD)),fuzz-replay asan-together)
check-alone: $(call stamps,$(filter $(ALONE),$(TESTS))) $(if $(filter release,$(BUILD)),asan-alone)

asan-together asan-alone: asan-%:
	@$(MAKE) --no-print-directory BUILD=asan TESTS='$(UNIT)' check-$*

check: packages-check ## every test, what is missing installed first; ends with a count
	@rm -rf $(LOG) build/asan/log
	@rc=0; \
	$(MAKE) --no-print-directory -k -j$(JOBS) $(BUILDS:%=build-%) || rc=1; \
	if [ ! -e $(LOG)/build_$(BUILD).log ]; then \
		$(MAKE) --no-print-directory -k -j$(TEST_JOBS) check-together || rc=1; \
		$(MAKE) --no-print-directory -k -j1 check-alone || rc=1; \
	fi; \
	$(SUMMARY) $(LOG) $$([ $(BUILD) = release ] && echo build/asan/log) || rc=1; exit $$rc

# The engine's threads. ThreadSanitizer wants the addresses where it expects them.
TSAN_UNIT := $(patsubst tests/unit/%.c,%,$(wildcard $(patsubst lib/wipe/%.c,tests/unit/check_%.c,$(wildcard lib/wipe/*.c))))

tsan: ## the wipe engine's unit tests under ThreadSanitizer
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=tsan $(TSAN_UNIT:%=build/tsan/tests/unit/%)
	@rc=0; for t in $(TSAN_UNIT); do CK_DEFAULT_TIMEOUT=900 SECONDS_MAX=3600 tests/run.sh build/tsan/log $$t setarch -R build/tsan/tests/unit/$$t || rc=1; done; \
	tests/summary.sh build/tsan/log || rc=1; exit $$rc

soak: packages-check all $(HELPERS) ## the long loops: kill -9 at SOAK=200 instants of prepare and of return, at 100 of wipe
	@rm -rf $(LOG); $(MAKE) --no-print-directory -k -j$(JOBS) soak-prepare soak-return soak-wipe; rc=$$?; \
	tests/summary.sh $(LOG) && exit $$rc

soak-prepare soak-return: soak-%:
	@PART=$* SOAK=$${SOAK:-200} SECONDS_MAX=3000 WORKVOL=$(abspath $(B)/workvol) HELPERS=$(abspath $(B)/tests/fault) \
		tests/run.sh $(LOG) soak_$* bash tests/cli/test_kill.sh

soak-wipe: all $(HELPERS)
	@SOAK=$${SOAK:-100} SECONDS_MAX=7000 WORKVOL=$(abspath $(B)/workvol) HELPERS=$(abspath $(B)/tests/fault) \
		tests/run.sh $(LOG) soak_wipe bash tests/cli/test_resume.sh

soak-insert: packages-check all $(HELPERS) ## insert beside SOAK=500 damaged headers, 500 DOS and 500 GPT tables
	@INSERTS=$${SOAK:-500} LIMIT=6000 SECONDS_MAX=7000 WORKVOL=$(abspath $(B)/workvol) HELPERS=$(abspath $(B)/tests/fault) \
		tests/run.sh $(LOG) soak_insert bash tests/cli/test_insert.sh

soak-year: packages-check all ## a contractor's year in fake time: TAKEOUTS=2000, its report and its bundle
	@SECONDS_MAX=9000 WORKVOL=$(abspath $(B)/workvol) HELPERS=$(abspath $(B)/tests/fault) \
		tests/run.sh $(LOG) soak_year bash tests/cli/soak_year.sh

soak-postgresql: packages-check all $(B)/tests/bench/bench_append $(B)/tests/bench/$(MODULE) ## STATIONS=16 append for SECONDS=60, the server killed KILLS=3 times
	@PART=soak STATIONS=$${STATIONS:-16} SECONDS_LONG=$(or $(SECONDS),60) KILLS=$${KILLS:-3} WORKVOL=$(abspath $(B)/workvol) \
		tests/run.sh $(LOG) soak_postgresql bash tests/cli/test_postgresql.sh && grep -h '^# ' $(LOG)/soak_postgresql.log

bench: packages-bench all $(BENCH) $(B)/tests/bench/$(MODULE) $(HELPERS) ## speed beside fio, shred, sha256sum and cp, in one run
	@B=$(abspath $(B)) WORKVOL=$(abspath $(B)/workvol) bash tests/bench/bench.sh

demo: packages-demo all ## the main job, from declaration to certificate
	@WORKVOL=$(abspath $(B)/workvol) bash tests/demo.sh

# ---- the lab: what this machine's kernel may lack, in a virtual machine ---------------
LAB_plain   := $(shell grep -L '^\# lab: ' tests/lab/test_*.sh)
LAB_systemd := $(shell grep -lx '\# lab: systemd' tests/lab/test_*.sh)
LAB_cli     := tests/cli/test_job.sh tests/cli/test_kill.sh
LAB_mapped  := $(patsubst %,tests/cli/test_%.sh,open check field stops sync secrets prepare incident guard \
			interrupt hostile laptop faulty)
LAB_alone   := $(shell grep -lx '\# lab: alone' tests/lab/test_*.sh)
LAB_BOOTS   := $(LAB_alone:tests/lab/test_%.sh=%) systemd cli plain
LAB_LONG    := systemd power plain cli
LAB_LOG     := $(B)/log-lab
LAB_HELPERS := $(patsubst tests/lab/%.c,$(B)/tests/lab/%,$(wildcard tests/lab/*.c))

comma := ,
space := $(subst ,, )

packages-lab: ; $(call need,$(PACKAGES_BUILD) $(PACKAGES_RUN) $(PACKAGES_TEST) $(PACKAGES_LAB))

# One boot for all tests that can share it, TEST_JOBS guests at a time, the long ones first.
# Where a package is missing the tests are skipped, and say why.
check-lab: all $(HELPERS) $(LAB_HELPERS) ## dm-crypt, udev and USB, in a virtual machine (QEMU)
	@rm -rf $(LAB_LOG); mkdir -p $(LAB_LOG)
	@$(MAKE) --no-print-directory -s packages-lab || true
	@rc=0; $(MAKE) --no-print-directory -k -j$(TEST_JOBS) lab-boots || rc=1; \
	$(SUMMARY) $(LAB_LOG) || rc=1; exit $$rc

lab-boots: $(addprefix lab-,$(filter $(LAB_BOOTS),$(LAB_LONG)) $(filter-out $(LAB_LONG),$(LAB_BOOTS)))

lab-mapped $(LAB_BOOTS:%=lab-%): lab-%:
	@APART=no SECONDS_MAX=7200 tests/run.sh $(LAB_LOG) lab_$* tests/lab/run.sh build/lab $(B) \
		$(subst $(space),$(comma),$(strip $(or $(LAB_$*),tests/lab/test_$*.sh))) $(LAB_LOG)/lab_$*.console

# The other tests of the command line that meet a mapper; with check-lab's, all of them.
check-lab-cli: all $(HELPERS) packages-lab ## the command line's tests by dm-crypt, in a virtual machine
	@mkdir -p $(LAB_LOG); $(MAKE) --no-print-directory lab-mapped

# One boot for each cut, and one to begin with: hours where the machine is slow.
soak-lab: all $(HELPERS) $(LAB_HELPERS) packages-lab ## the power fails at SOAK=50 points of prepare and of return
	@mkdir -p $(LAB_LOG); CUTS=$${SOAK:-50} APART=no SECONDS_MAX=30000 tests/run.sh $(LAB_LOG) soak_power tests/lab/run.sh build/lab $(B) \
		tests/lab/test_power.sh $(LAB_LOG)/soak_power.console
	@LIMIT=20000 CUTS=$${SOAK:-50} APART=no SECONDS_MAX=30000 tests/run.sh $(LAB_LOG) soak_writes tests/lab/run.sh build/lab $(B) \
		tests/lab/test_writes.sh $(LAB_LOG)/soak_writes.console

.PHONY: packages-lab check-lab check-lab-cli lab-mapped lab-boots $(LAB_BOOTS:%=lab-%) soak-lab

# ---- fuzzing -------------------------------------------------------------------------
FUZZ_BIN := $(FUZZ:tests/fuzz/%.c=build/fuzz/tests/fuzz/%)
FUZZ_TIME ?= 60

ifeq ($(BUILD),fuzz)
$(B)/tests/fuzz/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(B)/libworkvol.a
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $(filter %.o,$^) $(B)/libworkvol.a $(PKG_LIBS) $(DRAW_LIBS)
$(B)/tests/fuzz/fuzz_render: DRAW_LIBS = $(RENDER_LIBS)
$(B)/tests/fuzz/fuzz_render.o: CFLAGS_ALL += $(RENDER_CFLAGS)
$(B)/tests/fuzz/fuzz_render: $(filter-out %/render.o,$(RENDER_OBJ))
fuzz-build: $(FUZZ_BIN)
endif

fuzz-replay: ## run the fuzz targets over their kept corpora
	@$(MAKE) --no-print-directory BUILD=fuzz ROOMS='$(ROOMS)' fuzz-build
	@rc=0; for f in $(FUZZ_BIN); do n=$$(basename $$f); \
		tests/run.sh $(LOG) $$n bash tests/fuzz/replay.sh $$f tests/fuzz/corpus/$${n#fuzz_} || rc=1; done; exit $$rc

fuzz: packages-check ## fuzz each parser for FUZZ_TIME seconds
	@$(MAKE) --no-print-directory BUILD=fuzz fuzz-build
	@for f in $(FUZZ_BIN); do n=$$(basename $$f); mkdir -p build/fuzz/corpus/$$n; \
		$$f -max_total_time=$(FUZZ_TIME) -print_final_stats=1 build/fuzz/corpus/$$n tests/fuzz/corpus/$${n#fuzz_} || exit 1; done

# ---- the rest --------------------------------------------------------------------------
install: all ## install below DESTDIR and prefix
	$(INSTALL) -d $(DESTDIR)$(bindir) $(DESTDIR)$(libdir)/pkgconfig $(DESTDIR)$(libdir)/workvol $(DESTDIR)$(includedir) \
		$(DESTDIR)$(mandir)/man1 $(DESTDIR)$(mandir)/man5 $(DESTDIR)$(mandir)/ja/man1 $(DESTDIR)$(docdir) $(DESTDIR)$(udevdir) $(DESTDIR)$(unitdir) $(DESTDIR)$(bashdir)
	$(INSTALL) -m 755 $(B)/workvol $(DESTDIR)$(bindir)/workvol
	$(INSTALL) -m 755 $(B)/workvol-render $(DESTDIR)$(bindir)/workvol-render
	$(INSTALL) -m 755 $(B)/$(MODULE) $(DESTDIR)$(libdir)/workvol/$(MODULE)
	$(INSTALL) -m 644 cli/workvol.bash $(DESTDIR)$(bashdir)/workvol
	$(INSTALL) -m 644 lib/workvol.h $(DESTDIR)$(includedir)/workvol.h
	$(INSTALL) -m 644 $(B)/libworkvol.a $(DESTDIR)$(libdir)/libworkvol.a
	$(INSTALL) -m 755 $(B)/$(SONAME) $(DESTDIR)$(libdir)/$(SONAME).$(VERSION)
	ln -sf $(SONAME).$(VERSION) $(DESTDIR)$(libdir)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(libdir)/libworkvol.so
	$(INSTALL) -m 644 $(B)/libworkvol.pc $(DESTDIR)$(libdir)/pkgconfig/libworkvol.pc
	$(INSTALL) -m 644 $(wildcard docs/man/*.1) $(DESTDIR)$(mandir)/man1
	$(INSTALL) -m 644 $(wildcard docs/man/ja/*.1) $(DESTDIR)$(mandir)/ja/man1
	for m in $(CATALOGUES:$(B)/locale/%=%); do $(INSTALL) -d $(DESTDIR)$(localedir)/$${m%/*} && \
		$(INSTALL) -m 644 $(B)/locale/$$m $(DESTDIR)$(localedir)/$$m || exit 1; done
	for p in $(wildcard docs/man/*.5); do $(INSTALL) -m 644 $$p $(DESTDIR)$(mandir)/man5 || exit 1; done
	$(INSTALL) -m 644 README.md $(wildcard docs/*.md) docs/prove.py $(DESTDIR)$(docdir)
	$(INSTALL) -m 644 udev-rules/70-workvol.rules $(DESTDIR)$(udevdir)
	for u in udev-rules/*.service udev-rules/*.timer; do sed 's|@bindir@|$(bindir)|' $$u >$(DESTDIR)$(unitdir)/$${u##*/} && \
		chmod 644 $(DESTDIR)$(unitdir)/$${u##*/} || exit 1; done

format: ## lay out the sources by .clang-format
	clang-format-14 -i $$(git ls-files '*.c' '*.h')

clean: ## remove build/
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 14
	@echo '  variables: BUILD=release|asan|tsan|coverage|fuzz  V=1  CC=  DESTDIR=  prefix='

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(RENDER_OBJ:.o=.d) $(MODULE_OBJ:.o=.d) $(UNIT_OBJ:.o=.d) $(UNIT_SUP:.o=.d) $(LAB_HELPERS:=.d)
