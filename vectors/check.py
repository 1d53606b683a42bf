#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Are the vector files what README.md says they are?

One sentence for each problem, exit status 1 if there was any. Nothing is
decoded here: whether the vectors are right is for readers to say (the one in
README.md is such a reader). This looks at the form, and at the promises that
make a vector worth having:

  - every refusal has a twin that is taken, and the two differ by one edit;
  - every rule that claims to be shown by vectors is shown from both sides;
  - an id that was ever published stays, or leaves a tombstone in ids.lock.

Start reading at main(), at the end.
"""
import json
import os
import re
import sys

sys.dont_write_bytecode = True  # this folder holds what is published and nothing else

from dialogues import check_dialogue
from shapes import (check_kinds, is_count, is_json, is_sentence, generated, members,
                    problem, problems, unhex)

HERE = os.path.dirname(os.path.abspath(__file__))
SUBJECTS = ["frame", "envelope", "call_error", "names", "captured", "access", "peer_filter",
            "fingerprint", "token_hash", "peer_book", "api_key", "discovery", "forwarded_for",
            "scoped_env", "lookup", "import", "resource_path", "ownership", "rotation",
            "encrypted_data", "validation", "dialogue"]
LEVELS = ["must", "should", "choice"]
BUG_TYPES = ["BASIC", "BOUNDARY", "MALFORMED", "TRUNCATED", "MEMORY_SAFETY", "RESOURCE",
             "AUTH_BYPASS", "EXISTENCE_ORACLE", "CONFUSION", "ORDERING", "CANONICALITY",
             "AMBIGUOUS", "LEGACY"]
REPLACED_MAX = 24  # bytes that one replacement may touch; insertions and deletions may be longer
SHORT_TEXT = 8     # a whole text as short as this may stand in for another one
SHOWN_SECTIONS = ["FR", "FL", "EN", "EV", "RQ", "OP", "RS", "ER", "EC", "CK", "HF", "PI", "IP", "FP"]


def one_name_each(pairs):
    names = [name for name, _ in pairs]
    for name in sorted({name for name in names if names.count(name) > 1}):
        problem("JSON", "the member %s occurs twice in one object." % name)
    return dict(pairs)


def load(name):
    with open(os.path.join(HERE, name), "rb") as file:
        data = file.read()
    if b"\0" in data or data.startswith(b"\xef\xbb\xbf"):
        problem(name, "the file holds a raw NUL or starts with a byte-order mark.")
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=one_name_each)
    except ValueError as error:
        problem(name, "the file is no JSON in UTF-8: %s." % error)
        return None


# -------------------------------------------------------------------- tests

def check_verdict(where, expect, verdicts, ours):
    if expect["verdict"] not in verdicts:
        problem(where, "the verdict %r is unknown." % (expect["verdict"],))
    if (expect["verdict"] == "either") != ("ours" in expect):
        problem(where, "ours stands beside the verdict either, and only there.")
    elif "ours" in expect and expect["ours"] not in ours:
        problem(where, "%r can not be what the reference does." % (expect["ours"],))


def check_decode(where, test):
    wire = generated(where, test["wire"])
    if wire is None:
        return None
    if "segments" in test:
        if not isinstance(test["segments"], list) or not all(map(is_count, test["segments"])):
            problem(where, "segments is no list of lengths.")
        elif sum(test["segments"]) > len(wire):
            problem(where, "the segments are longer than the wire.")
    if not isinstance(test["fin"], bool):
        problem(where, "fin is no boolean.")
    expect = test["expect"]
    if not members(where, expect, ["verdict", "frames", "consumed"], ["ours"]):
        return {"wire": wire}
    check_verdict(where, expect, ["accept", "reject", "partial", "either"],
                  ["accept", "reject", "partial"])
    place = 0
    for frame in expect["frames"]:
        if not members(where, frame, ["type", "id", "payload"]):
            continue
        payload = frame["payload"]
        if not isinstance(payload, str):
            payload = (generated(where, payload) or b"").decode()
        if not is_json(payload):
            problem(where, "an expected payload is no JSON text.")
        place += 4 + int.from_bytes(wire[place:place + 4], "big")
    if expect["consumed"] != place:
        problem(where, "the expected frames occupy %d bytes and not %s."
                % (place, expect["consumed"]))
    if done(test) == "accept" and place != len(wire):
        problem(where, "an accepted wire is not used up by its frames.")
    if done(test) == "partial" and place == len(wire):
        problem(where, "nothing is left over, so the verdict cannot be partial.")
    return {"wire": wire}


def check_call_error(where, test):
    if not is_json(test["payload"]):
        problem(where, "payload is no JSON text.")
    expect = test["expect"]
    taken = isinstance(expect, dict) and "code" in expect
    fields = ["code", "message", "retryable", "details"] if taken else []
    if not members(where, expect, ["verdict"] + fields, ["ours"]):
        return {"payload": test["payload"].encode()}
    check_verdict(where, expect, ["accept", "reject", "either"], ["accept", "reject"])
    if taken != (done(test) == "accept"):
        problem(where, "an error is described exactly where one is read.")
    if taken and not (isinstance(expect["code"], str) and isinstance(expect["message"], str)
                      and isinstance(expect["retryable"], bool)
                      and (expect["details"] is None or is_json(expect["details"]))):
        problem(where, "the expected error has a member of the wrong kind.")
    return {"payload": test["payload"].encode()}


def check_name(where, test):
    if not is_json(test["operation_id"]) or not isinstance(json.loads(test["operation_id"]), str):
        problem(where, "operation_id is no JSON text of a string.")
    expect = test["expect"]
    if members(where, expect, ["name", "namespace", "path"]):
        if expect["path"] != "/" + expect["name"]:
            problem(where, "the path is not the name behind a slash.")
    return {"operation_id": test["operation_id"].encode()}


def is_nothing(value):
    return value is None


def is_text(value):
    return isinstance(value, str)


def is_bool(value):
    return isinstance(value, bool)


def is_one_of(*words):
    return lambda value: value in words


def is_either(*kinds):
    return lambda value: any(kind(value) for kind in kinds)


MAYBE_JSON = is_either(is_json, is_nothing)
MAYBE_TEXT = is_either(is_text, is_nothing)
PLACE = {"member": MAYBE_TEXT}  # where a file is refused
OWNED = {"owned": is_json}

# A type whose tests are a few inputs and one answer: the inputs with their
# kinds, what stands beside the verdict accept, and beside reject. Types
# without a verdict have None there.
PLAIN = {
    "access": ({"access": is_json, "identity": MAYBE_JSON}, {}, {}),
    "access_form": ({"access": is_json}, {"restricted": is_bool, "written": is_json}, {}),
    "peer_filter": ({"registered": is_bool, "visibility": is_one_of("external", "internal"),
                     "access": is_json, "remote_safe": is_bool, "identity": MAYBE_JSON,
                     "profile": is_one_of("remote-safe", "peer-graph"),
                     "side": is_one_of("dialled", "accepted"), "trusted": is_bool},
                    {}, {"code": is_one_of("NOT_FOUND", "FORBIDDEN")}),
    "fingerprint": ({"der": is_text}, {"fingerprint": is_text}, {}),
    "fingerprint_text": ({"written": is_text}, {}, {}),
    "token_hash": ({"token": is_text}, {"hash": is_text}, None),
    "peer_book": ({"book": is_json}, {"identity": is_json}, {}),
    "peer_book_form": ({"book": is_json}, {}, dict(PLACE, peer=is_either(is_count, is_nothing))),
    "api_key": ({"keys": is_json, "token": is_text, "now": is_count}, {"identity": is_json}, {}),
    "api_key_form": ({"keys": is_json}, {}, dict(PLACE, key=is_either(is_count, is_nothing))),
    "discovery": ({"identity": MAYBE_JSON, "filtered": is_bool, "operation_id": is_text,
                   "input": is_json}, {"output": is_json}, {"code": is_text}),
    "forwarded_for": ({"payload": is_json}, {"identity": is_json}, {}),
    "scoped_env": ({"env": is_json, "peer": MAYBE_TEXT, "name": is_text}, {}, {}),
    "scoped_env_form": ({"env": is_json}, {}, PLACE),
    "scoped_env_narrow": ({"env": is_json, "wanted": is_json}, {"left": is_json}, None),
    "lookup": ({"session": MAYBE_JSON, "history": is_json, "base": is_json, "peer": MAYBE_TEXT,
                "name": is_text},
               {"layer": is_one_of("session", "peer", "base"), "connection": MAYBE_TEXT}, {}),
    "import": ({"list": is_json, "schemas": is_json, "failure": MAYBE_JSON, "prefix": MAYBE_TEXT,
                "filter": MAYBE_JSON}, {"specs": is_json},
               {"kind": is_one_of("discovery_failed", "schema_parse", "transport",
                                  "unauthorized", "same_peer_collision")}),
    "resource_path": ({"path": is_text, "input": is_json}, {"id": is_text}, {}),
    "resource_path_form": ({"path": is_text}, {}, {}),
    "ownership": ({"history": is_json, "identity": is_json, "resource_type": is_text,
                   "resource_id": MAYBE_TEXT, "action": MAYBE_TEXT}, OWNED, OWNED),
    "access_owned": ({"access": is_json, "identity": MAYBE_JSON, "history": MAYBE_JSON,
                      "path": MAYBE_TEXT, "input": is_json}, {}, {}),
    "rotation": ({"before": is_json, "was": is_json, "after": is_json, "is": is_json,
                  "now": is_count}, {"id": is_text}, {}),
    "encrypted_data": ({"written": is_json},
                       {"key_version": is_count, "salt": is_text, "iv": is_text,
                        "data": is_text}, PLACE),
    "validation": ({"schema": is_json, "input": is_json}, {}, {}),
    "validation_form": ({"schema": is_json}, {}, {"keyword": MAYBE_TEXT}),
}
PEER_BOOK_ASKED = ["fingerprint", "token"]  # a look into a peer book has one of the two


def check_plain(where, test, type_):
    inputs, accepted, refused = PLAIN[type_]
    asked = [name for name in PEER_BOOK_ASKED if name in test] if type_ == "peer_book" else []
    if type_ == "peer_book" and (len(asked) != 1 or not is_text(test[asked[0]])):
        problem(where, "a fingerprint or a token is asked for.")
    if type_ == "fingerprint":
        unhex(where, test["der"])
    check_kinds(where, test, inputs)
    expect = test["expect"]
    beside = accepted if refused is None or done(test) == "accept" else refused
    verdict = [] if refused is None else ["verdict"]
    if members(where, expect, verdict + list(beside), ["ours"]):
        check_kinds(where, expect, beside)
        if verdict:
            check_verdict(where, expect, ["accept", "reject", "either"], ["accept", "reject"])
    return {name: as_bytes(test[name]) for name in list(inputs) + asked}


def as_bytes(value):
    """What one input is for the comparison with its twin; null is a byte of no text."""
    if value is None:
        return b"\xff"
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


# Members of a test besides those that all have, and where a twin may differ:
# nowhere in particular for dialogues, which have no one answer either.
OWN = {"decode": (["wire", "fin"], ["segments", "text"], ["wire", "body"]),
       "call_error": (["payload"], [], ["payload"]),
       "name": (["operation_id"], [], ["operation_id"]),
       "dialogue": (["needs", "steps"], ["operations", "limits"], [None])}
OWN.update({type_: (list(inputs), PEER_BOOK_ASKED if type_ == "peer_book" else [], ["any"])
            for type_, (inputs, _, _) in PLAIN.items()})
CHECKS = {"decode": check_decode, "call_error": check_call_error, "name": check_name,
          "dialogue": check_dialogue}


def check_own(where, group, test):
    """The members of this type; returns the inputs as bytes, by name."""
    if group["type"] in PLAIN:
        return check_plain(where, test, group["type"])
    return CHECKS[group["type"]](where, test)


def done(test):
    """What the reference does with it: accept, partial or reject."""
    expect = test.get("expect", {})
    verdict = expect.get("verdict", "accept")
    return expect.get("ours", "reject") if verdict == "either" else verdict


def check_test(where, group, test, notes, tests):
    required, optional, _ = OWN[group["type"]]
    answer = [] if group["type"] == "dialogue" else ["expect"]
    if not members(where, test, ["id", "comment", "rules", "level", "flags", "importance"]
                   + answer + required, ["twin"] + optional):
        return
    if not re.fullmatch(re.escape(group["id"]) + r"\.[a-z0-9]+(-[a-z0-9]+)*", test["id"]):
        problem(where, "the id is not the group's id, a dot and a slug.")
    if test["id"] in tests:
        problem(where, "the id is used twice.")
    if not is_sentence(test["comment"]):
        problem(where, "the comment is no sentence.")
    if test["level"] not in LEVELS or test["importance"] not in ["high", "normal"]:
        problem(where, "level or importance is unknown.")
    if not test["rules"] or not test["flags"]:
        problem(where, "a test cites at least one rule and one flag.")
    for flag in test["flags"]:
        if flag not in notes:
            problem(where, "the flag %s has no note." % flag)
    ambiguous = any(notes.get(flag, {}).get("bugType") == "AMBIGUOUS" for flag in test["flags"])
    expect = test.get("expect")
    either = isinstance(expect, dict) and expect.get("verdict") == "either"
    if either != ambiguous or either != (test["level"] == "choice"):
        problem(where, "verdict either, level choice and an AMBIGUOUS flag go together.")
    tests[test["id"]] = (group, test, check_own(where, group, test))


def check_file(subject, tests):
    name = subject + ".json"
    file = load(name)
    if not members(name, file, ["schema", "suite", "spec", "subject", "numberOfTests", "license",
                                "notes", "groups"]):
        return
    if (file["schema"], file["subject"], file["license"]) != ("vectors/1", subject, "MIT"):
        problem(name, "schema, subject or license is not what it has to be.")
    for flag, note in file["notes"].items():
        if members(name + " " + flag, note, ["bugType", "description", "effect"]):
            if note["bugType"] not in BUG_TYPES:
                problem(name, "the bugType of %s is unknown." % flag)
            if not is_sentence(note["description"]) or not is_sentence(note["effect"]):
                problem(name, "the note %s is not made of sentences." % flag)
    count, flags = 0, set()
    for group in file["groups"]:
        if not members(name, group, ["id", "type", "params", "tests"]) or group["type"] not in OWN:
            problem(name, "a group is incomplete or of an unknown type.")
            continue
        members(group["id"], group["params"], [], ["edit", "max_frame", "source", "operations"])
        if group["params"].get("edit") not in OWN[group["type"]][2]:
            problem(group["id"], "params.edit does not fit the type of the group.")
        for test in group["tests"]:
            check_test(str(test.get("id", group["id"])), group, test, file["notes"], tests)
            count += 1
            flags.update(test.get("flags", []))
    if file["numberOfTests"] != count:
        problem(name, "numberOfTests is %s, but there are %d." % (file["numberOfTests"], count))
    for flag in sorted(set(file["notes"]) - flags):
        problem(name, "the note %s is used by no test." % flag)


# -------------------------------------------------------------------- twins

def is_one_edit(a, b):
    """Does one contiguous insertion, deletion or short replacement make b of a?"""
    if a == b:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    gone, come = len(a) - start - end, len(b) - start - end
    return (gone == 0 or come == 0 or max(gone, come) <= REPLACED_MAX
            or min(len(a), len(b)) <= SHORT_TEXT)


def bodies(wire):
    """The bodies of a wire that is whole frames and nothing else."""
    out = []
    while wire:
        length = int.from_bytes(wire[:4], "big")
        out.append(wire[4:4 + length])
        wire = wire[4 + length:]
    return out


def is_one_body_edited(a, b):
    differing = [pair for pair in zip(bodies(a), bodies(b)) if pair[0] != pair[1]]
    return (len(bodies(a)) == len(bodies(b)) and len(differing) == 1
            and is_one_edit(*differing[0]))


def edited_once(group, a, b):
    """Is one of the inputs edited once, and every other the same?"""
    differing = [name for name in set(a) | set(b) if a.get(name) != b.get(name)]
    if len(differing) != 1 or set(a) != set(b):
        return False
    if group["params"]["edit"] == "body":
        return is_one_body_edited(a["wire"], b["wire"])
    return is_one_edit(a[differing[0]], b[differing[0]])


def leads_to_taken(id_, tests):
    """Does the twin, or where two things are wrong the twin's twin, pass?"""
    for _ in range(3):
        id_ = tests[id_][1].get("twin")
        if id_ not in tests:
            return False
        if done(tests[id_][1]) != "reject":
            return True
        if tests[id_][0]["type"] != "peer_filter":
            return False
    return False


