#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The line that a failure prints is pasted into a shell and shows the same
# failure, whatever quotes there are in the testee's command.
set -u
BUILD=${BUILD:-build}
TMP=${TMP:-$(mktemp -d)}
PATH=$PWD/$BUILD/san:$PATH
place="$TMP/it's a \"place\" with \$HOME"
count=0

mkdir -p "$place"
cp "$BUILD/null-testee" "$place/null testee"

# paste COMMAND ARGUMENTS...: run, paste what it prints, and compare.
paste_back() {
    local testee=$1
    shift
    callspec run --testee "$testee" "$@" >"$TMP/first"
    local status=$?
    sed -n 's/^  repro:    //p' "$TMP/first" | head -n 1 >"$TMP/line"
    sh "$TMP/line" >"$TMP/second" 2>&1
    local again=$?
    sed '1,/@/{/@/!d};/^speed:/,$d' "$TMP/first" >"$TMP/a"
    sed '1,/@/{/@/!d};/^speed:/,$d' "$TMP/second" >"$TMP/b"
    if [ ! -s "$TMP/line" ] || [ $again != $status ] || ! cmp -s "$TMP/a" "$TMP/b"; then
        echo "pasting gave exit $again instead of $status:"
        cat "$TMP/line" "$TMP/second"
        exit 1
    fi
    count=$((count + 1))
}

single="\"$TMP/it's a \\\"place\\\" with \$HOME/null testee\""
escaped=$(printf %s "$place/null testee" | sed "s/[^A-Za-z0-9_/.-]/\\\\&/g")
one='envelope.value.null@dial=us,caller=us'
paste_back "$single deny-all" --filter "$one"
paste_back "$escaped hoarder" --filter "$one" --seed 9
paste_back "$escaped hang" --filter "$one" --verb-timeout 150
paste_back "$escaped moody" --filter "$one" --check-determinism
echo "$count repro lines pasted, the same each time"
