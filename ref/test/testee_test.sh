#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The testee by hand: lines in, lines out. Every verb and behaviour that
# subscribes, waits, aborts or composes, and every way to be asked wrongly; and
# over real QUIC, whom a fence does not wait for.
set -eu
cat >"$TMP/test.py" <<'P'
import json, subprocess, sys

from testee import COMPLETED, ERROR, SOURCE, is_error, item, op, run


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
    assert t.c.frames(t.c.ask("a", "conf/source", {"items": 2})) == [
        item(0), item(1), COMPLETED]
    assert t.c.frames(t.c.ask("b", "conf/source", {"items": 0})) == [COMPLETED]
    assert t.c.frames(t.c.ask("c", "conf/source", {"items": 1, "size": 3})) == [
        item(0, data="xxx"), COMPLETED]
    for insists in (False, True):
        assert t.c.frames(t.c.ask("d", "conf/source", {
            "items": 1, "error": ERROR, "insists": insists})) == [
                item(0), ("error", ERROR)]
    for wrong in ({}, 7, {"items": -1}, {"items": "1"}, {"items": 1, "x": 1},
                  {"items": 1, "size": 1 << 40}, {"items": 1, "tag": 1},
                  {"items": 1, "error": {}}, {"items": 1, "insists": 0}):
        is_error(t.c.answer("e", "conf/source", wrong), "INVALID_INPUT")
    assert t.do("stats")["served"] == 0


def test_source_waits_for_its_tag(t):
    t.begin([SOURCE])
    first = t.c.ask("a", "conf/source", {"items": 2, "tag": "t"})
    second = t.c.ask("b", "conf/source", {"items": 0, "tag": "t"})
    assert t.c.frames(first) + t.c.frames(second) == []
    assert t.do("release", tag="t")["released"] == 2
    assert t.c.frames(first) == [item(0)] and t.c.frames(second) == [COMPLETED]
    for wanted in (item(1), COMPLETED):
        assert t.do("release", tag="t")["released"] == 1
        assert t.c.frames(first) == [wanted]
    t.refused("nobody waits", "release", tag="t")


def test_source_waits_for_room(t):
    t.begin([SOURCE])
    t.do("window", conn="c", stream=0, bytes=5000)
    t.c.ask("a", "conf/source", {"items": 1000, "size": 1000})
    sent = t.c.frames(0)
    assert 0 < len(sent) < 6 and t.do("stats")["bytes"] < 10000
    t.do("window", conn="c", stream=0, bytes=5000)
    sent += t.c.frames(0)
    assert 6 < len(sent) < 12
    t.c.send(4, "call.aborted", "a", {}, fin=True)
    assert t.stopped() == ["a"] and t.do("stats")["served"] == 0
    t.do("window", conn="c", stream=0, bytes=1 << 30)
    assert COMPLETED not in t.c.frames(0)


def test_tags(t):
    t.begin([op("conf/count", op_type="mutation"), op("conf/hold")])
    held = t.c.ask("a", "conf/count", {"key": "k", "tag": "t"})
    assert t.c.answer("b", "conf/count", {"key": "k"}) == (
        "responded", {"output": {"count": 1}})
    is_error(t.c.answer("c", "conf/count", {"key": "k", "tag": 1}),
             "INVALID_INPUT")
    assert t.do("release", tag="t")["released"] == 1
    assert t.c.frames(held) == [("responded", {"output": {"count": 2}})]
    held = t.c.ask("d", "conf/hold", {"tag": "t"})
    t.c.send(held + 4, "call.aborted", "d", {}, fin=True)
    assert t.stopped() == ["d"]
    assert t.events("handler_stopped") == [
        {"ev": "handler_stopped", "conn": "c", "operation": "conf/hold",
         "id": "d"}]
    t.refused("nobody waits", "release", tag="t")
    assert t.c.frames(held) == []


def test_panic(t):
    t.begin([op("conf/panic"), op("conf/echo")])
    is_error(t.c.answer("a", "conf/panic", {}), "INTERNAL")
    assert t.stopped() == [] and t.do("stats")["served"] == 0
    assert t.c.answer("b", "conf/echo", 1) == ("responded", {"output": 1})


def test_callback(t):
    t.begin([op("conf/callback")])
    t.c.ask("a", "conf/callback", {"operation": "x/y", "input": 1})
    stream, said = t.c.opened()
    assert said == ("requested", {"operationId": "/x/y", "input": 1}), said
    child = t.c.id
    t.c.send(4, "call.aborted", "a", {}, fin=True)
    assert t.stopped() == ["a"]
    said = t.c.said()
    assert said == [("aborted", {})] and t.c.id == child, said
    stats = t.do("stats")
    assert stats["served"] == stats["pending"] == 0
    t.c.stream = 4
    held = t.c.ask("b", "conf/callback", {"operation": "x/y", "input": 1})
    stream, said = t.c.opened()
    t.c.send(stream, "call.responded", t.c.id, {"output": 5})
    assert t.c.frames(held) == [("responded", {"output": {"output": 5}})]


ENV = {"allowed": ["conf/echo", "conf/hold", "conf/guarded", "no/such"]}
COMPOSED = [
    op("conf/compose", scoped_env=ENV,
       authority={"label": "me", "scopes": ["s"], "resources": {"d": ["1"]}}),
    op("conf/echo"), op("conf/hold"), op("conf/sink", op_type="mutation"),
    op("conf/guarded", access={"required_scopes": ["s"]})]


