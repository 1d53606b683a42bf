#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.py PATH: writes the styles and the scripts of the pages as a C source
that defines what reports/html_page.h declares, and the digests by which a
browser knows each script from any other. A source that is up to date is left
alone, so that make builds nothing again."""
import base64
import hashlib
import os
import sys

# Of each page its style and its script.
PAGES = {
    "run": (["page.css"],
            ["data.js", "dom.js", "frames.js", "steps.js", "diagram.js",
             "matrix.js", "stories.js", "main.js"]),
    "campaign": (["page.css", "campaign.css"],
                 ["account.js", "dom.js", "timeline.js", "findings.js",
                  "campaign.js"]),
}
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
    lines = ["static const char %s[] = {" % symbol]
    for start in range(0, len(data), A_LINE):
        row = (str(b - 256 if b > 127 else b)
               for b in data[start:start + A_LINE])
        lines.append("    " + ",".join(row) + ",")
    return lines + ["    0};", ""]


def c_page(name, style, script):
    style, script = joined(style), b"\n" + joined(script)
    digest = base64.b64encode(hashlib.sha256(script).digest())
    parts = (("style", style), ("script", script),
             ("digest", b"sha256-" + digest))
    out = []
    for part, data in parts:
        out += c_array(f"{name}_{part}", data)
    return out + ["const struct html_page html_page_%s = {%s};" % (
        name, ", ".join(f"{name}_{part}" for part, _ in parts)), ""]


def c_source():
    out = ["/* SPDX-License-Identifier: MIT */",
           "/* Written by reports/page/embed.py from the files beside it; not "
           "to be edited. */", '#include "reports/html_page.h"', ""]
    for name, (style, script) in PAGES.items():
        out += c_page(name, style, script)
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
