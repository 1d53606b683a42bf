# SPDX-License-Identifier: MIT
"""Inputs that are programs (feed.h): dialogues of the vectors and talks that
were overheard, as the steps of a target. The numbers of the steps are read in
the target's source, so that they cannot differ from it."""
import json
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LONG = 0xc0  # feed.c
OF_NODE = 65  # a stream that the node has opened

# What a handler does with the byte behind its start (party_work); the same
# byte as a step only polls, so nothing is lost where no handler is started.
GIVES, ANSWERS, WAITS = range(6), range(6, 8), range(14, 16)


def source(*names):
    with open(os.path.join(ROOT, "fuzz", *names), encoding="utf-8") as f:
        return f.read()


def words_of(text, pattern):
    m = re.search(pattern, text, re.S)
    if not m:
        raise SystemExit(f"program.py: {pattern} is not there any more")
    return m[1]


def parsers(fuzz):
    """(name, byte that chooses it) of schema_path's readers."""
    order = re.findall(r"parser_\w+", words_of(
        source("targets", "schema_path.c"), r"families\[\] = \{(.*?)\};"))
    for family, table in enumerate(order):
        with open(os.path.join(fuzz, "readers", table + ".c"), encoding="utf-8") as f:
            rows = words_of(f.read(), table + r"\[\] = \{(.*?)\n\};")
        for place, name in enumerate(re.findall(r'\{"([^"]*)"', rows)):
            yield name, family << 4 | place


def piece(data):
    data = data[:((0xff - LONG) << 8) + 0xff]
    if len(data) < LONG:
        return bytes([len(data)]) + data
    return bytes([LONG + (len(data) >> 8), len(data) & 0xff]) + data


def is_of_node(stream):
    """The node is who was dialled, so it opens the odd ones."""
    return isinstance(stream, int) and stream & 1 == 1


def frames(data):
    """The bodies in it, and what is left over."""
    found = []
    while len(data) >= 4:
        end = 4 + int.from_bytes(data[:4], "big")
        if end == 4 or end > len(data):
            break
        found.append(data[4:end])
        data = data[end:]
    return found, data


