#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A storm over the testee at L1: thousands of verbs, each well-formed and none
# of them sensible. Frames of all events with ids that are known, foreign or
# made up, on anybody's streams, cut anywhere; resets, windows, deadlines,
# aborts, composition, lost connections. Whatever comes, each word of ours ends
# once, each handler ends once, nothing is said behind an end, and when all is
# closed nothing is left. Each seed is played twice and has to sound the same.
#
# By hand: storm_test.sh FIRST LAST [STEPS] plays these seeds.
set -eu
cat >"$TMP/storm.py" <<'P'
import hashlib, json, random, signal, subprocess, sys

OPERATIONS = ["conf/echo", "conf/fail", "conf/sink", "conf/count", "conf/hold",
              "conf/callback", "conf/panic", "conf/source", "conf/compose",
              "conf/unsafe", "conf/identity", "services/list",
              "services/schema"]
TYPES = {"conf/sink": "mutation", "conf/count": "mutation",
         "conf/unsafe": "mutation", "conf/source": "subscription"}
ERROR = {"code": "MINE", "message": "m", "retryable": True}
TAGS = ["s", "t", "u"]
MS = 1000000


class Testee:
    """Verbs in, answers out; what came out is kept as a hash."""

    def __init__(self, path):
        self.process = subprocess.Popen([path, "testee"],
                                        stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.seq = 0
        self.hash = hashlib.sha256()
        self.line("hello", contract=1, level="L1", rng_seed="00000000000000aa")

    def line(self, op, **members):
        self.seq += 1
        text = json.dumps({"seq": self.seq, "op": op, **members})
        signal.alarm(20)
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        signal.alarm(0)
        answer = json.loads(said)
        assert answer.pop("seq") == self.seq, said
        self.hash.update(json.dumps(answer).encode())
        return answer


def framed(kind, id, payload):
    body = json.dumps({"type": "call." + kind, "id": id,
                       "payload": payload}, separators=(",", ":")).encode()
    return len(body).to_bytes(4, "big") + body


class Stream:
    def __init__(self, is_ours):
        self.is_ours = is_ours
        self.rest = b""          # of a frame that is under way
        self.sent = 0
        self.consumed = 0
        self.is_sent = False     # by us: nothing more
        self.is_said = False     # by it: nothing more
        self.is_unwanted = False # we told it so
        self.window = None
        self.heard = b""


class Conn:
    def __init__(self, name, is_ours):
        self.name = name
        self.next = 0 if is_ours else 1
        self.streams = {}
        self.credit = 100
        self.ids = []       # of requests of ours
        self.asked = set()  # the same that were sent in one piece, once
        self.over = {}      # how those ended
        self.foreign = []   # of requests of its own
        self.entered = {}   # id: entered and not stopped


class Word:
    def __init__(self, conn, is_stream, wanted):
        self.conn, self.is_stream, self.wanted = conn, is_stream, wanted
        self.is_live = True


class Storm:
    def __init__(self, testee, seed):
        self.t, self.r = testee, random.Random(seed)
        self.conns, self.words = {}, {}
        self.count = self.now = self.entered = self.step = 0
        self.next = None
        self.t.line("reset")
        self.t.hash = hashlib.sha256()
        timeouts = {"call_ms": self.r.choice([20, 300]),
                    "serve_ms": self.r.choice([15, 200])}
        self.do("configure", timeouts=timeouts,
                profile=self.r.choice(["remote-safe", "peer-graph"]))
        for name in OPERATIONS:
            more = ({"scoped_env": {"allowed": OPERATIONS}}
                    if name == "conf/compose" else {})
            self.do("register", name=name, behaviour=name,
                    op_type=TYPES.get(name, "query"),
                    remote_safe=name != "conf/unsafe", **more)

    # ------------------------------------------------------------ what it says

    def do(self, op, wanted=True, **members):
        """`wanted`: whether it may be refused; None: either is fine."""
        answer = self.t.line(op, **members)
        ok = answer.get("ok", False)
        assert ok or "fail" in answer, answer
        assert wanted is None or ok == wanted, (op, members, answer)
        for e in answer.get("out", []):
            getattr(self, "on_" + e.pop("ev"))(**e)
        self.next = answer.get("next")
        assert self.next is None or self.next > self.now, answer
        return answer

    def on_conn_open(self, conn, **_):
        assert conn in self.conns

    def on_closed(self, conn, **_):
        del self.conns[conn]
        assert not [w for w in self.words.values()
                    if w.conn == conn and w.is_live], "nobody told them"

    def on_handler_entered(self, conn, operation, id, **more):
        self.entered += 1
        c = self.conns.get(conn)
        if c and "internal" not in more:
            assert id in c.ids, id
            assert id not in c.asked or id not in c.entered, "entered twice"
        if c:
            c.entered[id] = c.entered.get(id, 0) + 1

    def on_handler_stopped(self, conn, operation, id):
        c = self.conns.get(conn)
        if not c:
            return
        assert c.entered.get(id, 0) > 0, "stopped more often than entered"
        c.entered[id] -= 1
        assert id not in c.asked or id not in c.over, "stopped behind its end"

    def word(self, id):
        w = self.words[id]
        assert w.is_live, "something behind its end"
        return w

    def on_result(self, conn, id, output):
        assert not self.word(id).is_stream
        self.word(id).is_live = False

    def on_error(self, conn, id, **_):
        self.word(id).is_live = False

    def on_end(self, conn, id, how):
        assert how == "aborted" or self.word(id).is_stream
        self.word(id).is_live = False

    def on_item(self, conn, id, output):
        w = self.word(id)
        assert w.is_stream and w.wanted != 0, "more than it takes"
        if w.wanted is not None:
            w.wanted -= 1

    def on_stream_open(self, conn, stream):
        c = self.conns[conn]
        assert stream not in c.streams and c.credit > 0
        c.credit -= 1
        c.streams[stream] = Stream(False)

    def on_stream_data(self, conn, stream, hex, fin):
        c, data = self.conns[conn], bytes.fromhex(hex)
        s = c.streams[stream]
        assert not s.is_said, "said behind its end"
        s.is_said = fin
        if s.window is not None:
            s.window -= len(data)
            assert s.window >= 0, "past its window"
        s.heard += data
        while len(s.heard) >= 4:
            end = 4 + int.from_bytes(s.heard[:4], "big")
            if len(s.heard) < end:
                break
            self.on_frame(c, s, json.loads(s.heard[4:end]))
            s.heard = s.heard[end:]
        assert not fin or not s.heard, "half a frame"

    def on_frame(self, c, s, frame):
        kind, id = frame["type"].removeprefix("call."), frame["id"]
        if kind == "requested":
            assert not s.is_ours
            c.foreign.append(id)
        elif kind == "aborted":
            assert id in c.foreign, "an abort of ours"
        else:
            assert s.is_ours and id in c.ids, (kind, id)
            if id not in c.asked:
                return
            assert id not in c.over, "said behind its end"
            if kind != "responded" or c.asked_of[id] != "conf/source":
                c.over[id] = kind

    def on_stream_reset(self, conn, stream, code):
        s = self.conns[conn].streams[stream]
        assert not s.is_said, "two ends"
        s.is_said = True

    def on_stop_sending(self, conn, stream, code):
        self.conns[conn].streams[stream]

    def on_stream_consumed(self, conn, stream, bytes):
        s = self.conns[conn].streams[stream]
        s.consumed += bytes
        assert s.consumed <= s.sent, "granted more than was sent"

    # ------------------------------------------------------------ what we say

    def some_conn(self):
        return self.r.choice(list(self.conns.values())) if self.conns else None

    def maybe(self, chance):
        return self.r.random() < chance

    def input(self, operation, depth=0):
        r = self.r
        if self.maybe(0.03):
            return r.choice([None, 7, "x", [], {"tag": 1}, {"items": -1}])
        tag = {"tag": r.choice(TAGS)}
        some = tag if self.maybe(0.4) else {}
        if operation == "conf/hold":
            return tag
        if operation == "conf/count":
            return {"key": "k", **some}
        if operation == "conf/fail":
            return ERROR
        if operation == "conf/sink":
            return {"data": "x" * r.randrange(50)}
        if operation == "conf/source":
            input = {"items": r.choice([0, 1, 3, 200]), **some}
            if self.maybe(0.4):
                input["size"] = r.choice([0, 10, 3000])
            if self.maybe(0.2):
                input.update(error=ERROR, insists=self.maybe(0.5))
            return input
        if operation in ("conf/compose", "conf/callback"):
            inner = (r.choice(["conf/hold", "conf/compose", "conf/callback",
                               r.choice(OPERATIONS), "no/such"])
                     if depth < 6 else "conf/echo")
            input = {"operation": inner, "input": self.input(inner, depth + 1)}
            if operation == "conf/compose":
                if self.maybe(0.4):
                    input["policy"] = r.choice(["abort-dependents",
                                                "continue-running", "x"])
                input.update(some)
            return input
        return {"name": r.choice(OPERATIONS)}

    def request(self, c, id):
        name = self.r.choice(OPERATIONS + ["no/such", "conf/source"] +
                             ["conf/compose", "conf/hold"] * 2)
        c.asked_of[id] = name
        return {"operationId": "/" + name, "input": self.input(name)}

    def some_id(self, c):
        pool = self.r.choice([c.ids, c.foreign, c.foreign, list(c.entered),
                              ["made up"], [i for o in self.conns.values()
                                            for i in o.foreign]])
        return self.r.choice(pool[-12:]) if pool else "none"

    def frame(self, c, s):
        r = self.r
        kind = r.choices(["requested", "responded", "completed", "error",
                          "aborted", "other"],
                         [8 if s.is_ours else 1, 8, 3, 2, 3, 0.3])[0]
        payload = r.choice([{}, {"output": r.randrange(9)}, ERROR])
        id = self.some_id(c)
        if kind == "requested":
            if self.maybe(0.9):
                self.count += 1
                id = f"r{self.count}"
                if s.is_ours:
                    c.asked.add(id)
            else:
                c.asked.discard(id)
            c.ids.append(id)
            payload = self.request(c, id)
        elif kind == "responded" and self.maybe(0.9):
            payload = {"output": r.choice([1, "x" * 2000])}
        frame = framed(kind, id, payload)
        if self.maybe(0.005):
            frame = frame[:4] + b"!" + frame[5:]  # no JSON any more
        return frame

    def do_data(self, c):
        open_ones = [n for n, s in c.streams.items() if not s.is_sent]
        if not open_ones or self.maybe(0.3):
            n, c.next = c.next, c.next + 4
            c.streams[n] = Stream(True)
        else:
            n = self.r.choice(open_ones[-20:])
        s = c.streams[n]
        if not s.rest or self.maybe(0.3):
            for _ in range(self.r.choice([0, 1, 1, 1, 2, 6])):
                s.rest += self.frame(c, s)
        cut = (self.r.randrange(len(s.rest) + 1) if self.maybe(0.3)
               else len(s.rest))
        data, s.rest = s.rest[:cut], s.rest[cut:]
        s.is_sent = self.maybe(0.2)
        s.sent += len(data)
        self.do("stream_data", conn=c.name, stream=n, hex=data.hex(),
                fin=s.is_sent)

    def some_stream(self, c):
        return (self.r.choice(list(c.streams.items())[-30:]) if c.streams
                else (None, None))

    def do_reset(self, c):
        n, s = self.some_stream(c)
        if s and not s.is_sent:
            s.is_sent = True
            self.do("stream_reset", conn=c.name, stream=n, code=9)

    def do_stop(self, c):
        n, s = self.some_stream(c)
        if s:
            self.do("stop_sending", conn=c.name, stream=n, code=9)

    def do_window(self, c):
        n, s = self.some_stream(c)
        if s:
            more = self.r.choice([0, 1, 7, 500, 20000])
            s.window = (s.window or 0) + more
            self.do("window", conn=c.name, stream=n, bytes=more)

    def do_credit(self, c):
        more = self.r.choice([0, 1, 3, 50])
        c.credit += more
        self.do("credit", conn=c.name, streams=more)

    def do_ask(self, c):
        verb = self.r.choice(["call", "subscribe"])
        self.count += 1
        id = f"w{self.count}"
        wanted = self.r.choice([None, 1, 2, 20])
        more = {"timeout_ms": self.r.choice([1, 40])} if self.maybe(0.3) else {}
        if verb == "call":
            wanted = None
        elif wanted:
            more["items"] = wanted
        self.words[id] = Word(c.name, verb == "subscribe", wanted)
        self.do(verb, conn=c.name, id=id, operation="x/y", input={"a": 1},
                **more)

    def some_word(self, c):
        words = [(i, w) for i, w in self.words.items() if w.conn == c.name]
        return self.r.choice(words[-15:]) if words else (None, None)

    def do_take(self, c):
        id, w = self.some_word(c)
        if w:
            more = self.r.choice([1, 1, 5])
            good = w.is_live and w.is_stream
            if good and w.wanted is not None:
                w.wanted += more
            self.do("take", good, conn=c.name, id=id, items=more)

    def do_abort(self, c):
        id, w = self.some_word(c)
        if w:
            was_live = w.is_live
            self.do("abort", was_live, conn=c.name, id=id)
            assert not w.is_live, "aborted, and not over"

    def do_drop(self, c):
        id, w = self.some_word(c)
        if w:
            good = w.is_live and w.is_stream
            if good:
                w.is_live = False
            self.do("drop_interest", good, conn=c.name, id=id)

    def do_release(self, c):
        self.do("release", None, tag=self.r.choice(TAGS))

    def do_advance(self, c):
        step = self.r.choice([0, MS, 7 * MS, 50 * MS])
        soon = self.next is not None and self.maybe(0.4)
        self.now = self.next if soon else self.now + step
        self.next = None
        self.do("advance", now=self.now)

    def do_stats(self, c):
        stats = self.do("stats")
        live = sum(w.is_live for w in self.words.values())
        assert stats["pending"] >= live, (stats, live)

    def do_lose(self, c):
        self.leave(c.name)

    def leave(self, name):
        if self.maybe(0.5):
            self.do("conn_lost", conn=name)
        else:
            self.do("close", conn=name, code=0)
        assert name not in self.conns

    def do_open(self, c=None):
        if len(self.conns) >= 3:
            return
        self.count += 1
        who = self.r.choice(["us", "them"])
        c = Conn(f"c{self.count}", who == "us")
        c.asked_of = {}
        self.conns[c.name] = c
        self.do("open_conn", conn=c.name, dialer=who, peer_fingerprint=None,
                trusted_peer=self.maybe(0.5))

    ACTS = [(do_data, 50), (do_reset, 2), (do_stop, 2), (do_window, 5),
            (do_credit, 2), (do_ask, 8), (do_take, 4), (do_abort, 3),
            (do_drop, 1.5), (do_release, 5), (do_advance, 4), (do_stats, 1),
            (do_lose, 0.3), (do_open, 1)]

    def play(self, steps):
        acts, weights = zip(*self.ACTS)
        for self.step in range(steps):
            if not self.conns:
                self.do_open()
            self.r.choices(acts, weights)[0](self, self.some_conn())
        for name in list(self.conns):
            self.leave(name)
        while self.next is not None:  # who goes on without its caller
            self.now = self.next
            self.do("advance", now=self.now)
        stats = self.do("stats")
        runs = stats["runs"]
        left = [stats[k] for k in ("streams", "pending", "served", "bytes")]
        assert left == [0, 0, 0, 0], stats
        assert sum(runs.values()) == self.entered, (runs, self.entered)
        assert not [w for w in self.words.values() if w.is_live]
        return self.t.hash.hexdigest()


def crowd(t, count=40000):
    """An abort costs the same, however many calls run; those that mean
    nothing, too."""
    t.line("reset")
    t.line("register", name="conf/hold", behaviour="conf/hold",
           remote_safe=True)
    t.line("open_conn", conn="c", dialer="us", peer_fingerprint=None)

    def send(stream, kind, who, numbers, payload):
        data = b"".join(framed(kind, f"{who}{n}", payload) for n in numbers)
        assert t.line("stream_data", conn="c", stream=stream,
                      hex=data.hex())["ok"]

    for start in range(0, count, 4000):
        send(start // 1000, "requested", "r", range(start, start + 4000),
             {"operationId": "/conf/hold", "input": {"tag": "t"}})
    for who, left in (("nobody", count), ("r", 0)):
        for start in range(0, count, count // 2):
            send(0, "aborted", who, range(start, start + count // 2), {})
        assert t.line("stats")["served"] == left


def too_late(*_):
    raise TimeoutError("no answer within 20 s")


signal.signal(signal.SIGALRM, too_late)
first, last, steps = (int(n) for n in sys.argv[2:5])
testee = Testee(sys.argv[1])
for seed in range(first, last + 1):
    storm = None
    try:
        storm = Storm(testee, seed)
        said = storm.play(steps)
        storm = Storm(testee, seed)
        assert storm.play(steps) == said, "twice the same is not the same"
    except Exception:
        print(f"seed {seed}, step {storm and storm.step}", file=sys.stderr)
        raise
crowd(testee)
testee.line("quit")
assert testee.process.wait() == 0
print(f"{testee.seq} verbs of {last - first + 1} seeds in "
      "ref/test/storm_test.sh")
P
python3 "$TMP/storm.py" "$BUILD/san/alkref" "${1:-1}" "${2:-6}" "${3:-700}"
