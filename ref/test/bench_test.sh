#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The measuring programs run, and say what they measured; how fast, nobody
# asks. What is not two numbers is refused with exit 64.
set -eu

# says PROGRAM DEPTH: a hundred calls, and one line of JSON about them
says() {
    "$BUILD/bench-$1" "$2" 100 >"$TMP/line"
    python3 - "$TMP/line" "$2" <<'P'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert len(lines) == 1, lines
m = lines[0]
assert (m["depth"], m["calls"]) == (int(sys.argv[2]), 100), m
assert m["calls_per_s"] > 0 and m["cpu_s_per_100k"] > 0, m
assert 0 < m["p50_us"] <= m["p99_us"], m
P
}

refuses() {
    status=0
    "$BUILD/bench-$1" "${@:2}" >"$TMP/out" 2>"$TMP/err" || status=$?
    if [ "$status" != 64 ] || [ -s "$TMP/out" ] || [ "$(wc -l <"$TMP/err")" != 1 ]; then
        echo "bench-$*: exit $status" >&2
        cat "$TMP/err" >&2
        exit 1
    fi
}

count=0
for program in calls floor exact; do
    for depth in 1 16 100; do
        says $program $depth
        count=$((count + 1))
    done
    refuses $program
    refuses $program 1
    refuses $program 0 100
    refuses $program 1 1e3
    refuses $program 2000 100
    refuses $program 1 100 100
done
ref/bench/run "$BUILD" 1 100 >"$TMP/table"
[ "$(wc -l <"$TMP/table")" = 8 ]
if ref/bench/run "$BUILD" 0 2>/dev/null || ref/bench/run 2>/dev/null; then
    exit 1
fi
echo "$count measurements of 100 calls, and a table of them"
