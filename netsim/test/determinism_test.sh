#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The same lives, to the last byte, whoever compiled the simulator and how:
# gcc and clang, without optimization and with it.
set -euo pipefail
ccache=$(command -v ccache || :)
first=

for cc in gcc clang; do
    for opt in -O0 -O2; do
        build=$BUILD/determinism/$cc$opt
        program=$build/san/netsim/test/life_test
        make --no-print-directory BUILD="$build" CC="$ccache $cc" SAN="$opt" \
            "$program" >"$TMP/make" 2>&1 || { cat "$TMP/make"; exit 1; }
        "$program" hashes >"$TMP/$cc$opt"
        first=${first:-$TMP/$cc$opt}
        diff "$first" "$TMP/$cc$opt" || {
            echo "other lives with $cc $opt than with ${first##*/}"
            exit 1
        }
    done
done
echo "$(wc -l <"$first") lives are the same with gcc and clang, -O0 and -O2"
