# SPDX-License-Identifier: MIT
"""What callspec and a testee said to each other, as overhear.py kept it: cut
into talks, one from a `reset` to the next. Talks that have the same course are
told once."""
import json
import os
import re

TIMES = re.compile(rb'("wall_ns":|"started":"|"cmdline":")[^",]*')
ANSWERS_MAX = 2000  # bytes of the testee's lines
PIECE_LINES = 6  # of a log


class Talk:
    def __init__(self):
        self.verbs = 0
        self.lines = []  # (is it callspec's, the object)
        self.registered = []  # operations, as they were told

    def add(self, is_ours, line):
        """Lines are counted from where the talk begins."""
        self.verbs += is_ours
        line["seq"] = self.verbs
        self.lines.append((is_ours, line))
        if is_ours and line.get("op") == "register":
            self.registered.append({k: v for k, v in line.items()
                                    if k not in ("seq", "op")})

    def heard(self):
        """(verb, members) of what is done to the testee, in order; what it
        sends is `sent`."""
        for is_ours, line in self.lines:
            if is_ours:
                yield line.get("op"), line
            for event in [] if is_ours else line.get("out", []):
                if isinstance(event, dict) and event.get("ev") == "stream_data":
                    yield "sent", event

    def streams(self):
        """The bytes of each direction of each stream."""
        found = {}
        for verb, what in self.heard():
            if verb in ("stream_data", "sent") and \
                    isinstance(what.get("hex"), str):
                key = (verb, what.get("conn"), what.get("stream"))
                found[key] = found.get(key, b"") + bytes.fromhex(what["hex"])
        return [found[key] for key in found]

    def text(self):
        return json.dumps(self.lines)

    def answers(self):
        lines = "".join(json.dumps(line, separators=(",", ":")) + "\n"
                        for is_ours, line in self.lines if not is_ours)
        return lines.encode()[:ANSWERS_MAX]

    def course(self):
        """Two talks with the same one teach the same."""
        return tuple((verb, len(what.get("hex", "")), what.get("stream"))
                     for verb, what in self.heard()
                     if verb not in ("register", "stats", "configure"))


def lines_of(path):
    """Each line of callspec's and then what was answered to it, although it
    may have said more before it read that. Some of what it says is no JSON, on
    purpose, and is left out."""
    lines = []
    with open(path, "rb") as f:
        for line in f:
            try:
                said = json.loads(line[1:])
            except ValueError:
                continue
            if isinstance(said, dict) and isinstance(said.get("seq"), int):
                lines.append((line[:1] == b">", said))
    return sorted(lines, key=lambda line: (line[1]["seq"], not line[0]))


def talks_of(path):
    talk = Talk()
    for is_ours, line in lines_of(path):
        if is_ours and line.get("op") == "reset":
            yield talk
            talk = Talk()
        talk.add(is_ours, line)
    yield talk


def read(folder):
    """All of them, in an order that does not depend on who said it when."""
    found = {}
    for name in os.listdir(folder):
        for talk in talks_of(os.path.join(folder, name)):
            if talk.streams():
                key = repr(talk.course())
                found[key] = min(found.get(key, talk), talk, key=Talk.text)
    return [found[key] for key in sorted(found)]


def log_pieces(path):
    """Short logs: the first lines, a few of the middle, the last."""
    with open(path, "rb") as f:
        lines = [TIMES.sub(rb"\g<1>0", line) for line in f]
    head = [line for line in lines if b'"event":"requirement"' not in line]
    for at in range(2, len(head) - PIECE_LINES, max(1, len(head) // 20)):
        yield b"".join(head[:2] + head[at:at + 2] + head[-1:])
