#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# README.md, "By hand": every command of its transcripts is typed into a shell
# again, and what comes out has to be what the README shows. Only keys differ
# from run to run, the port is one that is free, and a script's shell does not
# report its jobs.
set -eu
root=$PWD
mkdir "$TMP/bin" "$TMP/tour"
ln -s "$root/$BUILD/san/alkref" "$TMP/bin/alkref"

free_port() {
    "$TMP/bin/alkref" listen >"$TMP/line" &
    until [ -s "$TMP/line" ]; do sleep 0.1; done
    kill "$!"
    wait "$!"
    sed -n 's/.*"address":"127.0.0.1:\([0-9]*\)".*/\1/p' "$TMP/line"
}

sed -n '/^```console$/,/^```$/p' README.md | grep -v '^```' |
    sed "s/127\.0\.0\.1:4433/127.0.0.1:$(free_port)/g" >"$TMP/shown"

# What is typed, each command announced as a terminal would show it.
python3 - "$TMP/shown" >"$TMP/typed" <<'P'
import sys

commands = []
for line in open(sys.argv[1], encoding="utf-8"):
    if line.startswith("$ "):
        commands.append([line])
    elif line.startswith("> "):
        commands[-1].append(line)
for command in commands:
    print("cat <<'ANNOUNCED'\n" + "".join(command) + "ANNOUNCED")
    print("".join(line[2:] for line in command), end="")
P

# Under a sanitizer, and beside other tests, things take longer than by hand.
slow='sleep() { command sleep "$((3 * $1))"; }'
(cd "$TMP/tour" && PATH=$TMP/bin:$PATH bash -c "$slow; . '$TMP/typed'") \
    >"$TMP/seen" 2>&1 || :

alike() { grep -v '^\[[0-9]\]' "$1" |
    sed 's/\(ed25519\|SHA256\):[0-9a-f]\{64\}/\1:KEY/g'; }
alike "$TMP/shown" >"$TMP/shown.alike"
alike "$TMP/seen" >"$TMP/seen.alike"
diff "$TMP/shown.alike" "$TMP/seen.alike"
[ "$(grep -c s3cret "$TMP/seen")" = 1 ] # where it was typed, nowhere else
[ "$(cat "$TMP"/tour/*.log | grep -c s3cret)" = 0 ]
echo "$(grep -c '^\$ ' "$TMP/shown") commands of README.md in ref/test/tour_test.sh"
