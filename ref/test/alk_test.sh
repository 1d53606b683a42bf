#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What ref/alk.h shows is a part of a program that runs: every block of code in
# its essay stands in ref/test/alk_example.c, blanks aside, and that program
# says what the essay says it does.
set -eu
blocks=$(python3 - ref/alk.h ref/test/alk_example.c <<'E'
import re
import sys

essay, program = (open(name, encoding="utf-8").read() for name in sys.argv[1:])
essay = essay[:essay.index("#ifndef")]
shown = re.findall(r"(?:^ \*(?:     .*)?\n)+", essay, re.M)
blocks = ["".join(re.sub(r"^ \*", "", block, flags=re.M).split())
          for block in shown]
blocks = [block for block in blocks if block]
for block in blocks:
    if block not in "".join(program.split()):
        sys.exit("ref/test/alk_example.c has not what ref/alk.h shows: " + block)
print(len(blocks))
E
)
if [ "$blocks" -lt 2 ]; then
    echo "ref/alk.h shows $blocks blocks of code: is the test looking at the right text?"
    exit 1
fi
said=$("$BUILD/san/ref/test/alk_example")
shown=$(grep -o '{"[a-z]*":"[^}]*}' ref/alk.h)
if [ "$said" != "$shown" ]; then
    echo "the example says '$said', and ref/alk.h '$shown'"
    exit 1
fi
echo "$blocks pieces of ref/alk.h stand in ref/test/alk_example.c, which says $said"
