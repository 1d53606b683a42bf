#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The doctor: nothing to say of the reference, the right thing first of whoever
# is ill, and an end in time whatever the testee does.
set -u
BUILD=${BUILD:-build}
TMP=${TMP:-$(mktemp -d)}
callspec=$BUILD/san/callspec
null=$BUILD/null-testee
count=0

# want STATUS FIRST-THING-TO-FIX OBSERVED ARGUMENTS...
want() {
    local status=$1 first=$2 observed=$3
    shift 3
    local begun=$SECONDS
    timeout 30 "$callspec" doctor "$@" >"$TMP/out" 2>&1
    local got=$?
    grep -m 1 -A 1 '^FIX 1' "$TMP/out" >"$TMP/first"
    if [ $got != "$status" ] || [ $((SECONDS - begun)) -gt 15 ] ||
        { [ -n "$first" ] && ! head -n 1 "$TMP/first" | grep -qF -- "$first"; } ||
        { [ -n "$observed" ] && ! grep -qF -- "$observed" "$TMP/out"; }; then
        echo "wanted exit $status, first \"$first\", then \"$observed\"; got $got in $((SECONDS - begun)) s: $*"
        cat "$TMP/out"
        exit 1
    fi
    count=$((count + 1))
}

# A testee of a few lines of shell.
ill() {
    printf '#!/bin/sh\n%s\n' "$1" >"$TMP/ill"
    chmod +x "$TMP/ill"
}
greeting='{"seq":1,"ok":true,"name":"n","version":"1","language":"sh","runtime":"","contract":[1,1],"levels":["L0"],"capabilities":[],"profiles":[],"choices":{},"limits":{}}'

# (A machine that does everything at once may need more than a second.)
want 0 "" "L2: they dial us" --testee "$BUILD/san/alkref testee" --verb-timeout 5000
want 0 "" "all is well" --testee "$BUILD/san/alkref testee" --seed 77 --verb-timeout 5000
if grep -q FIX "$TMP/out"; then
    echo "the reference is ill"
    exit 1
fi

want 64 "" "wants --testee"
want 64 "" "a quote is left open" --testee "'"
want 64 "" "did you mean --testee" --tastee x
want 4 "its start" "No such file" --testee "$TMP/no-such-program"

# In the lines of the contract.
want 1 "\`hello\`: the testee must go on" "status 64" --testee "$null dead"
want 1 "an unknown op must be answered \`unsupported\` (CONTRACT.md, 1)" "answered \`ok\`" \
    --testee "$null rude"
ill 'echo "Listening on port 80"; cat'
want 1 "standard output carries contract lines" "Listening on port 80" --testee "$TMP/ill"
ill 'echo "java: no such class" >&2; exit 3'
want 1 "must go on until it is told to quit (CONTRACT.md, 1)" "java: no such class" \
    --testee "$TMP/ill"
ill 'exec sleep 60'
want 1 "must be answered, and in time (CONTRACT.md, 1)" "within 1000 ms" --testee "$TMP/ill"
ill 'exec head -c 100000000 /dev/zero'
want 1 "standard output carries" "longer than 4 MiB" --testee "$TMP/ill"
ill 'exec yes "{\"ev\":\"result\"}"'
want 1 "in time" "no answer to" --testee "$TMP/ill" --verb-timeout 300
ill "exec yes '$greeting'"
want 1 "standard output carries" "an answer" --testee "$TMP/ill"
ill "yes >&2 & echo '$greeting'; exec sleep 60"
want 1 "in time" "no answer to" --testee "$TMP/ill" --verb-timeout 300
ill "echo '$greeting'; read a; read b; printf '\\033[31m\\n'; cat"
want 1 "an unknown op: standard output carries" "an unknown op" --testee "$TMP/ill"
if grep -q "$(printf '\033')" "$TMP/out"; then
    echo "a testee moves our cursor"
    exit 1
fi
ill "read a; echo '{\"seq\":1,\"fail\":{\"reason\":\"not today\"}}'; cat"
want 1 "\`hello\`: it must be answered as the contract says (CONTRACT.md, 3)" "" --testee "$TMP/ill"
ill "read a; echo '{\"seq\":1,\"ok\":true,\"contract\":[7,9]}'; exec sleep 60"
want 1 "\`hello\`" "does not speak contract 1" --testee "$TMP/ill"

# In what the lines are about.
want 1 "L0: decode" "no answer to \`decode\`" --testee "$null hang"
want 1 "L0: decode" "signal 6" --testee "$null crash"
want 1 "L0: decode" "what was the question?" --testee "$null babble"
want 1 "L0: decode: \`decode\` must take one frame" "L0: encode" --testee "$null silent"
if grep -q 'L1' <(grep -v hello "$TMP/out"); then
    echo "a level was looked at that rests on a broken one"
    exit 1
fi
want 1 "L1: we call them" "FIX 2 L1: they call us" --testee "$null yes-man"
lie="sh -c '$BUILD/san/alkref testee | sed -u \"s/127.0.0.1:[0-9]*/127.0.0.1:1/\"'"
want 1 "L2: we dial them: \`listen\`" "ok    L2: they dial us" --testee "$lie" --verb-timeout 4000

echo "$count visits, the right thing first each time"
