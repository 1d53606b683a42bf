#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The testee by hand, among peers: what it imports, hands on, composes with a
# certain peer and tells of its peers; who owns what, and who is known by which
# key, until somebody else is. Last over real QUIC, between two testees.
set -eu
cat >"$TMP/test.py" <<'P'
import hashlib, sys

from testee import COMPLETED, ERROR, Conn, Testee, is_error, item, op, run

HUT, ZOE = ("ed25519:" + digit * 64 for digit in "ab")


def peer(id, fingerprint, **more):
    return {"peer_id": id, "fingerprints": [fingerprint], "scopes": [],
            "resources": {}, "enabled": True, **more}


def sha256(token):
    return "sha256:" + hashlib.sha256(token.encode()).hexdigest()


BOOK = [peer("hut", HUT), peer("zoe", ZOE, scopes=["see"])]
SERVED = {"light/on": {}, "light/watch": {"op_type": "subscription"},
          "services/list": {}}


def unanswered(c):
    """The stream, id and payload of each request it has just opened."""
    asked = []
    for e in c.events("stream_open"):
        (kind, payload), = c.frames(e["stream"])
        assert kind == "requested", kind
        asked.append((e["stream"], c.id, payload))
    return asked


def asked(c):
    one, = unanswered(c)
    return one


def schema(name, op_type="query", **more):
    return {"name": name, "op_type": op_type, "visibility": "external",
            "input_schema": {}, "output_schema": {}, "error_schemas": [],
            "access_control": {}, **more}


def serve(c, served):
    """Answers what an import asks; the event it ends with."""
    while not c.events("imported", "import_failed"):
        stream, id, payload = asked(c)
        if payload["operationId"] == "/services/list":
            output = {"operations": [{"name": name} for name in served]}
        else:
            name = payload["input"]["name"]
            output = schema(name, **served[name])
        c.send(stream, "call.responded", id, {"output": output}, fin=True)
    end, = c.events("imported", "import_failed")
    return end


def imports(c, served=SERVED, **more):
    c.do("import", **more)
    return serve(c, served)["names"]


def forward(operation, peer=None, **more):
    return {"name": "conf/forward", "behaviour": "conf/forward",
            "forward": {"peer": peer, "operation": operation},
            "scoped_env": {"allowed": [operation]}, **more}


def begin(t, operations=(), served=SERVED, **configured):
    """A caller, and a peer whose operations are imported."""
    t.begin(operations, peers=BOOK, **configured)
    t.hut = Conn(t, "hut", "them", HUT)
    return imports(t.hut, served)


def test_hello(t):
    for name in ("import", "list_peers", "ownership", "validation", "api_keys",
                 "reload"):
        assert name in t.hello["capabilities"], name


def test_fields(t):
    t.prepare()
    for part, more in {
            "forward: missing": {"forward": None},
            "forward: operation: missing": {"forward": {"peer": None}},
            "forward: peer: expected": {
                "forward": {"peer": 1, "operation": "a/b"}},
            "forward: x": {
                "forward": {"peer": None, "operation": "a/b", "x": 1}},
            "scoped_env: pinned: expected": {"scoped_env": {"pinned": 1}},
            "resource_id_path": {"resource_id_path": "a.b"},
    }.items():
        fields = {**forward("a/b"), **more}
        if not fields["forward"]:
            del fields["forward"]
        t.refused(part, "register", **fields)
    t.refused("conf/forward alone", "register",
              **op("conf/echo", forward={"peer": None, "operation": "a/b"}))
    t.refused("input_schema", "register",
              **op("conf/echo", input_schema={"oneOf": []}))
    for part, more in {
            "api_keys: key 0: hash": {"api_keys": [
                {"prefix": "alk_x", "hash": "x", "scopes": []}]},
            "unix_time: expected": {"unix_time": "now"},
            "ownership: expected": {"ownership": 1}}.items():
        t.refused(part, "configure", peers=BOOK, **more)
    for verb in ("grant", "revoke"):
        t.refused("is not kept", verb, resource_type="d", resource_id="1",
                  **({"owner": "hut"} if verb == "grant" else {}))
    t.begin()
    for verb, more in {
            "import": {"conn": "c", "prefix": 1},
            "reload": {"peers": 1}, "grant": {"owner": "hut"},
            "revoke": {"owner": "hut"}}.items():
        t.refused("", verb, **more)
        t.refused("", verb, **more, x=1)
    t.refused("filter: expected", "import", conn="c", filter=[1])
    t.refused("no connection", "import", conn="d")
    t.refused("peers: missing", "reload")


