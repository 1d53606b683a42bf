#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the judge says of testees that are good for nothing, area by area, held
# against null.expected; and that none of them is credited with a negative.
#
#     null_test.sh --update     writes null.expected anew, to be read in the diff
set -u
BUILD=${BUILD:-build}
TMP=${TMP:-$(mktemp -d)}
callspec=$BUILD/san/callspec
null=$BUILD/null-testee
expected=conformance/test/null.expected

# One line for each area and verdict: how many instances.
summary() {
    sed -n 's/.*"event":"case","instance":"\([a-z0-9_-]*\)\..*"verdict":"\([A-Z\/]*\)".*/\1 \2/p' "$1" |
        sort | uniq -c | awk -v mode="$2" '{print mode, $2, $3, $1}'
}

"$callspec" list --json --lvl L0,L1 | grep '"negative":true' |
    sed 's/.*"instance":"\([^"]*\)".*/\1/' | sort >"$TMP/negatives"

for mode in yes-man deny-all silent; do
    "$callspec" run --testee "$null $mode" --lvl L0,L1 --out "$TMP/$mode.jsonl" \
        >"$TMP/out" 2>&1
    if [ $? != 1 ]; then
        echo "$mode: not exit 1"
        grep -A9 ERROR "$TMP/out"
        tail -n 1 "$TMP/out"
        exit 1
    fi
    summary "$TMP/$mode.jsonl" $mode >>"$TMP/got"
    [ $mode = yes-man ] && continue
    sed -n 's/.*"event":"case","instance":"\([^"]*\)".*"verdict":"PASS".*/\1/p' \
        "$TMP/$mode.jsonl" | sort | comm -12 - "$TMP/negatives" >"$TMP/credited"
    if [ -s "$TMP/credited" ]; then
        echo "$mode is credited with negatives:"
        cat "$TMP/credited"
        exit 1
    fi
done

if [ "${1:-}" = --update ]; then
    cp "$TMP/got" "$expected"
elif ! diff -u "$expected" "$TMP/got"; then
    echo "the reports differ from $expected (null_test.sh --update writes it anew)"
    exit 1
fi
echo "$(wc -l <"$expected") lines about three null testees, $(wc -l <"$TMP/negatives") negatives and none credited"
