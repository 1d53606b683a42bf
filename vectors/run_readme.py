#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the readers that README.md shows, over the files beside it, so that the
examples are known to work, and holds the first to the length it promises.
Exit status: 0 when all agree with every vector they read."""
import os
import re
import subprocess
import sys

READERS = 3      # python blocks in README.md
FIRST_MAX = 60   # lines of the first that are not blank

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "README.md"), encoding="utf-8") as file:
    blocks = re.findall(r"^```python\n(.*?)^```$", file.read(), re.M | re.S)
if len(blocks) != READERS:
    sys.exit("README.md has to hold %d python blocks, not %d" % (READERS, len(blocks)))
lines = sum(1 for line in blocks[0].splitlines() if line.strip())
if lines > FIRST_MAX:
    sys.exit("the first reader of README.md has %d lines; it promises %d" % (lines, FIRST_MAX))
statuses = [subprocess.run([sys.executable, "-B", "-c", block], cwd=here).returncode for block in blocks]
sys.exit(max(map(abs, statuses)))
