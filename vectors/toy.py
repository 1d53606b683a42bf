# SPDX-License-Identifier: MIT
"""A node in as few lines as it takes to hold every dialogue: no bytes, no network,
no clock. Whatever is done to it returns what follows, in the form of `then`; put
your own in its place. It is good for nothing else: it checks no frame and knows
nobody."""
import itertools

RETRYABLE = {"TIMEOUT"}


class CallError(Exception):
    def __init__(self, code, message="", retryable=None, **details):
        self.payload = {"code": code, "message": message, **details,
                        "retryable": code in RETRYABLE if retryable is None else retryable}


# What an operation does, as a generator: it yields what it wants ("wait" for a
# release, give an "item", "call" its caller, "compose") and returns its output.

def echo(input): return input; yield
def fail(input): raise CallError(**input); yield
def panic(input): raise ZeroDivisionError; yield
def hold(input): yield "wait", input["tag"]; return input


def source(input):
    wait = [("wait", input["tag"])] if "tag" in input else []
    for i in range(input["items"]):
        yield from wait
        yield "item", {"i": i}
    yield from wait
    if "error" in input: raise CallError(**input["error"])


def asking(what, operation, input, tag=None, policy=None):
    if tag: yield "wait", tag
    try: return {"output": (yield what, operation, input, policy)}
    except CallError as error: return {"error": {k: error.payload[k] for k in ("code", "retryable")}}


def callback(input): return asking("call", **input)
def compose(input): return asking("compose", **input)


class Served:
    """A request that a handler works on; children are those that it composed."""
    def __init__(self, spec, id, stream, parent, policy):
        self.spec, self.id, self.stream, self.parent, self.policy = spec, id, stream, parent, policy
        self.children, self.asked, self.deadline, self.is_barren = [], None, None, False
        if parent: parent.children.append(self)