def test_import(t):
    assert begin(t) == ["light/on", "light/watch"]
    assert imports(t.hut, prefix="far") == ["far/light/on", "far/light/watch"]
    assert imports(t.hut, filter=["light/watch"]) == ["light/watch"]
    assert imports(t.hut, filter=[]) == imports(t.hut, {}) == []
    assert imports(t.c) == ["light/on", "light/watch"]
    assert t.do("stats")["pending"] == 0


class Twice(dict):
    """Operations of which each is listed twice."""

    def __iter__(self):
        for name in self.keys():
            yield from (name, name)


def fails(c, kind, answered, payload):
    c.do("import")
    stream, id, _ = asked(c)
    c.send(stream, answered, id, payload, fin=True)
    return c.events("import_failed") == [
        {"ev": "import_failed", "conn": c.name, "kind": kind}]


def test_import_failed(t):
    t.begin(timeouts={"call_ms": 5})
    refusal = {**ERROR, "code": "FORBIDDEN"}
    assert fails(t.c, "discovery_failed", "call.error", ERROR)
    assert fails(t.c, "unauthorized", "call.error", refusal)
    assert fails(t.c, "schema_parse", "call.responded", {"output": 1})
    t.c.do("import")
    assert serve(t.c, {"a/b": {"op_type": "dance"}})["kind"] == "schema_parse"
    t.c.do("import")
    assert serve(t.c, Twice({"a/b": {}}))["kind"] == "same_peer_collision"
    t.c.do("import")
    t.do("advance", now=t.next)
    assert [e["kind"] for e in t.c.events("import_failed")] == ["transport"]
    t.c.do("import")
    t.c.do("conn_lost")
    assert [e["ev"] for e in t.out] == ["import_failed", "closed"]
    assert t.out[0]["kind"] == "transport"


def test_forward(t):
    begin(t, [forward("light/on")])
    stream = t.c.ask("a", "conf/forward", {"n": 1})
    entered, = t.events("handler_entered")
    assert (entered["operation"], entered["id"]) == ("conf/forward", "a")
    there, id, payload = asked(t.hut)
    assert payload["operationId"] == "/light/on"
    assert payload["input"] == {"n": 1} and id != "a"
    t.hut.send(there, "call.responded", id, {"output": [2]}, fin=True)
    assert t.c.frames(stream) == [("responded", {"output": [2]})]
    stream = t.c.ask("b", "conf/forward", 1)
    there, id, _ = asked(t.hut)
    t.hut.send(there, "call.error", id, ERROR, fin=True)
    assert t.c.frames(stream) == [("error", ERROR)]
    assert t.stopped() == [] and t.do("stats")["runs"] == {"conf/forward": 2}
    t.hut.do("conn_lost")
    is_error(t.c.answer("c", "conf/forward", 1), "NOT_FOUND")


def test_forward_to_one_peer(t):
    for id, code in (("hut", None), ("zoe", "NOT_FOUND")):
        begin(t, [forward("light/on", id,
                          scoped_env={"pinned": ["hut/light/on"]})])
        said = t.c.frames(t.c.ask("a", "conf/forward", 1))
        assert bool(unanswered(t.hut)) == (not code)
        if code:
            is_error(said[0], code)


def test_forward_items(t):
    begin(t, [forward("light/watch", op_type="subscription")])
    stream = t.c.ask("a", "conf/forward", 1)
    there, id, payload = asked(t.hut)
    assert payload["operationId"] == "/light/watch"
    for n in range(3):
        t.hut.send(there, "call.responded", id, {"output": {"i": n}})
        assert t.c.frames(stream) == [item(n)]
    t.hut.send(there, "call.completed", id, {}, fin=True)
    assert t.c.frames(stream) == [COMPLETED]


def test_forward_aborted(t):
    for operation, more in (("light/on", {}),
                            ("light/watch", {"op_type": "subscription"})):
        begin(t, [forward(operation, **more)])
        t.c.ask("a", "conf/forward", 1)
        _, id, _ = asked(t.hut)
        t.c.send(4, "call.aborted", "a", {}, fin=True)
        assert t.events("handler_stopped") == [
            {"ev": "handler_stopped", "conn": "c", "operation": "conf/forward",
             "id": "a"}]
        assert t.hut.said() == [("aborted", {})] and t.hut.id == id
        stats = t.do("stats")
        assert stats["served"] == stats["pending"] == 0, stats


