#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `callspec vectors`: every test of every group of the vector files is counted
# once, as asked or as not askable; a part of them can be chosen.
. conformance/test/want.sh || exit 1
program=("$callspec" vectors)

# said PATTERN: a line of the output matches it
said() {
    grep -qE -- "$1" "$TMP/out" || fail "wanted a line like $1"
}

want 1 'frame.refusal' --testee "$null deny-all" --filter 'codec.frame.**'
said 'frame.refusal +[0-9]+ failed'
want 3 'means nothing' --testee "$null yes-man" --filter nonsense
want 3 'nothing is left' --testee "$null yes-man" --lvl L1
want 4 'No such file' --testee "$TMP/no-such-program"
want 64 'vectors wants --testee' --filter codec
want 0 'frame.basic' --testee "$alkref testee" --filter codec.frame.basic
said 'frame.basic +[0-9]+ pass'
grep -q 'envelope' "$TMP/out" && fail "more groups than were chosen"
want 0 'names.slash' --testee "$alkref testee"
said 'names.slash +[0-9]+ not askable through L0 \(type name\)'

# Held against the files themselves.
python3 - "$TMP/out" <<'PY'
import glob, json, re, sys
said = {}
for line in open(sys.argv[1], encoding="utf-8"):
    m = re.match(r"  (\S+) +(\d+) (pass|not askable)", line)
    if m:
        said[m.group(1)] = (int(m.group(2)), m.group(3) == "pass")
total = 0
for path in glob.glob("vectors/*.json"):
    for group in json.load(open(path, encoding="utf-8")).get("groups", []):
        wanted = (len(group["tests"]), group["type"] == "decode")
        total += wanted[0]
        if said.pop(group["id"], None) != wanted:
            sys.exit(f"{group['id']}: not {wanted}")
if any(not name.startswith("encode.") for name in said):
    sys.exit(f"groups that are in no file: {said}")
print(f"{total} vectors in the files, each counted once by callspec vectors")
PY
