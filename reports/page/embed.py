#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.py PATH: writes the style and the script of the page as a C source
that defines what reports/html_page.h declares, and the digest by which a
browser knows this script from any other. A source that is up to date is left
alone, so that make builds nothing again."""
import base64
import hashlib
import os
import sys

STYLE = ["page.css"]
SCRIPT = ["data.js", "dom.js", "frames.js", "steps.js", "diagram.js",
          "matrix.js", "stories.js", "main.js"]
A_LINE = 20  # bytes on one line of C


def joined(names):
    folder = os.path.dirname(os.path.abspath(__file__))
    whole = b""
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            whole += file.read()
    if b"</s" in whole or b"\r" in whole:
        sys.exit("embed.py: a style or script may not hold </s, nor a CR")
    return whole


def c_array(symbol, data):
    lines = ["const char %s[] = {" % symbol]
    for start in range(0, len(data), A_LINE):
        row = (str(b - 256 if b > 127 else b)
               for b in data[start:start + A_LINE])
        lines.append("    " + ",".join(row) + ",")
    return lines + ["    0};", ""]


def c_source():
    style, script = joined(STYLE), b"\n" + joined(SCRIPT)
    digest = base64.b64encode(hashlib.sha256(script).digest())
    out = ["/* SPDX-License-Identifier: MIT */",
           "/* Written by reports/page/embed.py from the files beside it; not "
           "to be edited. */", '#include "reports/html_page.h"', ""]
    for symbol, data in (("html_page_style", style),
                         ("html_page_script", script),
                         ("html_page_digest", b"sha256-" + digest)):
        out += c_array(symbol, data)
    return "\n".join(out)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: embed.py PATH")
    source = c_source()
    if os.path.exists(sys.argv[1]):
        with open(sys.argv[1], encoding="ascii") as file:
            if file.read() == source:
                return
    with open(sys.argv[1], "w", encoding="ascii") as file:
        file.write(source)


if __name__ == "__main__":
    main()
