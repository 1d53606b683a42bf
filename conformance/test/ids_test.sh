#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Ids are for ever: every case has its line in conformance/ids.lock, and every
# line a case, or ` # removed: ` and the reason. (The vectors' ids, behind
# `codec.`, have a lock of their own.)
#
#     ids_test.sh --update      enters the new ones
set -u
BUILD=${BUILD:-build}
TMP=${TMP:-$(mktemp -d)}
lock=conformance/ids.lock

"$BUILD/san/callspec" list | sed 's/@.*//' | grep -v '^codec\.' | sort -u >"$TMP/cases"
if [ "${1:-}" = --update ]; then
    { cat "$TMP/cases"; cat $lock 2>/dev/null; } | sort -u -t' ' -k1,1 >"$TMP/new"
    mv "$TMP/new" $lock
fi
sed '/ # removed: ./d' $lock | sort >"$TMP/locked"
sed -n 's/ # removed: .*//p' $lock | sort >"$TMP/removed"
comm -23 "$TMP/cases" "$TMP/locked" | sed 's/$/: not in ids.lock/' >"$TMP/wrong"
comm -13 "$TMP/cases" "$TMP/locked" | sed 's/$/: gone without a reason/' >>"$TMP/wrong"
comm -12 "$TMP/cases" "$TMP/removed" | sed 's/$/: an old id used again/' >>"$TMP/wrong"
if [ -s "$TMP/wrong" ]; then
    cat "$TMP/wrong"
    exit 1
fi
echo "$(wc -l <"$TMP/cases") case ids, all locked"
