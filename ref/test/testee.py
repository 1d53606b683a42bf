# SPDX-License-Identifier: MIT
"""A testee behind its lines (conformance/CONTRACT.md), for the tests that type
them by hand: testee_test.sh, testee_peers_test.sh."""
import json
import subprocess
import sys


class Conn:
    """A connection of the harness's at L1."""

    def __init__(self, testee, name, dialer="us", fingerprint=None, **more):
        self.testee, self.name = testee, name
        self.bytes = {}  # stream: what the testee has said there
        self.stream = -4 if dialer == "us" else -3  # the last one of ours
        self.id = None  # of the frame that was read last
        testee.conns[name] = self
        testee.do("open_conn", conn=name, dialer=dialer,
                  peer_fingerprint=fingerprint, **more)

    def do(self, op, **members):
        return self.testee.do(op, conn=self.name, **members)

    def events(self, *kinds):
        return [e for e in self.testee.events(*kinds)
                if e["conn"] == self.name]

    def send(self, stream, kind, id, payload, fin=False):
        body = json.dumps({"type": kind, "id": id, "payload": payload}).encode()
        return self.do("stream_data", stream=stream, fin=fin,
                       hex=(len(body).to_bytes(4, "big") + body).hex())

    def ask(self, id, operation, input, **more):
        """A request of ours, on a stream of its own; which one."""
        self.stream += 4
        self.send(self.stream, "call.requested", id,
                  {"operationId": operation, "input": input, **more}, fin=True)
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

    def said(self):
        """The same of all streams."""
        return [f for stream in list(self.bytes) for f in self.frames(stream)]

    def answer(self, id, operation, input, **more):
        said, = self.frames(self.ask(id, operation, input, **more))
        return said

    def opened(self):
        """The stream it has just opened, and the one frame it said there."""
        stream = self.events("stream_open")[0]["stream"]
        said, = self.frames(stream)
        return stream, said


class Testee:
    """One testee behind its lines."""

    def __init__(self, path, level):
        self.path, self.conns = path, {}
        self.process = subprocess.Popen(
            [path, "testee"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        self.seq = 0
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
                said = self.conns[e["conn"]].bytes
                said[e["stream"]] = (
                    said.get(e["stream"], b"") + bytes.fromhex(e["hex"]))
        return answer

    def refused(self, part, op, **members):
        reason = self.line(op, **members)["fail"]["reason"]
        assert part in reason, (part, reason)

    def prepare(self, operations=(), **configured):
        """All anew, with these operations."""
        self.conns = {}
        self.do("reset")
        if configured:
            self.do("configure", **configured)
        for operation in operations:
            self.do("register", **operation)

    def begin(self, operations=(), **configured):
        """The same, and a connection that we dialled."""
        self.prepare(operations, **configured)
        self.c = Conn(self, "c")

    def events(self, *kinds):
        return [e for e in self.out if e["ev"] in kinds]

    def wait(self, *kinds):
        """L2: until each of these events has come."""
        for kind in kinds:
            while not self.events(kind):
                self.read()

    def stopped(self):
        return [e["id"] for e in self.events("handler_stopped")]

    def quit(self):
        """How many verbs that were."""
        self.line("quit")
        self.process.stdin.close()
        assert self.process.wait() == 0
        return self.seq


def op(name, **more):
    return {"name": name, "behaviour": name, **more}


def item(n, **more):
    return ("responded", {"output": {"i": n, **more}})


COMPLETED = ("completed", {})
ERROR = {"code": "MINE", "message": "m", "retryable": True}
SOURCE = op("conf/source", op_type="subscription")


def is_error(said, code):
    assert said[0] == "error" and said[1]["code"] == code, said


def run(script, tests):
    """The tests of each level, with a testee each."""
    verbs = 0
    for level in tests:
        t = Testee(sys.argv[1], level)
        for test in tests[level]:
            try:
                test(t)
            except Exception:
                print(f"{test.__name__}: the last verb led to {t.out}",
                      file=sys.stderr)
                raise
        verbs += t.quit()
    print(f"{sum(map(len, tests.values()))} tests and {verbs} verbs in "
          f"{script}")