class Node:
    def __init__(self, operations, limits):
        behaviours = dict(echo=echo, fail=fail, panic=panic, hold=hold, source=source,
                          callback=callback, compose=compose, count=self.count,
                          identity=self.identity)
        names = ["conf/" + name for name in behaviours]
        self.operations = {name: {"name": name, "run": behaviours[name[5:]]} for name in names}
        self.operations["conf/source"]["op_type"] = "subscription"
        self.operations["conf/compose"]["scoped_env"] = {"allowed": names}
        for given in operations:
            self.operations[given["name"]] = dict(given, run=behaviours[given["behaviour"][5:]])
        self.call_ms, self.serve_ms = limits.get("call_ms", 30000), limits.get("serve_ms", 30000)
        self.clock, self.numbers, self.counted = 0, itertools.count(1), {}
        self.served, self.pending, self.out = [], {}, []

    def count(self, input):
        if "tag" in input: yield "wait", input["tag"]
        self.counted[input["key"]] = self.counted.get(input["key"], 0) + 1
        return {"count": self.counted[input["key"]]}

    def identity(self, input): return dict(self.asking); yield

    # --- as callee

    def send(self, stream, type, id, payload):
        self.out.append({"stream": stream, "type": type, "id": id, "payload": payload})

    def who(self, parent):
        authority = parent.spec.get("authority") if parent else None
        return authority and {"id": authority["label"], "scopes": authority.get("scopes", [])}

    def serve(self, name, input, id, stream=None, parent=None, policy=None, claim=None):
        """The checks in their order, then the handler. Raises what refuses."""
        spec = self.operations.get(name)
        if parent and name not in parent.spec.get("scoped_env", {}).get("allowed", []): spec = None
        if not spec: raise CallError("NOT_FOUND")
        who, wanted = self.who(parent), spec.get("access", {}).get("required_scopes", [])
        if wanted and (who is None or not set(wanted) <= set(who["scopes"])): raise CallError("FORBIDDEN")
        streams = spec.get("op_type") == "subscription"
        if parent and streams: raise CallError("INVALID_OPERATION_TYPE")
        served = Served(spec, id, stream, parent, policy)
        limit = None if streams else self.clock + self.serve_ms
        served.deadline = parent.deadline if parent else limit
        self.served.append(served)
        self.out.append({"handler": "entered", "operation": name, "id": id})
        self.asking = {"identity": who, "forwarded_for": claim}
        served.run = spec["run"](input)
        self.go_on(served, None)

    def go_on(self, served, answer):
        try:
            throws = isinstance(answer, CallError)
            want = served.run.throw(answer) if throws else served.run.send(answer)
        except StopIteration as end: return self.finish(served, end.value, None)
        except CallError as error: return self.finish(served, None, error)
        except ZeroDivisionError: return self.finish(served, None, CallError("INTERNAL"))
        if want[0] == "wait": served.asked = want[1]
        elif want[0] == "item":
            self.send(served.stream, "call.responded", served.id, {"output": want[1]})
            self.go_on(served, None)
        elif want[0] == "call":
            served.asked = self.request(want[1], want[2], lambda answer: self.go_on(served, answer))
        else:
            policy = want[3] or served.policy
            if served.is_barren: return self.go_on(served, CallError("INTERNAL"))
            try: self.serve(want[1], want[2], "inside-%d" % next(self.numbers), None, served, policy)
            except CallError as error: self.go_on(served, error)

    def finish(self, served, output, error):
        self.served.remove(served)
        if served.parent and served.parent in self.served: self.go_on(served.parent, error or output)
        elif served.parent: pass
        elif error: self.send(served.stream, "call.error", served.id, error.payload)
        elif served.spec.get("op_type") == "subscription": self.send(served.stream, "call.completed", served.id, {})
        else: self.send(served.stream, "call.responded", served.id, {"output": output})

    def stop(self, served):
        """It ends without its answer, and so does what it composed, as that was to."""
        if served not in self.served: return
        self.served.remove(served)
        self.out.append({"handler": "stopped", "operation": served.spec["name"], "id": served.id})
        if served.asked in self.pending: self.give_up(served.asked)
        for child in served.children:
            if child.policy == "continue-running": self.bar(child)
            else: self.stop(child)

    def bar(self, served):
        """It goes on, and composes nothing new; neither does what it composed."""
        served.is_barren = True
        for child in served.children: self.bar(child)

    # --- as caller

    def request(self, operation, input, told, timeout_ms=None, word=None):
        id = "ours-%d" % next(self.numbers)
        stream = "stream-" + id
        limit = None if timeout_ms is None else self.clock + timeout_ms
        self.pending[id] = {"told": told, "stream": stream, "limit": limit, "word": word}
        self.send(stream, "call.requested", id, {"operationId": "/" + operation, "input": input})
        return id

    def give_up(self, id):
        del self.pending[id]
        self.send(None, "call.aborted", id, {})

    def settle(self, id, answer):
        self.pending.pop(id)["told"](answer)

    def tell(self, word, what, **more): self.out.append(dict(tell=what, id=word, **more))

    def told_call(self, word):
        def told(answer):
            if isinstance(answer, CallError): self.tell_error(word, answer)
            else: self.tell(word, "result", output=answer)
        return told

    def tell_error(self, word, error):
        self.tell(word, "error", **{k: error.payload[k] for k in ("code", "retryable")})

    def deliver(self, sub):
        """A consumer gets what it takes, and its end behind the last item."""
        while sub["items"] and sub["room"]:
            sub["room"] -= 1
            self.tell(sub["word"], "item", output=sub["items"].pop(0))
        if sub["items"] or sub["end"] is None: return
        if isinstance(sub["end"], CallError): self.tell_error(sub["word"], sub["end"])
        else: self.tell(sub["word"], sub["end"])
        sub["end"] = None

    def told_subscription(self, sub):
        def told(answer):
            sub["end"] = answer
            self.deliver(sub)
        return told

    def answered(self, type, id, payload):
        waits = self.pending.get(id)
        if not waits: return
        sub = waits.get("sub")
        if type == "call.error": self.settle(id, CallError(payload["code"], retryable=payload["retryable"]))
        elif type == "call.aborted": self.settle(id, CallError("INTERNAL"))
        elif sub is None: self.settle(id, payload.get("output") if type == "call.responded" else CallError("INTERNAL"))
        elif type == "call.completed": self.settle(id, "end")
        else: sub["items"].append(payload["output"]), self.deliver(sub)

    # --- what is done to it: each returns what follows

    def said(self):
        out, self.out = self.out, []
        return out

    def frame(self, stream, type, id, payload):
        if type == "call.requested":
            name, claim = payload["operationId"].removeprefix("/"), payload.get("forwarded_for")
            try: self.serve(name, payload.get("input"), id, stream, claim=claim)
            except CallError as error: self.send(stream, "call.error", id, error.payload)
        elif type == "call.aborted" and not stream.startswith("stream-"):
            for served in [s for s in self.served if s.id == id]: self.stop(served)
        else: self.answered(type, id, payload)
        return self.said()

    def ended(self, stream, how):
        for id in [id for id, waits in self.pending.items() if waits["stream"] == stream and how != "stop"]:
            self.settle(id, CallError("INTERNAL"))
        if how != "fin":
            for served in [s for s in self.served if s.stream == stream]: self.stop(served)
        return self.said()

    def lost(self):
        for served in list(self.served): self.stop(served)
        for id in list(self.pending): self.settle(id, CallError("INTERNAL"))
        return self.said()

    def now(self, ms):
        self.clock = ms
        for id, waits in list(self.pending.items()):
            if waits["limit"] is not None and waits["limit"] <= ms: self.settle(id, CallError("TIMEOUT"))
        for served in [s for s in self.served if s.deadline is not None and s.deadline <= ms and s.parent not in self.served]:
            self.stop(served)
            if not served.parent: self.send(served.stream, "call.error", served.id, CallError("TIMEOUT").payload)
        return self.said()

    def do(self, do, id=None, operation=None, input=None, timeout_ms=None, items=None, tag=None):
        mine = [own for own, waits in self.pending.items() if waits["word"] == id]
        if do == "call":
            self.request(operation, input, self.told_call(id), timeout_ms or self.call_ms, id)
        elif do == "subscribe":
            sub = {"word": id, "items": [], "room": 1 << 30 if items is None else items, "end": None}
            own = self.request(operation, input, self.told_subscription(sub), timeout_ms, id)
            self.pending[own]["sub"] = self.taking = sub
        elif do == "take": self.taking["room"] += items; self.deliver(self.taking)
        elif do == "abort": self.give_up(mine[0]); self.tell(id, "over")
        elif do == "drop_interest": self.give_up(mine[0])
        else:
            for served in [s for s in self.served if s.asked == tag]:
                served.asked = None
                self.go_on(served, None)
        return self.said()
