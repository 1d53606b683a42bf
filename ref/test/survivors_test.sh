#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What becomes of those who wait when the other node dies or sleeps: two nodes
# over real QUIC, 100 calls and 10 subscriptions waiting. Killed, whoever
# dialled: each waiter of the other is told once, within the idle limit. Asleep
# for five seconds: nothing is lost. Both nodes then hold nothing any more.
#
# The three run at the same time, since silence takes its forty seconds.
set -eu
cat >"$TMP/survivors.py" <<'P'
import json, os, queue, signal, subprocess, sys, threading, time

CALLS, STREAMS, ITEMS = 100, 10, 20
IDLE_S = 40  # a sign of life after 10 s of silence, lost 30 s behind it
SLACK_S = 15  # for a machine that has other things to do


class Node:
    """A testee at L2 and all it ever says."""

    def __init__(self, path, seed):
        self.process = subprocess.Popen(
            [path, "testee"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        self.lines = queue.Queue()
        self.events, self.seq = [], 0
        threading.Thread(target=self.listen, daemon=True).start()
        self.do("hello", contract=1, level="L2", rng_seed=seed)
        self.do("configure", identity={"seed": seed * 4},
                timeouts={"call_ms": 120000, "serve_ms": 120000})
        for name, kind in (("conf/hold", "query"),
                           ("conf/source", "subscription")):
            self.do("register", name=name, behaviour=name, op_type=kind,
                    remote_safe=True)

    def listen(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def hear(self, until):
        """Waits for a line; what it is, or None when the time is up."""
        try:
            line = self.lines.get(timeout=max(0, until - time.monotonic()))
        except queue.Empty:
            return None
        if "ev" in line:
            self.events.append(line)
        return line

    def do(self, op, **members):
        self.seq += 1
        self.process.stdin.write(
            json.dumps({"seq": self.seq, "op": op, **members}) + "\n")
        self.process.stdin.flush()
        while True:
            line = self.hear(time.monotonic() + 60)
            assert line, "no answer to " + op
            if line.get("seq") == self.seq:
                assert line.get("ok"), line
                return line

    def count(self, *kinds):
        return sum(e["ev"] in kinds for e in self.events)

    def wait(self, times, *kinds, within_s=60):
        """Until so many events of these kinds have come."""
        until = time.monotonic() + within_s
        while self.count(*kinds) < times and self.hear(until):
            pass
        assert self.count(*kinds) == times, (kinds, self.count(*kinds), times)

    def conn(self):
        self.wait(1, "conn_open")
        return next(e["conn"] for e in self.events if e["ev"] == "conn_open")

    def must_be_empty(self):
        stats = self.do("stats")
        held = {k: stats[k] for k in ("streams", "pending", "served", "bytes")}
        assert not any(held.values()), held


def pair(path, number):
    """One that listens, and one that has dialled it."""
    listener = Node(path, "%016x" % (2 * number + 1))
    dialler = Node(path, "%016x" % (2 * number + 2))
    at = listener.do("listen")
    dialler.do("dial", addr=at["addr"], conn="out", pin=at["fingerprint"])
    listener.conn()
    dialler.conn()
    return listener, dialler


def begin(caller, callee):
    """Everybody waits, and every handler is there."""
    conn = caller.conn()
    for i in range(CALLS):
        caller.do("call", conn=conn, id="c%d" % i, operation="conf/hold",
                  input={"tag": "t"})
    for i in range(STREAMS):
        caller.do("subscribe", conn=conn, id="s%d" % i, operation="conf/source",
                  input={"items": ITEMS, "tag": "s"})
    callee.wait(CALLS + STREAMS, "handler_entered")


def killed(path, number, dies):
    listener, dialler = pair(path, number)
    victim, other = (listener, dialler)[:: 1 if dies == "listener" else -1]
    begin(other, victim)
    began = time.monotonic()
    victim.process.kill()
    other.wait(CALLS + STREAMS, "error", "end", within_s=IDLE_S + SLACK_S)
    took_s = time.monotonic() - began
    told = [e["id"] for e in other.events if e["ev"] in ("error", "end")]
    assert len(set(told)) == CALLS + STREAMS, told
    assert all(e["code"] == "INTERNAL" for e in other.events
               if e["ev"] == "error")
    other.wait(1, "closed")
    other.must_be_empty()
    other.do("quit")
    return "%s killed: all told after %.0f s" % (dies, took_s)


def asleep(path, number):
    listener, dialler = pair(path, number)
    begin(dialler, listener)
    os.kill(listener.process.pid, signal.SIGSTOP)
    dialler.do("call", conn="out", id="late", operation="conf/hold",
               input={"tag": "t"})
    time.sleep(5)  # what is shown is that these seconds do no harm
    os.kill(listener.process.pid, signal.SIGCONT)
    listener.wait(CALLS + STREAMS + 1, "handler_entered")
    listener.do("release", tag="t")
    dialler.wait(CALLS + 1, "result")
    for n in range(1, ITEMS + 1):
        listener.do("release", tag="s")
        dialler.wait(n * STREAMS, "item")
    listener.do("release", tag="s")
    dialler.wait(STREAMS, "end")
    assert not dialler.count("error", "closed")
    for node in (dialler, listener):
        node.must_be_empty()
        node.do("quit")
    return "asleep for 5 s: nothing lost"


def run(what, said, failed):
    try:
        said.append(what())
    except BaseException as e:
        failed.append(repr(e))
        raise


path = sys.argv[1]
said, failed = [], []
threads = [threading.Thread(target=run, args=(what, said, failed)) for what in (
    lambda: killed(path, 1, "listener"),
    lambda: killed(path, 2, "dialler"),
    lambda: asleep(path, 3))]
for t in threads:
    t.start()
for t in threads:
    t.join()
if failed:
    sys.exit("survivors: " + "; ".join(failed))
print("survivors: %d calls and %d subscriptions waiting; %s"
      % (CALLS, STREAMS, "; ".join(sorted(said))))
P
exec python3 "$TMP/survivors.py" "$BUILD/san/alkref"
