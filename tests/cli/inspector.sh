#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# inspector.sh BUNDLE - what an inspector may write who trusts nothing in a bundle but
# its README: every hash and every signature in it, by sha256sum, ssh-keygen and
# python3 -c. It has no line in common with the bundle's check.py. Prints what does
# not hold; at the end how many signatures and papers there are. Exit 0: all hold.
set -u
export LC_ALL=C TZ=UTC
cd "$1" || exit 2
lists=$(mktemp -d) || exit 2
trap 'rm -rf "$lists"' EXIT
bad=0
no() {
	bad=1
	echo "BAD  $*"
}

# ---- every file is listed, and as it was ----------------------------------------------

sha256sum --quiet --strict -c SHA256SUMS || no SHA256SUMS
diff <(cut -c 67- SHA256SUMS | sort) <(find . -type f ! -name SHA256SUMS -printf '%P\n' | sort) ||
	no 'files and their list'

# ---- the ledger: the chain, the tree, the papers that it names, who approved them --------

python3 -c '
import hashlib, json, sys
papers, approvals = (open(f"{sys.argv[1]}/{name}", "w") for name in ("papers", "approvals"))
usual = {"declaration": "declaration", "request": "takeout-request.json", "record": "takeout-record.json",
         "handover": "handover.json", "certificate": "certificate.json"}
sha = lambda data: hashlib.sha256(data).digest()
head, leaves, file_of = "0" * 64, [], {}
for n, line in enumerate(open("ledger.jsonl", "rb"), 1):
    line = line.rstrip(b"\n")
    record = json.loads(line)
    kind, body, takeout = record["kind"], record["body"], record["takeout"]
    if record["prev"] != head or record["seq"] != n:
        sys.exit(f"record {n} is not chained to the one before")
    head = sha(line).hex()
    leaves.append(sha(b"\0" + line))
    if kind == "policy.instructed":
        where = "instructions/" + body["instruction"][:12]
        print(body["instruction"], f" {where}/settings.conf", file=papers)
        print(body["roster"], f" {where}/roster", file=papers)
        print(f"{where}/settings.conf", record["time"], body["approver"], file=approvals)
    if not kind.startswith("takeout.") and kind != "wipe.certified":
        continue
    where = f"takeouts/{takeout}" if takeout else "wipes"
    named = [body] + body.get("amendments", []) if kind == "takeout.carried" else [body]
    for one in named if kind != "takeout.checked" else []:
        for member in (*usual, "amendment", "receipt"):
            digest = one.get(member)
            if isinstance(digest, str):
                file = file_of.setdefault((where, digest), one.get("paper") or usual[member])
                print(f"{digest}  {where}/{file}", file=papers)
    if kind in ("takeout.approved", "takeout.return-approved", "takeout.unrecoverable"):
        print(where + "/" + file_of[where, body["request"]], record["time"], body["approver"], file=approvals)
def root(nodes):
    if len(nodes) < 2:
        return nodes[0]
    half = 1 << (len(nodes) - 1).bit_length() - 1
    return sha(b"\1" + root(nodes[:half]) + root(nodes[half:]))
point = json.load(open("checkpoint.json"))
if (point["size"], point["head"], point["root"]) != (n, head, root(leaves).hex()):
    sys.exit("checkpoint.json is not of this ledger")
' "$lists" || no ledger.jsonl
sha256sum --quiet --strict -c "$lists/papers" || no 'a paper that the ledger names'

# ---- the signatures: of each .sig, "FILE NAMESPACE SIGNERS TIME PERSON..." ------------------

python3 -c '
import glob, json, os, sys
approved = dict(line.split(" ", 1) for line in open(sys.argv[1] + "/approvals"))
station = json.loads(open("ledger.jsonl").readline())["body"]["station"]
spaces = {"takeout-request": "workvol-takeout", "return-request": "workvol-return",
          "unrecoverable-request": "workvol-return", "takeout-record": "workvol-takeout-record",
          "handover": "workvol-holder", "amendment": "workvol-holder", "receipt": "workvol-receipt",
          "certificate": "workvol-certificate", "checkpoint": "workvol-checkpoint", "settings": "workvol-instruction"}
for sig in glob.glob("**/*.sig", recursive=True):
    file = sig[:-4]
    there = os.path.dirname(file)
    space = next(of for name, of in spaces.items() if os.path.basename(file).startswith(name))
    own = there + ("/allowed_signers" if space in ("workvol-holder", "workvol-receipt") else "/roster")
    doc = json.load(open(file)) if file.endswith(".json") else {}
    when, people = doc.get("time") or doc.get("created"), [station]
    if file in approved:
        when, *people = approved[file].split()
    elif space in ("workvol-takeout", "workvol-return"):
        continue  # signed, and not acted upon: nobody relies on it
    elif space == "workvol-holder":
        people = ["holder", "station"]
    elif space == "workvol-receipt":
        people = ["server"]
    stamp = "".join(c for c in when if c.isdigit()) + "Z"
    print(file, space, own if "/" in there else "roster", stamp, *people)
' "$lists" >"$lists/signatures" || no 'the list of signatures'
cat >"$lists/one" <<'END'
file=$1 space=$2 signers=$3 when=$4
shift 4
for who; do
	ssh-keygen -Y verify -f "$signers" -I "$who" -n "$space" -Overify-time="$when" -s "$file.sig" <"$file" >/dev/null 2>&1 && exit
done
echo "BAD  $file: no signature of $* for $space"
exit 1
END
xargs -a "$lists/signatures" -P "$(nproc)" -L 1 bash "$lists/one" || no 'a signature'
echo "$(wc -l <"$lists/signatures") signatures, $(sort -u "$lists/papers" | wc -l) papers"
exit $bad