def test_forward_stopped_by_time_and_loss(t):
    begin(t, [forward("light/on")], timeouts={"serve_ms": 5})
    stream = t.c.ask("a", "conf/forward", 1)
    t.do("advance", now=t.next)
    assert t.stopped() == ["a"]
    is_error(t.c.frames(stream)[0], "TIMEOUT")
    t.c.ask("b", "conf/forward", 1)
    t.c.do("conn_lost")
    assert t.stopped() == ["b"] and ("aborted", {}) in t.hut.said()


def test_compose_with_a_peer(t):
    begin(t, [op("conf/compose", scoped_env={
        "allowed": ["conf/echo"], "pinned": ["hut/light/on"]}),
        op("conf/echo")])
    asks = {"operation": "light/on", "input": 1}
    stream = t.c.ask("a", "conf/compose", {**asks, "peer": "hut"})
    there, id, payload = asked(t.hut)
    assert payload["operationId"] == "/light/on"
    t.hut.send(there, "call.responded", id, {"output": 2}, fin=True)
    assert t.c.frames(stream) == [("responded", {"output": {"output": 2}})]
    for more in ({}, {"peer": "zoe"}, {"peer": ""},
                 {"operation": "conf/echo", "peer": "hut"}):
        said = t.c.answer("b", "conf/compose", {**asks, **more})
        assert said[1]["output"]["error"]["code"] == "NOT_FOUND", (more, said)
    for tag in ({}, {"tag": "t"}):
        is_error(t.c.answer("c", "conf/compose", {**asks, "peer": 1, **tag}),
                 "INVALID_INPUT")


def test_list_peers(t):
    begin(t, [op("services/list-peers"), op("conf/hidden",
                                            visibility="internal")])
    kind, payload = t.c.answer("a", "services/list-peers", {})
    heard = {p["peer_id"]: [o["name"] for o in p["operations"]]
             for p in payload["output"]["peers"]}
    assert heard == {"local": ["services/list-peers"],
                     "hut": ["light/on", "light/watch"]}, heard


def owns(c, id, resource_id, **more):
    return c.answer(id, "conf/own", {"resource_type": "door",
                                     "resource_id": resource_id, **more})


def owned(*ids):
    return ("responded", {"output": {"owns": list(ids)}})


OPEN = op("conf/echo", resource_id_path="$.door", access={
    "resource_type": "door", "resource_action": "open"})
OWN = op("conf/own", op_type="mutation")


def test_own(t):
    t.prepare([OWN, OPEN], peers=BOOK, ownership=True)
    c, hut, zoe = Conn(t, "c"), Conn(t, "h", "us", HUT), Conn(t, "z", "us", ZOE)

    def enters(who, door):
        return who.answer("e", "conf/echo", {"door": door})[0] == "responded"

    is_error(owns(c, "a", "1"), "INVALID_INPUT")
    assert not enters(hut, "1")
    assert owns(hut, "a", "2") == owned("2")
    assert owns(hut, "b", "1") == owned("1", "2")
    assert enters(hut, "1") and not enters(zoe, "1") and not enters(hut, "3")
    assert owns(hut, "c", "2", revoke=True) == owned("1")
    t.do("grant", owner="zoe", resource_type="door", resource_id="1")
    assert enters(zoe, "1") and not enters(hut, "1")
    for _ in range(2):
        t.do("revoke", resource_type="door", resource_id="1")
    assert not enters(zoe, "1")
    for wrong in ({}, {"resource_type": "door"},
                  {"resource_type": 1, "resource_id": "1"},
                  {"resource_type": "d", "resource_id": "1", "revoke": 1}):
        is_error(hut.answer("d", "conf/own", wrong), "INVALID_INPUT")


def test_nobody_keeps_who_owns(t):
    t.prepare([OWN, OPEN], peers=BOOK)
    is_error(owns(Conn(t, "h", "us", HUT), "a", "1"), "INTERNAL")


IDENTITY = op("conf/identity")


def who(c, **more):
    identity = c.answer("w", "conf/identity", 1, **more)[1]["output"]["identity"]
    return identity and identity["id"]


