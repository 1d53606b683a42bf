#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The judge on the reference, both with sanitizers: everything passes, and the
# same seed gives the same conversation however many workers there are. (That
# another seed gives another is shown by .ci/same_test.sh, without sanitizers;
# with them a verb may take long on a busy machine, which proves nothing.)
set -u
BUILD=${BUILD:-build}
TMP=${TMP:-$(mktemp -d)}
callspec=$BUILD/san/callspec
alkref=$BUILD/san/alkref

# judge NAME ARGUMENTS...: must exit 0; the last line goes to $TMP/NAME.
judge() {
    local name=$1
    shift
    if ! "$callspec" run --testee "$alkref testee" --verb-timeout 60000 "$@" >"$TMP/out" 2>&1; then
        tail -n 60 "$TMP/out"
        echo "callspec run $*: not exit 0"
        exit 1
    fi
    tail -n 1 "$TMP/out" | sed 's/.*trace //' >"$TMP/$name"
}

judge alone --lvl L0,L1 --seed 7 --jobs 1
judge together --lvl L0,L1 --seed 7 --jobs 3
judge real --lvl L2 --junit "$TMP/report.xml" --html "$TMP/report.html"
if ! cmp -s "$TMP/alone" "$TMP/together"; then
    echo "one worker and three differ with the same seed"
    exit 1
fi
grep -q '<testsuites' "$TMP/report.xml" && grep -q '</html>' "$TMP/report.html" || {
    echo "a report is missing"
    exit 1
}
tail -n 1 "$TMP/out" | sed 's/^callspec: //; s/ instances ran.*/ instances of the reference at L2, and L0 and L1 the same for every number of workers/'