def check_twins(tests):
    same = {}
    for id_, (group, test, data) in tests.items():
        key = repr((group["type"], data, test.get("fin")))
        if key in same:
            problem(id_, "%s has the same bytes." % same[key])
        same[key] = id_
        refused = test.get("expect", {}).get("verdict") == "reject"
        if "twin" not in test:
            if refused:
                problem(id_, "a refusal needs a twin that is taken.")
            continue
        if test["twin"] not in tests:
            problem(id_, "its twin %s does not exist." % test["twin"])
            continue
        twin_group, twin, twin_data = tests[test["twin"]]
        if refused and not leads_to_taken(id_, tests):
            problem(id_, "its twin %s is refused as well." % test["twin"])
        if group["type"] != twin_group["type"] or None in (data, twin_data):
            problem(id_, "its twin %s is of another kind." % test["twin"])
        elif group["type"] != "dialogue" and not edited_once(group, data, twin_data):
            problem(id_, "it is not one edit away from %s." % test["twin"])


# -------------------------------------------------------------------- rules

def check_requirements(tests):
    """A rule of status unit names the test; that it is there and says so is for
    those to check who have the tests beside the vectors."""
    file = load("requirements.json")
    if not members("requirements.json", file, ["schema", "spec", "license", "requirements"]):
        return
    rules = {}
    for rule in file["requirements"]:
        where = str(rule.get("id", "requirements.json"))
        if not members(where, rule, ["id", "level", "profile", "sentence", "source", "seen",
                                     "status"], ["reason", "test"]):
            continue
        if where in rules or not re.fullmatch(r"[A-Z]{2}-[0-9]+[a-z]?", where):
            problem(where, "the id occurs twice or is no id.")
        if (rule["level"] not in LEVELS or rule["seen"] not in ["wire", "driver", "in-process"]
                or rule["profile"] not in ["both", "remote-safe", "peer-graph"]
                or rule["status"] not in ["vector", "case", "unit", "excluded"]):
            problem(where, "level, profile, seen or status is unknown.")
        if not is_sentence(rule["sentence"]) or not rule["source"]:
            problem(where, "sentence or source is missing.")
        if (rule["status"] == "excluded") != ("reason" in rule) or rule.get("reason") == "":
            problem(where, "a reason stands beside the status excluded, and only there.")
        if (rule["status"] == "unit") != ("test" in rule):
            problem(where, "a test stands beside the status unit, and only there.")
        rules[where] = rule
    taken, refused = {}, {}
    for id_, (group, test, _) in tests.items():
        for rule in test["rules"]:
            if rule not in rules:
                problem(id_, "the rule %s is not in requirements.json." % rule)
            elif rules[rule]["status"] == "excluded":
                problem(id_, "the rule %s is said to be excluded." % rule)
            (taken if done(test) == "accept" else refused).setdefault(rule, []).append(id_)
            if done(test) == "accept" and is_contrast(test, tests):
                refused.setdefault(rule, []).append(id_)
    for id_, rule in rules.items():
        if rule["status"] != "vector":
            continue
        if id_ not in taken and id_ not in refused:
            problem(id_, "no vector cites it.")
        elif rule["level"] != "choice" and id_.split("-")[0] in SHOWN_SECTIONS:
            for side, found in (("taken", taken), ("refused or told apart", refused)):
                if id_ not in found:
                    problem(id_, "no vector that is %s cites it." % side)


