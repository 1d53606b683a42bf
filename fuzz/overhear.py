#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A testee that stands between callspec and another, and keeps every line.

    callspec run --testee 'fuzz/overhear.py FOLDER PROGRAM WORD...'

What both say goes through unchanged and into FOLDER/PID, a line behind ">" for
callspec and "<" for the testee. Exit status: the testee's.
"""
import os
import subprocess
import sys
import threading

LONG = 8192  # nothing is learned from longer lines


def pass_on(source, sink, sign, kept):
    """Until one of the two is gone."""
    try:
        for line in iter(source.readline, b""):
            if len(line) < LONG:
                kept.write(sign + line)
            sink.write(line)
            sink.flush()
        sink.close()
    except OSError:
        pass


def main():
    folder, words = sys.argv[1], sys.argv[2:]
    os.makedirs(folder, exist_ok=True)
    testee = subprocess.Popen(words, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    with open(os.path.join(folder, str(os.getpid())), "wb") as kept:
        threading.Thread(target=pass_on, daemon=True, args=(
            sys.stdin.buffer, testee.stdin, b">", kept)).start()
        pass_on(testee.stdout, sys.stdout.buffer, b"<", kept)
        status = testee.wait()
        kept.flush()
    os._exit(status)


if len(sys.argv) < 3:
    sys.exit(__doc__)
main()
