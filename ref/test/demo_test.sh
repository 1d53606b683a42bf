#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# make demo, as fast as it goes: all of it is as it should be, to the last
# count, and in a pipe it is plain text.
set -eu
ref/demo/run "$BUILD/san/alkref" >"$TMP/demo" 2>&1 || { cat "$TMP/demo"; exit 1; }
if grep -q "$(printf '\033')" "$TMP/demo"; then
    echo 'a colour in a pipe'
    exit 1
fi
got=0
ref/demo/run /no/such/program >"$TMP/out" 2>&1 || got=$?
[ "$got" = 64 ]
echo "$(tail -n 1 "$TMP/demo" | cut -d, -f1) in ref/test/demo_test.sh"
