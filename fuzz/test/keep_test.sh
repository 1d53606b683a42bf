#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# How findings are kept: once each, small, with a note; and as vectors. What
# shrinks is a stand-in here: it keeps the last byte, and everything is broken
# but an empty file.
set -eu
mkdir -p "$TMP/build/san" "$TMP/in"
cat >"$TMP/build/san/fuzz-shrink" <<'SHRINKER'
#!/bin/sh
[ -s "$2" ] || exit 1
echo "FL-1: $(head -c 5 "$2") is taken"
[ -z "${3-}" ] || tail -c 1 "$2" >"$3"
SHRINKER
chmod +x "$TMP/build/san/fuzz-shrink"
vector="$PWD/fuzz/vector"
keep() {
    BUILD="$TMP/build" FUZZ_FOUND="$TMP/found" fuzz/keep "$@"
}
fail() {
    echo "keep: $1"
    exit 1
}
printf first >"$TMP/in/1"
: >"$TMP/in/none"
keep frame "$TMP/in/1" >"$TMP/out" || fail "an input that breaks is kept"
kept="$TMP/found/frame/fl-1-first-is-taken"
[ "$(cat "$kept")" = t ] || fail "the least is kept"
[ "$(head -n 1 "$kept.txt")" = 'Breaks: FL-1: first is taken' ] ||
    fail "a note tells what breaks"
keep frame "$TMP/in/1" other | grep -q already || fail "the same is kept once"
[ "$(find "$TMP/found" -type f | wc -l)" = 2 ] || fail "nothing else is written"
! keep frame "$TMP/in/none" >"$TMP/out" || fail "what breaks nothing is told"
printf 'second' >"$TMP/in/2"
status=0
keep frame "$TMP/in/2" ../out 2>"$TMP/err" || status=$?
[ $status = 2 ] || fail "a name is a word"
status=0
keep frame "$TMP/nowhere" 2>"$TMP/err" || status=$?
[ $status = 2 ] || fail "a file that is not there is told"
# "q1" is called, cut after every second byte, and then nothing is left over.
body='{"type":"call.aborted","id":"q1","payload":{}}'
printf '\001\000\000\000\056%s' "$body" >"$TMP/in/one"
"$vector" frame "$TMP/in/one" 2>"$TMP/err" | python3 -c '
import json, sys
test = json.load(sys.stdin)
assert test["expect"] == {"verdict": "accept", "consumed": 50, "frames":
    [{"type": "call.aborted", "id": "q1", "payload": "{}"}]}, test
assert test["segments"] == [2] * 24, test
' || fail "an input of frame becomes a vector"
"$vector" pair "$TMP/in/one" | grep -q 'is the scenario' ||
    fail "an input of a pair is its own scenario"
echo "findings are kept once, small, with a note, and become vectors"
