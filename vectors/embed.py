#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.py PATH: writes the vector files as a C source that defines what
vectors.h declares. The same files give the same source, byte for byte; a
source that is up to date is left alone, so that make builds nothing again."""
import os
import sys

FILES = ["frame.json", "envelope.json", "captured.json", "call_error.json", "names.json",
         "access.json", "peer_filter.json", "fingerprint.json", "token_hash.json",
         "peer_book.json", "api_key.json", "discovery.json", "forwarded_for.json",
         "scoped_env.json", "lookup.json", "import.json", "resource_path.json",
         "ownership.json", "rotation.json", "encrypted_data.json",
         "validation.json", "dialogue.json", "requirements.json"]
A_LINE = 20  # bytes of a file on one line of C


def c_array(symbol, data):
    lines = ["static const unsigned char %s[] = {" % symbol]
    for start in range(0, len(data), A_LINE):
        lines.append("    " + ",".join(str(byte) for byte in data[start:start + A_LINE]) + ",")
    return lines + ["    0};", ""]


def c_source(folder):
    out = ["/* SPDX-License-Identifier: MIT */",
           "/* Written by vectors/embed.py from the files beside it; not to be edited. */",
           '#include "vectors/vectors.h"', ""]
    table = []
    for name in FILES:
        with open(os.path.join(folder, name), "rb") as file:
            data = file.read()
        symbol = name.replace(".", "_")
        out += c_array(symbol, data)
        table.append('    {"%s", %s, sizeof %s - 1},' % (name, symbol, symbol))
    out += ["const struct vectors_file vectors_files[] = {"] + table + ["};", ""]
    out += ["const size_t vectors_files_count = sizeof vectors_files / sizeof *vectors_files;", ""]
    return "\n".join(out)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: embed.py PATH")
    source = c_source(os.path.dirname(os.path.abspath(__file__)))
    if os.path.exists(sys.argv[1]):
        with open(sys.argv[1], encoding="ascii") as file:
            if file.read() == source:
                return
    with open(sys.argv[1], "w", encoding="ascii") as file:
        file.write(source)


if __name__ == "__main__":
    main()
