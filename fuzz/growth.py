# SPDX-License-Identifier: MIT
"""How an instance of AFL++ grew, read off its queue: the name of each input says
when it was kept, after how many execs, and whether it reached an edge that none
did before (+cov). Those inputs are run once more by afl-showmap, and their edges
counted in the order of time. AFL++'s own plot_data has too few rows for a short
campaign: only its end is taken from there."""
import os
import re
import shutil
import subprocess
import tempfile

import places


def kept(folder):
    """(seconds, execs, path or None when it brought no edge), as they came.
    What another instance brought has no time; it came behind the one before."""
    rows, seconds, execs = [], 0, 0
    for path in places.inputs_in(os.path.join(folder, "queue")):
        name = os.path.basename(path)
        m = re.search(r"time:(\d+),execs:(\d+)", name)
        if m:
            seconds, execs = int(m[1]) / 1000, int(m[2])
        is_new = "+cov" in name or "orig:" in name
        rows.append((seconds, execs, path if is_new else None))
    return rows


def edges_of(target, paths):
    """For each input the set of edges that it reaches."""
    with tempfile.TemporaryDirectory() as top:
        inputs, maps = os.path.join(top, "in"), os.path.join(top, "out")
        os.makedirs(inputs)
        for i, path in enumerate(paths):
            shutil.copy(path, os.path.join(inputs, str(i)))
        subprocess.run(["afl-showmap", "-q", "-t", "1000", "-i", inputs, "-o",
                        maps, "--", places.program("afl", target)],
                       capture_output=True,
                       env=dict(os.environ, AFL_NO_AFFINITY="1"))
        sets = []
        for i in range(len(paths)):
            path = os.path.join(maps, str(i))
            text = ""
            if os.path.exists(path):
                with open(path, encoding="ascii") as f:
                    text = f.read()
            sets.append({line.split(":")[0] for line in text.split()})
    return sets


def rows(target, folder, last):
    """(seconds, execs, execs a second, edges) like plot_data's, at most one for
    each second, and `last` behind them."""
    steps = kept(folder)
    sets = iter(edges_of(target, [path for _, _, path in steps if path]))
    seen, grown = set(), []
    for seconds, execs, path in steps:
        seen |= next(sets) if path else set()
        if grown and int(seconds) == int(grown[-1][0]):
            grown.pop()
        before = grown[-1] if grown else (0, 0)
        rate = (execs - before[1]) / max(seconds - before[0], 0.1)
        grown.append((seconds, execs, max(rate, 0), len(seen)))
    return [row for row in grown if row[0] < last[0]] + [last]
