#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Ids are for ever: every case has its line in conformance/ids.lock, and every
# line a case, or ` # removed: ` and the reason. A line with {braces,of,words}
# stands for every combination of them, as in the shell; that is how the grid is
# locked. (The vectors' ids, behind `codec.`, and in `dialogue.`,
# `validation.` and `ownership.access.`, have a lock of their own.)
#
#     ids_test.sh --update      enters the new ones, each on its own line
set -u
BUILD=${BUILD:-build}
TMP=${TMP:-$(mktemp -d)}
lock=conformance/ids.lock

# Every line that holds, its braces multiplied out. Nothing but braces, slugs and
# commas is ever given to the shell.
locked() {
    sed '/ # removed: ./d' $lock 2>/dev/null | while read -r line; do
        case $line in
        *[!a-z0-9._{},-]*) echo "$line" ;;
        *{*) eval "printf '%s\n' $line" ;;
        *) echo "$line" ;;
        esac
    done | sort
}

"$BUILD/san/callspec" list | sed 's/@.*//' | grep -vE '^(codec|dialogue|validation|ownership\.access)\.' | sort -u >"$TMP/cases"
if [ "${1:-}" = --update ]; then
    locked | comm -23 "$TMP/cases" - | sort - $lock >"$TMP/new"
    mv "$TMP/new" $lock
fi
locked >"$TMP/locked"
sed -n 's/ # removed: .*//p' $lock | sort >"$TMP/removed"
comm -23 "$TMP/cases" "$TMP/locked" | sed 's/$/: not in ids.lock/' >"$TMP/wrong"
comm -13 "$TMP/cases" "$TMP/locked" | sed 's/$/: gone without a reason/' >>"$TMP/wrong"
comm -12 "$TMP/cases" "$TMP/removed" | sed 's/$/: an old id used again/' >>"$TMP/wrong"
if [ -s "$TMP/wrong" ]; then
    cat "$TMP/wrong"
    exit 1
fi
echo "$(wc -l <"$TMP/cases") case ids, all locked"
