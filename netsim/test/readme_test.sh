#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What README.md says of the simulator is so: its table of what must be true is
# that of the program, every step and every command of it stands there, and
# what it points to is there.
set -u
BUILD=${BUILD:-build}
TMP=${TMP:-$(mktemp -d)}
sim=$BUILD/san/alksim
"$sim" list >"$TMP/list"; "$sim" --help >"$TMP/help"
python3 - "$TMP" <<'P' || exit 1
import os, re, sys
tmp = sys.argv[1]
readme = open("netsim/README.md").read()
lines = open(tmp + "/list").read().rstrip("\n").split("\n")
rows, wrong = [], []
for line in lines:
    if line.startswith(" "):
        rows[-1][2] = line.strip()
    else:
        rows.append([*line.split(None, 1), ""])
for name, says, rules in rows:
    row = f"| `{name}` | {says.strip()} | {rules or '–'} |"
    if row not in readme:
        wrong.append(f"no such row: {row}")
names = re.search(r"step_names\[STEPS\] = \{(.*?)\};",
                  open("netsim/script.c").read(), re.S).group(1)
steps = re.findall(r'"([a-z]+)"', names)
commands = re.findall(r"^  alksim ([a-z]+)", open(tmp + "/help").read(), re.M)
assert len(steps) > 15 and len(commands) > 5 and len(rows) > 15
wrong += [f"no step {s}" for s in steps if f"`{s}`" not in readme]
wrong += [f"no command {c}" for c in commands if f"| `{c}" not in readme]
paths = re.findall(r"\bnetsim/scale/[\w.-]+", readme)
wrong += [f"{p} is not there" for p in paths if not os.path.exists(p)]
if wrong:
    sys.exit("netsim/README.md: " + "\n".join(wrong))
print(f"README of the simulator: {len(rows)} invariants, {len(steps)} steps "
      f"and {len(commands)} commands are as it says")
P
