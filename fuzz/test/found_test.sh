#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What was found once is run for ever, and each has a note in the form of
# fuzz/keep, whose cause and fix are known.
set -eu
count=0
for folder in fuzz/found/*/; do
    [ -d "$folder" ] || continue
    target=$(basename "$folder")
    "$BUILD/san/fuzz-replay" "$target" "$folder" >"$TMP/said" 2>"$TMP/log" || {
        echo "fuzz/found/$target: a promise is broken again:"
        tail -n 30 "$TMP/log"
        exit 1
    }
    for input in "$folder"*; do
        case $input in *.txt) continue ;; esac
        count=$((count + 1))
        [ -s "$input.txt" ] || { echo "$input: no note beside it"; exit 1; }
        head -n 1 "$input.txt" | grep -q '^Breaks: ' ||
            { echo "$input.txt: its first line says what breaks"; exit 1; }
        for word in Rule Found Cause Fix; do
            grep -q "^$word: ." "$input.txt" || { echo "$input.txt: no $word:"; exit 1; }
        done
        ! grep -qE '^(Cause: not known yet|Fix: none yet)' "$input.txt" || {
            echo "$input.txt: what is kept has a cause and a fix"
            exit 1
        }
    done
done
echo "$count inputs that were found break nothing any more"