def composed(t, id, operation, input, **more):
    return t.c.answer(id, "conf/compose",
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
    held = t.c.ask("g", "conf/compose",
                 {"operation": "conf/echo", "input": 3, "tag": "t"})
    assert len(t.events("handler_entered")) == 1
    t.do("release", tag="t")
    assert t.c.frames(held) == [("responded", {"output": {"output": 3}})]


def test_policies(t):
    for policy, survivors in ((None, 0), ("abort-dependents", 0),
                              ("continue-running", 1)):
        t.begin(COMPOSED)
        t.c.ask("a", "conf/compose", {
            "operation": "conf/hold", "input": {"tag": "t"},
            **({"policy": policy} if policy else {})})
        assert len(t.events("handler_entered")) == 2
        t.c.send(4, "call.aborted", "a", {}, fin=True)
        assert len(t.stopped()) == 2 - survivors and "a" in t.stopped()
        if survivors:
            assert t.do("release", tag="t")["released"] == 1
        else:
            t.refused("nobody waits", "release", tag="t")
        assert t.c.frames(0) == []


def test_deadline(t):
    t.begin([op("conf/hold"), SOURCE], timeouts={"serve_ms": 50})
    stream = t.c.ask("a", "conf/hold", {"tag": "t"})
    source = t.c.ask("b", "conf/source", {"items": 1, "tag": "t"})
    assert t.next == 50000000
    t.do("advance", now=50000000)
    assert t.stopped() == ["a"]
    said, = t.c.frames(stream)
    is_error(said, "TIMEOUT")
    assert said[1]["retryable"] is True and t.next is None
    t.do("release", tag="t")
    assert t.c.frames(source) == [item(0)]


def subscribe(t, id, **more):
    t.do("subscribe", conn="c", id=id, operation="x/y", input=None, **more)
    stream, said = t.c.opened()
    assert said[0] == "requested", said
    return stream, t.c.id


def give(t, stream, id, *numbers):
    """What the consumer heard of these items."""
    heard = []
    for n in numbers:
        t.c.send(stream, "call.responded", id, {"output": n})
        heard += [e["output"] for e in t.events("item")]
    return heard


def test_subscribe(t):
    t.begin()
    stream, id = subscribe(t, "s")
    assert give(t, stream, id, 1, 2, None) == [1, 2, None]
    t.c.send(stream, "call.completed", id, {})
    assert t.events("end") == [
        {"ev": "end", "conn": "c", "id": "s", "how": "completed"}]
    for verb in ("abort", "drop_interest"):
        t.refused("id: ", verb, conn="c", id="s")
    t.refused("id: ", "take", conn="c", id="s", items=1)
    stream, id = subscribe(t, "s")
    t.c.send(stream, "call.error", id, ERROR)
    assert t.events("error", "end") == [
        {"ev": "error", "conn": "c", "id": "s", **ERROR}]


def test_take(t):
    t.begin()
    stream, id = subscribe(t, "s", items=2)
    assert give(t, stream, id, 1, 2, 3, 4, 5) == [1, 2]
    for wanted in ([3], [4, 5]):
        t.do("take", conn="c", id="s", items=len(wanted))
        assert [e["output"] for e in t.events("item")] == wanted
    t.c.send(stream, "call.completed", id, {})
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
        stream, said = t.c.opened()
        id = t.c.id
        t.do(verb, conn="c", id="s")
        assert [e["how"] for e in t.events("end", "error")] == (
            ["aborted"] * heard)
        said = t.c.said()
        assert said == [("aborted", {})] and t.c.id == id, said
        t.refused("id: ", verb, conn="c", id="s")
        assert give(t, stream, id, 1) == []
        assert t.do("stats")["pending"] == 0


def test_peer_aborts(t):
    t.begin()
    stream, id = subscribe(t, "s")
    t.c.send(stream, "call.aborted", id, {})
    assert [e["how"] for e in t.events("end")] == ["aborted"]


def test_lost(t):
    t.begin([op("conf/hold")])
    subscribe(t, "s")
    t.c.ask("a", "conf/hold", {"tag": "t"})
    t.do("conn_lost", conn="c")
    assert [e["ev"] for e in t.out] in (["handler_stopped", "error", "closed"],
                                        ["error", "handler_stopped", "closed"])
    assert t.out[-1] == {"ev": "closed", "conn": "c", "by": "lost"}


def test_reset_with_everything_under_way(t):
    t.begin([SOURCE, op("conf/callback"), *COMPOSED])
    subscribe(t, "s", items=1)
    t.do("call", conn="c", id="k", operation="x/y", input=1)
    t.c.ask("a", "conf/source", {"items": 3, "tag": "t"})
    t.c.ask("b", "conf/callback", {"operation": "x/y", "input": 1})
    for policy in ("abort-dependents", "continue-running"):
        t.c.ask(policy, "conf/compose", {
            "operation": "conf/hold", "policy": policy, "input": {"tag": "t"}})
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


run("ref/test/testee_test.sh", {"L1": [
    f for name, f in list(globals().items()) if name.startswith("test_")],
    "L2": [real_fence]})
P
PYTHONPATH=ref/test PYTHONDONTWRITEBYTECODE=1 \
    timeout 60 python3 "$TMP/test.py" "$BUILD/san/alkref"
