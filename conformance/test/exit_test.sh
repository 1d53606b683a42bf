#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every exit status of callspec, each reached the way a user would reach it.
. conformance/test/want.sh || exit 1
one=codec.frame.basic.requested
null_case="envelope.value.null@dial=us,caller=us"

want 0 "nothing unexpected" run --testee "$null yes-man" --filter $one
want 0 "$one" list --filter $one
want 0 "FR-1" show $one
want 0 "Exit status" run --help

want 1 "FAIL $one" run --testee "$null deny-all" --filter $one
want 1 "CRASH $one" run --testee "$null crash" --filter $one
want 1 "TIMEOUT $one" run --testee "$null hang" --filter $one --verb-timeout 100
want 1 "stopped by --max-fail" run --testee "$null deny-all" --lvl L0 --max-fail 1

# What no body looks for: a scene that ends in debt, and a secret let out.
want 0 "nothing unexpected" run --testee "$null yes-man" --filter "$null_case"
want 1 "1 pending" run --testee "$null hoarder" --filter "$null_case"
want 1 "the secret" run --testee "$null leaky" --filter "$null_case"

want 3 "the nearest id is $one" run --testee "$null yes-man" --filter codec.frame.basic.requestet
want 3 "exercised" run --testee "$null yes-man" --filter $one --min-tests 2
want 3 "exercised" run --testee "$null yes-man" --lvl L2
want 3 "nothing is left" run --testee "$null yes-man" --filter $one --lvl L1
want 3 "cannot be read" run --testee "$null yes-man" --filter @"$TMP/missing"
"$callspec" run --testee "$null yes-man" --filter $one --out "$TMP/good.jsonl" >"$TMP/out"
want 3 "names no instance" run --testee "$null yes-man" --filter failed:"$TMP/good.jsonl"

want 4 "No such file" run --testee "$TMP/no-such-program" --filter $one
want 4 "at hello" run --testee "$null dead" --filter $one
want 4 "unsupported" run --testee "$null rude" --filter $one

want 5 "callspec:" run --testee "$null yes-man" --filter $one --out /dev/full
want 5 "callspec:" run --testee "$null yes-man" --filter $one --out "$TMP/no/such/folder"

want 6 "differs from run to run" run --testee "$null moody" --filter $one --check-determinism

want 64 "did you mean --filter" run --fliter x
want 3 "an empty pattern" run --testee "$null yes-man" --filter ""
"$callspec" list >/dev/full 2>"$TMP/out"
if [ $? != 5 ] || ! grep -q "standard output cannot be written" "$TMP/out"; then
    fail "a list that went nowhere was called a success"
fi
want 64 "wants a value" run --testee
want 64 "wants --testee" run --filter $one
want 64 "wants a number" run --seed seven --testee x
want 64 "a quote is left open" run --testee "'x" --filter $one
want 64 "commands are" walk

# From a log, later: the same report, byte for byte.
"$callspec" run --testee "$null deny-all" --filter $one --out "$TMP/bad.jsonl" \
    --html "$TMP/bad.html" >"$TMP/out"
"$callspec" report "$TMP/bad.jsonl" --html "$TMP/later.html" \
    --junit "$TMP/later.xml" &&
    cmp "$TMP/bad.html" "$TMP/later.html" &&
    grep -q "<testcase name=\"$one@" "$TMP/later.xml" || fail "another report, later"
count=$((count + 1))
want 64 "report wants to know which" report "$TMP/bad.jsonl"
want 64 "report wants one LOG" report
want 5 "No such file" report "$TMP/missing.jsonl" --html "$TMP/x"
want 5 "no JSON" report "$TMP/bad.html" --html "$TMP/x"
want 5 "No such file" report "$TMP/bad.jsonl" --html "$TMP/no/such/folder"

# Interrupted in the middle: a report all the same, and no process left.
"$callspec" run --testee "$null hang" --filter $one --verb-timeout 60000 \
    --out "$TMP/int.jsonl" >"$TMP/out" 2>&1 &
pid=$!
until grep -q '"plan"' "$TMP/int.jsonl" 2>/dev/null || ! kill -0 $pid; do :; done
kill -INT $pid
wait $pid
got=$?
if [ $got != 130 ] || ! grep -q '"complete":false' "$TMP/int.jsonl"; then
    cat "$TMP/int.jsonl"
    fail "interrupted: exit $got"
fi
count=$((count + 1))

echo "$count ways to end, each with its exit status"