def is_contrast(test, tests):
    """An accepted test that shows a rule by being read otherwise than its twin."""
    twin = tests.get(test.get("twin"))
    return twin is not None and twin[1].get("expect") != test.get("expect")


def check_lock(tests):
    with open(os.path.join(HERE, "ids.lock"), encoding="utf-8") as file:
        lines = file.read().splitlines()
    ids = [line.split(" # ")[0] for line in lines]
    gone = {line.split(" # ")[0] for line in lines if " # " in line}
    for line in lines:
        if not re.fullmatch(r"[a-z0-9_.-]+( # removed: .+)?", line):
            problem("ids.lock", "%r is no line of this file." % line)
    if ids != sorted(set(ids)):
        problem("ids.lock", "the ids are not sorted, or one occurs twice.")
    for id_ in sorted(set(tests) - set(ids)):
        problem(id_, "the id is not in ids.lock; add a line.")
    for id_ in sorted(set(ids) - set(tests) - gone):
        problem(id_, "the id was published and is gone; write ' # removed: why' behind it.")
    for id_ in sorted(gone & set(tests)):
        problem(id_, "the id was removed and must not be used again.")


def main():
    tests = {}
    for subject in SUBJECTS:
        check_file(subject, tests)
    load("schema.json")
    check_twins(tests)
    check_requirements(tests)
    check_lock(tests)
    for sentence in problems:
        print(sentence)
    if not problems:
        print("%d vectors in %d files: the form is good" % (len(tests), len(SUBJECTS)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
