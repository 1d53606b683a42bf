#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the reader that README.md shows, over the files beside it, so that the
example is known to work. Exit status: the reader's own."""
import os
import re
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "README.md"), encoding="utf-8") as file:
    blocks = re.findall(r"^```python\n(.*?)^```$", file.read(), re.M | re.S)
if len(blocks) != 1:
    sys.exit("README.md has to hold exactly one python block, not %d" % len(blocks))
sys.exit(subprocess.run([sys.executable, "-c", blocks[0]], cwd=here).returncode)
