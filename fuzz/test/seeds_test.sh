#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every target has something to begin with, and keeps its promises on it; the
# dictionary has every event, and every code that is reserved.
set -eu
replay=$BUILD/san/fuzz-replay
targets=$("$replay" --list | awk 'NR % 2 {print $1}')
[ -n "$targets" ]
total=0
for target in $targets; do
    folder=$BUILD/fuzz/seeds/$target
    count=$(find "$folder" -type f | wc -l)
    [ "$count" -gt 20 ] || { echo "$target has $count seeds"; exit 1; }
    said=$("$replay" "$target" "$folder" 2>"$TMP/said") ||
        { tail -n 3 "$TMP/said"; exit 1; }
    [ "$said" = "$target: $count inputs, all promises kept" ]
    total=$((total + count))
done
for word in $(grep -ohE '\bcall\.(requested|responded|completed|aborted|error)\b|"code":"(NOT_FOUND|FORBIDDEN|INVALID_INPUT|INVALID_OPERATION_TYPE|TIMEOUT|INTERNAL)"' \
              vectors/dialogue.json vectors/call_error.json |
              tr -d '"' | sed 's/^code://' | sort -u); do
    grep -qF "$word" fuzz/dictionary.txt || { echo "no $word"; exit 1; }
done
echo "$total seeds of $(echo "$targets" | wc -l) targets, and all promises kept on them"