class Steps:
    def __init__(self, target):
        table = words_of(source("targets", target + ".c"),
                         r"steps\[\]\)\([^)]*\) = \{(.*?)\};")
        self.names = re.findall(r"\w+", table)

    def step(self, name, *rest):
        return bytes([self.names.index(name)]) + b"".join(
            part if isinstance(part, bytes) else bytes([part & 0xff])
            for part in rest)

    def polls(self, work):
        """A byte that is poll_all as a step, and `work` for a handler."""
        poll = self.names.index("poll_all")
        bytes_of_poll = range(poll, 256, len(self.names))
        return bytes([next((b for b in bytes_of_poll if b % 16 in work),
                           poll)])

    # ------------------------------------------------------------- import
    def of_import(self, test):
        """The peer's list, and what it says to each question after it."""
        said = [test["list"]] if test.get("list") else []
        schemas = json.loads(test.get("schemas") or "{}")
        if isinstance(schemas, dict):
            said += [json.dumps(s, separators=(",", ":"))
                     for s in schemas.values()]
        out = bytes([0]) + self.step("import", int(bool(test.get("prefix"))))
        for text in said:
            out += self.step("say_anything", piece(text.encode()))
            out += self.step("poll")
        return out

    def of_catalogue(self, number):
        """One import of three operations that goes wrong in that way, at each
        of the questions, behind a good one; of none, and of three alike."""
        fault, at = number % 32, number // 32
        if fault == 0 and at in (1, 2):
            return bytes([0]) + self.step("import_exactly", 0, bytes(
                [3 * (at - 1) << 2, 0]) + 3 * bytes([0, 0, 1]))
        entries = bytes([0x20, 0x53, 0, 0x50, 0x20, 1, 0xc0, 0, 5 - at])
        good = bytes([3 << 2 | at & 1, 0]) + entries
        return bytes([0]) + self.step("import_exactly",
                                      32 * 2 | 16 * (at & 1), good,
                                      3 << 2, fault | at << 5, entries,
                                      3 << 2 | 3, 6, 0, entries)

    # ------------------------------------------------------------- pair
    def of_pair(self, number):
        """The second node imports what the first one serves, offers it again,
        both are asked for it and for what they have imported; the bits of
        `number` are what differs."""
        bit = [number >> i & 1 for i in range(6)]
        feed, offered = bit[0] << 5, 1 + bit[1]
        plain, everything = bytes([16, 0, 60]), 4 << 5 | bit[2]
        out = bytes([everything, 15]) + 5 * bytes([16 | feed, 0, 60])
        out += bytes([everything ^ bit[3] | 2 | offered << 2, 15]) + 5 * plain
        out += bytes([16 | feed, 0, 60])  # the offer
        carry = self.step("carry_all")
        out += self.step("import", 7 * bit[4]) + carry * (1 + bit[5])
        for side in (0, 1):
            out += self.step("look", side | 2) + carry
            out += self.step("look", side) + carry
        for which in (4, 6 + offered, 0):
            out += self.step("ask", which == 0, which, 1) + carry
            out += bytes(GIVES) + bytes(ANSWERS) + carry
        return out

    # ------------------------------------------------------------- asking
    def speak(self, whom, event, form=0, where=0, later=0, fin=0):
        """On the stream of the request; `where` 1: on one of the peer's, 3: on
        the first request's, 7: on the second's."""
        words = re.findall(r'"(\w+)"', words_of(
            source("peers", "mouth.c"), r"\} words\[MOUTH_WORDS\] = \{(.*?)\};"))
        return self.step("speak", where, whom,
                         words.index(event) | form << 3 | fin << 6 | later << 7)

    def of_asking(self):
        """Who asks, what the peer says to it, and what befalls both: each with
        each."""
        ask = {"call": 0, "hasty call": 2, "patient call": 6, "feed": 1,
               "hasty feed": 3, "slow feed": 9, "moody feed": 0xc1}
        ask = {name: self.step("ask", how) for name, how in ask.items()}
        wait = {name: self.step("pass_time", how)
                for how, name in enumerate(("a little", "due", "early"))}
        some = self.step("ask", 0) + wait["a little"]
        opened = [
            ask["call"], ask["hasty call"], ask["feed"], ask["hasty feed"],
            ask["slow feed"], ask["moody feed"], some + ask["call"],
            ask["patient call"] + ask["hasty call"],
            ask["hasty call"] + ask["slow feed"],
        ]
        item, done = self.speak(0, "responded"), self.speak(0, "completed")
        said = [
            b"", wait["a little"] + item, done, item + item + done,
            self.speak(0, "responded", 1), self.speak(0, "responded", 3),
            item + self.speak(0, "responded", 0, 1),
            item + self.speak(0, "completed", 0, 1),
            self.speak(0, "responded", 0, 0, 1) * 2 + done,
            self.speak(0, "error"), item + self.speak(0, "error", 1, 1),
            self.speak(0, "error", 1),
            self.speak(0, "aborted"), self.speak(0, "aborted", 0, 1),
            self.speak(1, "aborted", 0, 3), self.speak(9, "completed", 0, 1),
            self.speak(9, "responded"), self.speak(0, "nonsense"),
        ]
        close = [
            wait["early"] + wait["due"], self.step("give_up", 0),
            self.step("disturb", 1, 0), self.step("disturb", 1, 2),
            self.step("resume", 0) * 2, self.step("lose", 1),
        ]
        for a in opened:
            for b in said:
                for c in close:
                    yield bytes([0x33]) + a + b + c

    def of_asking_without_room(self):
        """Where there is no stream for an abort, or for the request; and what
        is lost on one connection only."""
        ask, give_up = self.step("ask", 1), self.step("give_up", 0)
        grant, lose = self.step("grant", 3), self.step("lose", 0)
        other = bytes([128 | ask[0], 0])
        item = self.speak(0, "responded", 0, 0, 1)
        yield bytes([1]) + ask + item * 24 + self.speak(0, "completed")
        yield bytes([1]) + ask + self.speak(1, "aborted", 0, 1) + \
            self.speak(0, "responded", 0, 1)
        for way in (ask + give_up + grant, ask + grant + give_up + grant,
                    ask + lose, self.step("make_room", 3) + ask + give_up +
                    self.step("make_room", 0), ask + other + lose):
            for credit in (0, 1, 0x11):
                yield bytes([credit]) + way

    # ------------------------------------------------------------- forward
    def serve(self, place, access=0, prefix=1, kinds=0x20):
        """Over that connection o/0 and o/1 are imported; the bits of `kinds`
        are those of o/1, turned round for o/0."""
        return self.step("serve", place, 2 << 2 | prefix, 0,
                         bytes([kinds ^ 0x20 | 0x40, access, 0]),
                         bytes([kinds | 0x40, access, 1]))

    def ask_for(self, which, *wish, how=1):
        """An operation of hub.c: the list of peers is behind all of them."""
        return self.step("ask", which, how, *wish)

    def answers(self, *how):
        """By those who are at work, each in its turn."""
        return b"".join(self.step("answer", what, who)
                        for who, what in enumerate(how))

    def of_order(self, places, who, access):
        """Peers serve in that order; each offer of them is asked for, the list,
        and what composes."""
        out = bytes([who])
        for place in places:
            out += self.serve(place, access)
        for which in (29, 5, 9, 13, 22, 26):
            out += self.ask_for(which)
        for wish in (0, 4, 8):
            out += self.ask_for(1, wish)
        return out + self.answers(0, 0, 0, 0, 0, 0, 0, 0)

    def of_change(self, before, after, who):
        """Peers serve, and go (from 8 on), and others are asked then."""
        out = bytes([who])
        for place in before:
            out += self.serve(place)
        out += self.ask_for(5) + self.ask_for(26)
        for place in after:
            out += self.step("lose", place - 8) if place >= 8 \
                else self.serve(place)
        out += self.ask_for(29)
        for which in (5, 9, 13):
            out += self.ask_for(which)
        return out + self.ask_for(1, 2) + self.answers(0, 0, 0)

    def of_items(self, end, room, who):
        """A subscription whose caller has no room for a while."""
        out = bytes([who]) + self.serve(0, 0, 1, 0) + self.ask_for(17, how=5)
        out += self.step("narrow", room) + self.ask_for(17)
        for which in (0, 1, 0, 1, 0):
            out += self.step("answer", 0, which)
        return out + end + self.step("narrow", 0)

    def of_forward(self):
        who = (5, 16, 32, 15, 3, 12)
        orders = ([0], [1], [2, 0], [3], [0, 1], [1, 0], [0, 1, 2, 3],
                  [3, 1, 2], [1, 2, 0])
        for number, order in enumerate(orders):
            for access in (0, 1, 0x20, 0x60):
                yield self.of_order(order, who[number % 6], access)
                yield self.of_order(order, 5, access)
        for before, after in (([0, 1], [8]), ([0, 1], [8, 0]), ([0, 1], [0]),
                              ([0, 2], [10]), ([0, 2], [8]), ([0, 1, 2], [8]),
                              ([0, 1, 2], [10]), ([0], [12]), ([1, 0], [13]),
                              ([3], [11]), ([0, 2], [0])):
            for someone in who[:3]:
                yield self.of_change(before, after, someone)
        words = (*range(8, 16), 16 + 8, 16 + 12, 32 + 8, 32 + 10, 64 + 10,
                 128 + 10)
        ends = [*(self.step("answer", word, 0) for word in words),
                *(self.step("change_mind", how, 0) for how in range(4)),
                *(self.step("wait", span) for span in (2, 3, 4)),
                self.step("lose", 0), self.step("reconnect", 5)]
        for end in ends:
            for room in range(3):
                yield self.of_items(end, room, 5)
        for end in ends:
            for which, wish in ((5, b""), (1, bytes([0])), (17, b"")):
                yield bytes([5]) + self.serve(0, kinds=0x20 * (which != 17)) \
                    + self.ask_for(which, wish, how=160) + end
        for prefix, wish in ((0, 2), (0, 3), (0, 6), (1, 2), (1, 8), (0, 10)):
            for composer in range(1, 5):
                yield bytes([5]) + self.serve(1, prefix=prefix) \
                    + self.ask_for(composer, wish, how=192 + 4 * 3) \
                    + self.ask_for(7, how=128) + self.answers(0, 0)
        yield bytes([12]) + self.serve(0, 3) + self.serve(1) + self.ask_for(29)
        for which in range(31):
            yield bytes([5]) + self.serve(0) + self.serve(1, 0, 0, 0) \
                + self.ask_for(which, *[which] * (1 <= which <= 4)) \
                + self.answers(0)

    # ------------------------------------------------------------- connection
    def begin(self):
        """A peer that we know, sees everything, and lets us ask."""
        self.streams, self.ids, self.asked = {}, {}, 0
        return bytes([15, 1, 8])

    def stream(self, key):
        """A number that stands for this stream of the peer's: new, or old."""
        if key not in self.streams:
            self.streams[key] = len(self.streams)
            return 0
        place, count = self.streams[key], len(self.streams)
        return next((2 * n for n in range(32, 128) if n % count == place), 64)

    def id(self, key):
        return self.ids.setdefault(key, len(self.ids) % 6)

    def any_id(self, key):
        """Of a request of the peer's, or else of the node's last one."""
        return self.id(key) if key in self.ids else 6 + 16 * (self.asked % 8)

    def hear_event(self, stream, event, fin):
        kind = str(event.get("type")).removeprefix("call.")
        payload = event.get("payload")
        payload = payload if isinstance(payload, dict) else {}
        name = str(payload.get("operationId"))
        if kind == "requested":
            is_feed = "source" in name
            how = (64 | (0 if fin else 16) | ("auth_token" in payload) << 2
                   | ("forwarded_for" in payload) << 3)
            which = 6 if "list" in name else 7 if "schema" in name else \
                1 if is_feed else 2 if "fail" in name else \
                4 if "unknown" in name else 0
            return self.step("hear_request", self.stream(stream),
                             self.id(event["id"]), which, how) + (
                self.polls(GIVES) * 3 if is_feed else b"") + self.polls(
                WAITS if "hold" in name else ANSWERS)
        if kind == "aborted" and is_of_node(stream):
            return self.step("hear_answer", OF_NODE, self.any_id(event["id"]),
                             4) + self.polls(WAITS)
        if kind == "aborted":
            return self.step("hear_abort", self.stream(stream),
                             self.id(event["id"])) + self.polls(WAITS)
        what = {"responded": 0, "completed": 8, "error": 15}.get(kind, 11)
        return self.step("hear_answer", OF_NODE if is_of_node(stream) else 64,
                         self.any_id(event.get("id")), what) \
            + self.polls(WAITS)

    def hear_bytes(self, stream, data, fin):
        """Frames as events, so that they mean something here; the rest, and
        one time the frames, too, as they are."""
        bodies, rest = frames(data)
        out = b""
        for body in bodies:
            try:
                event = json.loads(body)
                out += self.hear_event(stream, event, fin)
            except (ValueError, TypeError, KeyError, AttributeError,
                    RecursionError):
                rest = data
                break
        if rest:
            out += self.step("hear_anything", self.stream(stream), 4 * fin,
                             piece(rest)) + self.polls(WAITS)
        return out

    def ask(self, operation, is_feed):
        self.asked += 1
        op = 5 if "schema" in operation else 0
        return self.step("ask", 8 * op + is_feed) + self.polls(WAITS)

    def do(self, verb, what):
        """What our side does, or what befalls it; nothing, if there is no such
        thing here."""
        last = 2 * max(self.asked - 1, 0)
        made = {
            "call": lambda: self.ask(str(what.get("operation")), False),
            "subscribe": lambda: self.ask(str(what.get("operation")), True),
            "import": lambda: self.step("ask", 7) + self.polls(WAITS),
            "abort": lambda: self.step("change_mind", last + 1),
            "drop_interest": lambda: self.step("change_mind", last + 1),
            "take": lambda: self.step("change_mind", last),
            "release": lambda: self.step("work", 0, ANSWERS[0]),
            "advance": lambda: self.step("wait", 3) + self.polls(WAITS),
            "conn_lost": lambda: self.step("reconnect", 1),
            "credit": lambda: self.step("grant", 3),
            "stream_reset": lambda: self.step(
                "move", 2, self.stream(what.get("stream"))),
            "stop_sending": lambda: self.step(
                "move", 3, self.stream(what.get("stream"))),
        }.get(verb)
        return made() if made else b""

    def of_talk(self, talk):
        out = self.begin()
        for verb, what in talk.heard():
            if verb == "stream_data" and isinstance(what.get("hex"), str):
                out += self.hear_bytes(what.get("stream"),
                                       bytes.fromhex(what["hex"]),
                                       bool(what.get("fin")))
            else:
                out += self.do(verb, what)
        return out

    def of_dialogue(self, test):
        out = self.begin()
        for step in test["steps"]:
            peer, node = step.get("peer"), step.get("node")
            if peer and "type" in peer:
                out += self.hear_event(peer["stream"], peer,
                                       bool(peer.get("fin")))
            for verb in ("reset", "stop"):
                if peer and verb in peer:
                    out += self.do({"reset": "stream_reset",
                                    "stop": "stop_sending"}[verb], peer)
            if node:
                out += self.do(node["do"], node)
            if "now_ms" in step:
                out += self.do("advance", step)
            if "lost" in step:
                out += self.do("conn_lost", step)
        return out