def key(token, **more):
    return {"prefix": token[:7], "hash": sha256(token), "scopes": ["k"], **more}


def test_keys(t):
    keys = [key("alk_one1"), key("alk_two2", expires_at=1005,
                                 description="for a while")]
    t.begin([IDENTITY], api_keys=keys, unix_time=1000)
    assert who(t.c, auth_token="alk_one1") == "alk_one"
    assert who(t.c, auth_token="alk_one2") is None
    assert who(t.c, auth_token="alk_two2") == "alk_two"
    t.do("advance", now=6 * 10**9)
    assert who(t.c, auth_token="alk_one1") == "alk_one"
    assert who(t.c, auth_token="alk_two2") is None


def test_reload(t):
    t.prepare([IDENTITY])
    t.do("reload", peers=BOOK)
    hut = Conn(t, "h", "us", HUT)
    assert who(hut) == "hut"
    t.refused("peer 0", "reload", peers=[{}])
    t.refused("api_keys: key 0", "reload", peers=[], api_keys=[{}])
    assert who(Conn(t, "z", "us", ZOE)) == "zoe"
    t.do("reload", peers=[peer("new", ZOE)], api_keys=[key("alk_one1")])
    assert who(hut) == "hut" and who(Conn(t, "h2", "us", HUT)) is None
    assert who(Conn(t, "z2", "us", ZOE)) == "new"
    assert who(hut, auth_token="alk_one1") == "alk_one"
    t.do("reload", peers=[])
    assert who(hut, auth_token="alk_one1") == "hut"


def test_inputs_are_held_against_schemas(t):
    t.begin([op("conf/echo", input_schema={"type": "object"})])
    is_error(t.c.answer("a", "conf/echo", 1), "INVALID_INPUT")
    assert t.c.answer("b", "conf/echo", {}) == ("responded", {"output": {}})


def test_reset_with_everything_under_way(t):
    watch = {**forward("light/watch", op_type="subscription"), "name": "conf/w"}
    begin(t, [forward("light/on"), watch,
              op("conf/compose", scoped_env={"pinned": ["hut/light/on"]})])
    t.c.ask("a", "conf/forward", 1)
    t.c.ask("b", "conf/w", 1)
    t.c.ask("d", "conf/compose",
            {"operation": "light/on", "input": 1, "peer": "hut"})
    t.hut.do("import")
    t.c.do("import")
    t.do("reset")
    assert t.out == [] and t.next is None


def real_peers(t):
    """The caller is t; in the middle stands another, which has imported from
    it and hands its calls back."""
    middle = Testee(sys.argv[1], "L2")
    own = {"identity": {"seed": "11" * 32}}
    t.prepare([{**op("conf/echo"), "name": "light/on", "remote_safe": True},
               op("services/list", remote_safe=True),
               op("services/schema", remote_safe=True)], **own)
    pin = t.do("listen")["fingerprint"]
    keys = [key("alk_one1", expires_at=100), key("alk_two2", expires_at=9000)]
    middle.prepare([forward("light/on"), IDENTITY], unix_time=5000,
                   api_keys=keys, peers=[peer("hut", pin)])
    here = middle.do("listen")
    t.do("dial", addr=here["addr"], pin=here["fingerprint"], conn="m")
    t.wait("conn_open")
    middle.wait("conn_open")
    name = middle.events("conn_open")[0]["conn"]
    middle.do("import", conn=name)
    middle.wait("imported")
    assert middle.events("imported")[0]["names"] == ["light/on"]

    def asks(operation, **more):
        t.do("call", conn="m", id="k", operation=operation, input=[1], **more)
        t.wait("result")
        return t.events("result")[0]["output"]

    assert asks("conf/forward") == [1]
    for token, id in (("alk_one1", "hut"), ("alk_two2", "alk_two")):
        identity = asks("conf/identity", auth_token=token)["identity"]
        assert identity["id"] == id, identity
    middle.do("fence", conn=name)
    middle.do("import", conn=name)
    middle.do("reset")
    middle.quit()
    t.wait("closed")


run("ref/test/testee_peers_test.sh", {"L1": [
    f for name, f in list(globals().items()) if name.startswith("test_")],
    "L2": [real_peers]})
P
PYTHONPATH=ref/test PYTHONDONTWRITEBYTECODE=1 \
    timeout 60 python3 "$TMP/test.py" "$BUILD/san/alkref"
