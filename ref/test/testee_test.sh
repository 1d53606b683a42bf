#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The testee by hand: lines in, lines out. Every verb and behaviour that
# subscribes, waits, aborts or composes, and every way to be asked wrongly; and
# over real QUIC, whom a fence does not wait for.
set -eu
cat >"$TMP/talk.py" <<'P'
import json, subprocess, sys


class Testee:
    """One testee behind its lines; at L1 with one connection that we dialled.
    """

    def __init__(self, path, level):
        self.path, self.bytes = path, {}
        self.process = subprocess.Popen(
            [path, "testee"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        self.seq = 0
        self.verbs = 0
        self.hello = self.do("hello", contract=1, level=level,
                             rng_seed="00000000000000aa")

    def read(self):
        """An answer; or at L2, until then, an event."""
        line = json.loads(self.process.stdout.readline())
        if "ev" in line:
            self.out.append(line)
        return line

    def line(self, op, **members):
        self.seq += 1
        self.verbs += 1
        self.process.stdin.write(
            json.dumps({"seq": self.seq, "op": op, **members}) + "\n")
        self.process.stdin.flush()
        self.out = []
        answer = self.read()
        while "ev" in answer:
            answer = self.read()
        assert answer["seq"] == self.seq, answer
        return answer

    def do(self, op, **members):
        """Carries it out; what happened because of it is in self.out."""
        answer = self.line(op, **members)
        assert answer.get("ok"), (op, members, answer)
        self.out = answer.get("out", self.out)
        self.next = answer.get("next")
        for e in self.out:
            if e["ev"] == "stream_data":
                self.bytes[e["stream"]] = (
                    self.bytes.get(e["stream"], b"") + bytes.fromhex(e["hex"]))
        return answer

    def refused(self, part, op, **members):
        reason = self.line(op, **members)["fail"]["reason"]
        assert part in reason, (part, reason)

    def begin(self, operations=(), **configured):
        """All anew, with these operations, and a connection."""
        self.bytes, self.stream = {}, -4
        self.do("reset")
        if configured:
            self.do("configure", **configured)
        for operation in operations:
            self.do("register", **operation)
        self.do("open_conn", conn="c", dialer="us", peer_fingerprint=None)

    def send(self, stream, kind, id, payload, fin=False):
        body = json.dumps({"type": kind, "id": id, "payload": payload}).encode()
        return self.do("stream_data", conn="c", stream=stream, fin=fin,
                       hex=(len(body).to_bytes(4, "big") + body).hex())

    def ask(self, id, operation, input):
        """A request of ours, on a stream of its own; which one."""
        self.stream += 4
        self.send(self.stream, "call.requested", id,
                  {"operationId": operation, "input": input}, fin=True)
        return self.stream

    def frames(self, stream):
        """What it has said there since it was last asked, without ids."""
        data, said = self.bytes.pop(stream, b""), []
        while data:
            end = 4 + int.from_bytes(data[:4], "big")
            if len(data) < end:
                break
            frame = json.loads(data[4:end])
            said.append((frame["type"].removeprefix("call."),
                         frame["payload"]))
            self.id = frame["id"]
            data = data[end:]
        if data:
            self.bytes[stream] = data
        return said

    def answer(self, id, operation, input):
        said, = self.frames(self.ask(id, operation, input))
        return said

    def events(self, *kinds):
        return [e for e in self.out if e["ev"] in kinds]

    def wait(self, *kinds):
        """L2: until each of these events has come."""
        for kind in kinds:
            while not self.events(kind):
                self.read()

    def stopped(self):
        return [e["id"] for e in self.events("handler_stopped")]

    def opened(self):
        """The stream it has just opened, and the one frame it said there."""
        stream = self.events("stream_open")[0]["stream"]
        said, = self.frames(stream)
        return stream, said


def op(name, **more):
    return {"name": name, "behaviour": name, **more}


def item(n, **more):
    return ("responded", {"output": {"i": n, **more}})


COMPLETED = ("completed", {})
ERROR = {"code": "MINE", "message": "m", "retryable": True}
SOURCE = op("conf/source", op_type="subscription")


def is_error(said, code):
    assert said[0] == "error" and said[1]["code"] == code, said


def test_hello(t):
    for name in ("subscriptions", "abort", "compose", "deadlines", "panic"):
        assert name in t.hello["capabilities"], name


def test_register(t):
    t.do("reset")
    t.refused("streaming", "register", **op("conf/source"))
    t.refused("streaming", "register",
              **op("conf/echo", op_type="subscription"))
    for part, more in {
            "scoped_env: pinned: expected": {"scoped_env": {"pinned": "x"}},
            "scoped_env: allowed: expected": {"scoped_env": {"allowed": "x"}},
            "scoped_env: x": {"scoped_env": {"allowed": [], "x": 1}},
            "authority: label: missing": {"authority": {"scopes": []}},
            "authority: scopes": {"authority": {"label": "l", "scopes": 1}},
            "resources": {"authority": {"label": "l", "resources": {"d": 1}}},
    }.items():
        t.refused(part, "register", **op("conf/compose", **more))
    t.refused("timeouts: serve_ms", "configure", timeouts={"serve_ms": "1"})
    # What is printed instead of a secret is none.
    t.refused("lower-case hex digits", "configure",
              identity={"seed": "[REDACTED]"})
    t.refused("auth_token_hash: expected a secret", "configure",
              peers=[{"peer_id": "a", "auth_token_hash": "[REDACTED]"}])
    t.refused("capabilities: k: expected a secret", "register",
              **op("conf/echo", capabilities={"k": "[REDACTED]"}))


def test_source(t):
    t.begin([SOURCE])
    assert t.frames(t.ask("a", "conf/source", {"items": 2})) == [
        item(0), item(1), COMPLETED]
    assert t.frames(t.ask("b", "conf/source", {"items": 0})) == [COMPLETED]
    assert t.frames(t.ask("c", "conf/source", {"items": 1, "size": 3})) == [
        item(0, data="xxx"), COMPLETED]
    for insists in (False, True):
        assert t.frames(t.ask("d", "conf/source", {
            "items": 1, "error": ERROR, "insists": insists})) == [
                item(0), ("error", ERROR)]
    for wrong in ({}, 7, {"items": -1}, {"items": "1"}, {"items": 1, "x": 1},
                  {"items": 1, "size": 1 << 40}, {"items": 1, "tag": 1},
                  {"items": 1, "error": {}}, {"items": 1, "insists": 0}):
        is_error(t.answer("e", "conf/source", wrong), "INVALID_INPUT")
    assert t.do("stats")["served"] == 0


def test_source_waits_for_its_tag(t):
    t.begin([SOURCE])
    first = t.ask("a", "conf/source", {"items": 2, "tag": "t"})
    second = t.ask("b", "conf/source", {"items": 0, "tag": "t"})
    assert t.frames(first) + t.frames(second) == []
    assert t.do("release", tag="t")["released"] == 2
    assert t.frames(first) == [item(0)] and t.frames(second) == [COMPLETED]
    for wanted in (item(1), COMPLETED):
        assert t.do("release", tag="t")["released"] == 1
        assert t.frames(first) == [wanted]
    t.refused("nobody waits", "release", tag="t")


def test_source_waits_for_room(t):
    t.begin([SOURCE])
    t.do("window", conn="c", stream=0, bytes=5000)
    t.ask("a", "conf/source", {"items": 1000, "size": 1000})
    sent = t.frames(0)
    assert 0 < len(sent) < 6 and t.do("stats")["bytes"] < 10000
    t.do("window", conn="c", stream=0, bytes=5000)
    sent += t.frames(0)
    assert 6 < len(sent) < 12
    t.send(4, "call.aborted", "a", {}, fin=True)
    assert t.stopped() == ["a"] and t.do("stats")["served"] == 0
    t.do("window", conn="c", stream=0, bytes=1 << 30)
    assert COMPLETED not in t.frames(0)


def test_tags(t):
    t.begin([op("conf/count", op_type="mutation"), op("conf/hold")])
    held = t.ask("a", "conf/count", {"key": "k", "tag": "t"})
    assert t.answer("b", "conf/count", {"key": "k"})[1]["output"]["count"] == 1
    is_error(t.answer("c", "conf/count", {"key": "k", "tag": 1}),
             "INVALID_INPUT")
    assert t.do("release", tag="t")["released"] == 1
    assert t.frames(held) == [("responded", {"output": {"count": 2}})]
    held = t.ask("d", "conf/hold", {"tag": "t"})
    t.send(held + 4, "call.aborted", "d", {}, fin=True)
    assert t.stopped() == ["d"]
    assert t.events("handler_stopped") == [
        {"ev": "handler_stopped", "conn": "c", "operation": "conf/hold",
         "id": "d"}]
    t.refused("nobody waits", "release", tag="t")
    assert t.frames(held) == []


def test_panic(t):
    t.begin([op("conf/panic"), op("conf/echo")])
    is_error(t.answer("a", "conf/panic", {}), "INTERNAL")
    assert t.stopped() == [] and t.do("stats")["served"] == 0
    assert t.answer("b", "conf/echo", 1) == ("responded", {"output": 1})


def test_callback(t):
    t.begin([op("conf/callback")])
    t.ask("a", "conf/callback", {"operation": "x/y", "input": 1})
    stream, said = t.opened()
    assert said == ("requested", {"operationId": "/x/y", "input": 1}), said
    child = t.id
    t.send(4, "call.aborted", "a", {}, fin=True)
    assert t.stopped() == ["a"]
    said = [f for s in list(t.bytes) for f in t.frames(s)]
    assert said == [("aborted", {})] and t.id == child, said
    stats = t.do("stats")
    assert stats["served"] == stats["pending"] == 0
    t.stream = 4
    held = t.ask("b", "conf/callback", {"operation": "x/y", "input": 1})
    stream, said = t.opened()
    t.send(stream, "call.responded", t.id, {"output": 5})
    assert t.frames(held) == [("responded", {"output": {"output": 5}})]


ENV = {"allowed": ["conf/echo", "conf/hold", "conf/guarded", "no/such"]}
COMPOSED = [
    op("conf/compose", scoped_env=ENV,
       authority={"label": "me", "scopes": ["s"], "resources": {"d": ["1"]}}),
    op("conf/echo"), op("conf/hold"), op("conf/sink", op_type="mutation"),
    op("conf/guarded", access={"required_scopes": ["s"]})]


def composed(t, id, operation, input, **more):
    return t.answer(id, "conf/compose",
                    {"operation": operation, "input": input, **more})


def test_compose(t):
    t.begin(COMPOSED)
    assert composed(t, "a", "conf/echo", 3) == (
        "responded", {"output": {"output": 3}})
    outer, inner = t.events("handler_entered")
    assert "internal" not in outer and inner["internal"] is True
    assert inner["operation"] == "conf/echo" and inner["id"] != "a"
    assert composed(t, "b", "conf/guarded", 3)[1]["output"]["output"] == 3
    identity = t.events("handler_entered")[1]["identity"]
    assert identity == {"id": "me", "scopes": ["s"]}, identity
    for name in ("no/such", "conf/sink"):
        said = composed(t, "c", name, {"data": ""})
        assert said[1]["output"]["error"]["code"] == "NOT_FOUND", said
    is_error(composed(t, "d", 1, 3), "INVALID_INPUT")
    is_error(composed(t, "e", "conf/echo", 3, policy="x"), "INVALID_INPUT")
    is_error(composed(t, "f", "conf/echo", 3, tag=1), "INVALID_INPUT")
    held = t.ask("g", "conf/compose",
                 {"operation": "conf/echo", "input": 3, "tag": "t"})
    assert len(t.events("handler_entered")) == 1
    t.do("release", tag="t")
    assert t.frames(held) == [("responded", {"output": {"output": 3}})]


def test_policies(t):
    for policy, survivors in ((None, 0), ("abort-dependents", 0),
                              ("continue-running", 1)):
        t.begin(COMPOSED)
        t.ask("a", "conf/compose", {
            "operation": "conf/hold", "input": {"tag": "t"},
            **({"policy": policy} if policy else {})})
        assert len(t.events("handler_entered")) == 2
        t.send(4, "call.aborted", "a", {}, fin=True)
        assert len(t.stopped()) == 2 - survivors and "a" in t.stopped()
        if survivors:
            assert t.do("release", tag="t")["released"] == 1
        else:
            t.refused("nobody waits", "release", tag="t")
        assert t.frames(0) == []


def test_deadline(t):
    t.begin([op("conf/hold"), SOURCE], timeouts={"serve_ms": 50})
    stream = t.ask("a", "conf/hold", {"tag": "t"})
    source = t.ask("b", "conf/source", {"items": 1, "tag": "t"})
    assert t.next == 50000000
    t.do("advance", now=50000000)
    assert t.stopped() == ["a"]
    said, = t.frames(stream)
    is_error(said, "TIMEOUT")
    assert said[1]["retryable"] is True and t.next is None
    t.do("release", tag="t")
    assert t.frames(source) == [item(0)]


def subscribe(t, id, **more):
    t.do("subscribe", conn="c", id=id, operation="x/y", input=None, **more)
    stream, said = t.opened()
    assert said[0] == "requested", said
    return stream, t.id


def give(t, stream, id, *numbers):
    """What the consumer heard of these items."""
    heard = []
    for n in numbers:
        t.send(stream, "call.responded", id, {"output": n})
        heard += [e["output"] for e in t.events("item")]
    return heard


def test_subscribe(t):
    t.begin()
    stream, id = subscribe(t, "s")
    assert give(t, stream, id, 1, 2, None) == [1, 2, None]
    t.send(stream, "call.completed", id, {})
    assert t.events("end") == [
        {"ev": "end", "conn": "c", "id": "s", "how": "completed"}]
    for verb in ("abort", "drop_interest"):
        t.refused("id: ", verb, conn="c", id="s")
    t.refused("id: ", "take", conn="c", id="s", items=1)
    stream, id = subscribe(t, "s")
    t.send(stream, "call.error", id, ERROR)
    assert t.events("error", "end") == [
        {"ev": "error", "conn": "c", "id": "s", **ERROR}]


def test_take(t):
    t.begin()
    stream, id = subscribe(t, "s", items=2)
    assert give(t, stream, id, 1, 2, 3, 4, 5) == [1, 2]
    for wanted in ([3], [4, 5]):
        t.do("take", conn="c", id="s", items=len(wanted))
        assert [e["output"] for e in t.events("item")] == wanted
    t.send(stream, "call.completed", id, {})
    assert t.events("end") == []
    t.do("take", conn="c", id="s", items=1)
    assert len(t.events("end")) == 1
    t.refused("items: ", "subscribe", conn="c", id="s", operation="x/y",
              input=1, items=0)
    t.do("call", conn="c", id="k", operation="x/y", input=1)
    t.refused("it is a call", "take", conn="c", id="k", items=1)
    t.refused("it is a call", "drop_interest", conn="c", id="k")
    t.refused("no connection", "take", conn="d", id="k", items=1)


def test_abort(t):
    for verb, kind, heard in (("abort", "subscribe", 1), ("abort", "call", 1),
                              ("drop_interest", "subscribe", 0)):
        t.begin()
        t.do(kind, conn="c", id="s", operation="x/y", input=1)
        stream, said = t.opened()
        id = t.id
        t.do(verb, conn="c", id="s")
        assert [e["how"] for e in t.events("end", "error")] == (
            ["aborted"] * heard)
        said = [f for s in list(t.bytes) for f in t.frames(s)]
        assert said == [("aborted", {})] and t.id == id, said
        t.refused("id: ", verb, conn="c", id="s")
        assert give(t, stream, id, 1) == []
        assert t.do("stats")["pending"] == 0


def test_peer_aborts(t):
    t.begin()
    stream, id = subscribe(t, "s")
    t.send(stream, "call.aborted", id, {})
    assert [e["how"] for e in t.events("end")] == ["aborted"]


def test_lost(t):
    t.begin([op("conf/hold")])
    subscribe(t, "s")
    t.ask("a", "conf/hold", {"tag": "t"})
    t.do("conn_lost", conn="c")
    assert [e["ev"] for e in t.out] in (["handler_stopped", "error", "closed"],
                                        ["error", "handler_stopped", "closed"])
    assert t.out[-1] == {"ev": "closed", "conn": "c", "by": "lost"}


def test_reset_with_everything_under_way(t):
    t.begin([SOURCE, op("conf/callback"), *COMPOSED])
    subscribe(t, "s", items=1)
    t.do("call", conn="c", id="k", operation="x/y", input=1)
    t.ask("a", "conf/source", {"items": 3, "tag": "t"})
    t.ask("b", "conf/callback", {"operation": "x/y", "input": 1})
    for policy in ("abort-dependents", "continue-running"):
        t.ask(policy, "conf/compose", {"operation": "conf/hold", "policy": policy,
                                       "input": {"tag": "t"}})
    t.do("reset")
    assert t.out == [] and t.next is None


def real_fence(t):
    t.do("reset")
    for operation in [SOURCE, *COMPOSED]:
        t.do("register", **operation)
    here = t.do("listen")
    for operation, input, wanted in (
            ("conf/hold", {"tag": "t"}, {"tag": "t"}),
            ("conf/source", {"items": 1, "tag": "t"}, {"i": 0}),
            ("conf/compose", {"operation": "conf/echo", "input": 1, "tag": "t"},
             {"output": 1}),
            ("conf/compose", {"operation": "conf/hold", "input": {"tag": "t"}},
             {"output": {"tag": "t"}})):
        with subprocess.Popen(
                [t.path, "call", here["addr"], operation, json.dumps(input),
                 "--pin", here["fingerprint"]], stdout=subprocess.PIPE,
                text=True) as caller:
            t.out = []
            t.wait("handler_entered")
            t.do("fence", conn=t.events("handler_entered")[0]["conn"])
            assert t.do("release", tag="t")["released"] == 1
            heard = json.loads(caller.stdout.read())
            assert heard == wanted, heard
        assert caller.returncode == 0
        t.wait("closed")


def run(tests, level):
    t = Testee(sys.argv[1], level)
    for test in tests:
        try:
            test(t)
        except Exception:
            print(f"{test.__name__}: the last verb led to {t.out}",
                  file=sys.stderr)
            raise
    t.line("quit")
    t.process.stdin.close()
    assert t.process.wait() == 0
    return t.verbs


tests = [f for name, f in list(globals().items()) if name.startswith("test_")]
verbs = run(tests, "L1") + run([real_fence], "L2")
print(f"{len(tests) + 1} tests and {verbs} verbs in ref/test/testee_test.sh")
P
timeout 60 python3 "$TMP/talk.py" "$BUILD/san/alkref"
