# SPDX-License-Identifier: MIT
"""What an instance has done over time: rows of plot_data in AFL++'s form,
whichever engine ran."""
import os
import re
import time

NAME = "plot_data"
COLUMNS = "# relative_time, cycles_done, cur_item, corpus_count, " \
    "pending_total, pending_favs, map_size, saved_crashes, saved_hangs, " \
    "max_depth, execs_per_sec, total_execs, edges_found\n"


def read(folder):
    """Rows of (seconds, execs in all, execs a second, edges). A row that is
    being written is left out."""
    path = os.path.join(folder, NAME)
    if not os.path.exists(path):
        return []
    with open(path, encoding="ascii") as f:
        rows = [line.split(",") for line in f
                if line[0] != "#" and line.endswith("\n")]
    return [(int(r[0]), int(r[11]), float(r[10]), int(r[12])) for r in rows]


def write(folder, said):
    """libFuzzer's words, line by line until they end, become rows behind those
    of the campaign that is resumed: one a second and one at the end."""
    rows = read(folder)
    began, execs_before = rows[-1][:2] if rows else (0, 0)
    start, told, row = time.monotonic(), -1, None
    with open(os.path.join(folder, NAME), "a", encoding="ascii") as plot, \
            open(os.path.join(folder, "log"), "w", encoding="utf-8") as log:
        plot.write("" if rows else COLUMNS)
        for raw in said:
            line = raw.decode(errors="replace")
            log.write(line)
            m = re.match(r"#(\d+)\s+\w+\s+cov: (\d+) ft: \d+ corp: (\d+)/",
                         line)
            if not m:
                continue
            passed = time.monotonic() - start
            execs, edges, corpus = (int(word) for word in m.groups())
            row = f"{began + int(passed)}, 0, 0, {corpus}, 0, 0, 0%, 0, 0, " \
                f"0, {execs / max(passed, 0.01):.2f}, " \
                f"{execs_before + execs}, {edges}\n"
            if int(passed) > told:
                plot.write(row)
                plot.flush()
                told, row = int(passed), None
        plot.write(row or "")
