#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ref/README.md names files; each of them exists, and it stays short enough to
# be read. A name in backticks is a file's when it begins with a folder of the
# project, or ends like a file.
set -u
readme=${1:-ref/README.md}
failed=0
named=0

# Everything between backticks that looks like a path, one a line.
names() {
    grep -o '`[^`]*`' "$readme" | tr -d '`' | sort -u |
        grep -E '^((ref|conformance|vectors|netsim|reports|\.ci)/[^ ]*|[^ ]+\.(c|h|md|json|py|sh))$'
}

while IFS= read -r name; do
    named=$((named + 1))
    if [ ! -e "$name" ]; then
        echo "$readme names $name, which does not exist"
        failed=1
    fi
done < <(names)
if [ "$named" -lt 20 ]; then
    echo "$readme names only $named files: is the test looking at the right text?"
    failed=1
fi
lines=$(wc -l <"$readme")
if [ "$lines" -gt 250 ]; then
    echo "$readme has $lines lines; 250 are the most"
    failed=1
fi
[ $failed = 0 ] && echo "readme: $named files named in $readme, all there"
exit $failed
