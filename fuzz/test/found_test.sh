#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What was found once is run for ever, and each has a note that tells its cause.
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
        ! grep -q '^Cause: not known yet' "$input.txt" || {
            echo "$input.txt: what is kept has a cause"
            exit 1
        }
    done
done
echo "$count inputs that were found break nothing any more"
