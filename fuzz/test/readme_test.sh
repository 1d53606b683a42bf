#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# fuzz/README.md says of every target what the target says of itself, and of
# every command what make knows.
set -eu
failed=0
complain() {
    echo "fuzz/README.md: $1"
    failed=1
}
# Two lines of --list are one row.
"$BUILD/fuzz-replay" --list | paste - - |
    sed -E 's/^([^ ]+) +([^\t]*)\t +(.*)$/| `\1` | \2 | \3 |/' | sort >"$TMP/told"
sed -n '/^## What each target/,/^## Commands/p' fuzz/README.md | grep '^| `' | sort >"$TMP/written"
diff "$TMP/told" "$TMP/written" >"$TMP/diff" || {
    complain "the rows of the targets differ (< is what they say)"
    cat "$TMP/diff"
}
for rule in $("$BUILD/fuzz-replay" --list | paste - - | cut -f 2); do
    grep -q "\"id\": \"$rule\"" vectors/requirements.json || complain "no rule $rule"
done
make -s help | awk '{print $2}' >"$TMP/known"
for word in $(grep -ohE 'make fuzz[a-z-]*' fuzz/README.md | cut -d' ' -f2 | sort -u); do
    grep -qx -- "$word" "$TMP/known" || complain "make $word is not known"
done
for word in $(grep -E '^fuzz' "$TMP/known"); do
    grep -q "make $word" fuzz/README.md || complain "make $word is not told of"
done
for path in $(grep -ohE '`(fuzz|vectors|ref|conformance)/[a-z_./-]+`' fuzz/README.md | tr -d '`' | sort -u); do
    [ -e "$path" ] || complain "there is no $path"
done
[ $failed = 0 ] || exit 1
echo "fuzz/README.md knows $(wc -l <"$TMP/told") targets and $(grep -c '^fuzz' "$TMP/known") commands"
