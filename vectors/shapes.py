# SPDX-License-Identifier: MIT
"""What check.py and dialogues.py look at everything with: is this an object
with these members, a sentence, a count? Whatever is not right is said with
problem() and kept, so that all of it is seen at once."""
import json
import re

problems = []


def problem(where, sentence):
    problems.append("%s: %s" % (where, sentence))


def members(where, thing, required, optional=()):
    """Exactly these members? Unknown ones are refused: a reader must understand all of them."""
    if not isinstance(thing, dict):
        problem(where, "an object was expected.")
        return False
    for name in required:
        if name not in thing:
            problem(where, "the member %s is missing." % name)
    for name in thing:
        if name not in required and name not in optional:
            problem(where, "the member %s is unknown." % name)
    return all(name in thing for name in required)


def is_sentence(text):
    return isinstance(text, str) and len(text) > 8 and text[0].isupper() and text[-1] in ".?!"


def is_count(number):
    return isinstance(number, int) and not isinstance(number, bool) and number >= 0


def is_json(text):
    try:
        json.loads(text)
        return True
    except (ValueError, TypeError):
        return False


def unhex(where, text):
    if not isinstance(text, str) or not re.fullmatch(r"([0-9a-f]{2})*", text):
        problem(where, "%.40r is no lower-case hexadecimal text." % (text,))
        return b""
    return bytes.fromhex(text)


def generated(where, value):
    """The bytes of a hexadecimal text or of a generator; None if it is neither."""
    if isinstance(value, str):
        return unhex(where, value)
    if not members(where, value, ["gen"]) or not isinstance(value["gen"], list):
        return None
    out = b""
    for step in value["gen"]:
        if isinstance(step, list) and len(step) == 2 and step[0] == "hex":
            out += unhex(where, step[1])
        elif isinstance(step, list) and len(step) == 3 and step[0] == "rep" and is_count(step[2]):
            out += unhex(where, step[1]) * step[2]
        else:
            problem(where, "%.40r is no step of a generator." % (step,))
    return out


def check_kinds(where, thing, kinds):
    for name, kind in kinds.items():
        if name in thing and not kind(thing[name]):
            problem(where, "the member %s is of the wrong kind." % name)
