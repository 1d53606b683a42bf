#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# make demo, as fast as it goes, and a small crowd: all of it is as it should
# be, to the last count, and in a pipe it is plain text.
set -eu
show() { ref/demo/"$1" "$BUILD/san/alkref" $2 >"$TMP/$1" 2>&1 || { cat "$TMP/$1"; exit 1; }; }
show run ''
show crowd 6
cat "$TMP/crowd" "$TMP/run" >"$TMP/demo"
if grep -q "$(printf '\033')" "$TMP/demo"; then
    echo 'a colour in a pipe'
    exit 1
fi
got=0
ref/demo/run /no/such/program >"$TMP/out" 2>&1 || got=$?
[ "$got" = 64 ]
checks() { tail -n 1 "$TMP/$1" | cut -d' ' -f1; }
echo "$(($(checks run) + $(checks crowd))) checks of two scenes in ref/test/demo_test.sh"
