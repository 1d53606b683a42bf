# SPDX-License-Identifier: MIT
"""Are the dialogues what README.md says they are? Their form alone: that every
step does one thing, that nobody is told of what was never asked, and that time
does not go back. Called by check.py for each test of the type dialogue."""
import json

from shapes import check_kinds, is_count, members, problem

EVENTS = ["call.requested", "call.responded", "call.completed", "call.aborted", "call.error"]
NEEDS = ["serve", "call", "callback", "access", "hold", "timeouts", "subscriptions", "abort",
         "compose", "deadlines", "panic"]
FRAME = ["type", "id", "payload"]
ENDS = ["fin", "reset", "stop"]
ASKED = ["id", "operation", "input"]
DOINGS = {"call": (ASKED, ["timeout_ms"]), "subscribe": (ASKED, ["timeout_ms", "items"]),
          "take": (["id", "items"], []), "abort": (["id"], []), "drop_interest": (["id"], []),
          "release": (["tag"], [])}
TOLD = {"result": ["output"], "item": ["output"], "end": [], "over": [],
        "error": ["code", "retryable"]}


def check_frame(where, frame):
    if frame["type"] not in EVENTS or not isinstance(frame["payload"], dict):
        problem(where, "a frame is of an unknown type, or its payload is no object.")


def check_doing(where, step):
    """What a step does. Returns the ids that stand for the node's own from here on."""
    if "peer" in step:
        is_frame = isinstance(step["peer"], dict) and "type" in step["peer"]
        if members(where, step["peer"], ["stream"] + (FRAME if is_frame else []), ENDS) and is_frame:
            check_frame(where, step["peer"])
        elif not is_frame and len(step["peer"]) < 2:
            problem(where, "the peer does nothing on the stream.")
    elif "node" in step:
        required, optional = DOINGS.get(step["node"].get("do"), ([], []))
        if members(where, step["node"], ["do"] + required, optional) and not required:
            problem(where, "the node does something unknown.")
        return {step["node"]["id"]} if required == ASKED and "id" in step["node"] else set()
    elif not (is_count(step.get("now_ms")) or step.get("lost") is True):
        problem(where, "a step says what the peer or the node does, what time it is, or lost.")
    return set()


def check_line(where, line, streams, known):
    """One thing that follows from a step."""
    if "tell" in line:
        members(where, line, ["tell", "id"] + TOLD.get(line["tell"], []))
        if line["tell"] not in TOLD or line.get("id") not in known:
            problem(where, "what is told is unknown, or nobody asked under that id.")
    elif "handler" in line:
        members(where, line, ["handler", "operation"], ["id", "may"])
        if line["handler"] not in ["entered", "stopped"]:
            problem(where, "a handler is entered or stopped.")
    elif members(where, line, FRAME, ["stream", "may"]):
        check_frame(where, line)
        if line["type"] == "call.requested":
            streams.add(line.get("stream"))
            known.add(line["id"])
        elif line.get("stream", "p") not in streams | {"p"}:
            problem(where, "a frame stands on a stream that nobody has opened.")


def check_dialogue(where, test):
    """Is every step one doing, with what follows from it? Time never goes back."""
    check_kinds(where, test, {"needs": lambda words: set(words) <= set(NEEDS) and words != [],
                              "operations": lambda given: isinstance(given, list)})
    members(where, test.get("limits", {}), [], ["call_ms", "serve_ms"])
    streams, known, now = set(), set(), 0
    for number, step in enumerate(test["steps"], 1):
        here = "%s, step %d" % (where, number)
        if not isinstance(step, dict) or len(set(step) - {"then"}) != 1:
            problem(here, "a step does one thing.")
            continue
        members(here, step, [], ["peer", "node", "now_ms", "lost", "then"])
        known |= check_doing(here, step)
        if "peer" in step:
            streams.add(step["peer"].get("stream"))
        if step.get("now_ms", now) < now:
            problem(here, "time goes back.")
        now = step.get("now_ms", now)
        for line in step.get("then", []):
            check_line(here, line, streams, known)
    if not any("then" in step for step in test["steps"]):
        problem(where, "nothing ever follows.")
    return {"steps": json.dumps([test["steps"], test.get("operations"), test.get("limits")]).encode()}
