#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What fuzzers begin with, made of the vectors and of what was overheard.

    fuzz/seeds.py OUT HEARD LOG TARGET...

HEARD is a folder that overhear.py filled while the reference was judged, LOG
the log of that run. OUT/TARGET becomes a folder of small inputs, each once, in
the form that the target reads. Of a target whose inputs are mere decisions,
or that is not known here, they are programs of chance, the same ones each time.
"""
import glob
import hashlib
import itertools
import json
import os
import shutil
import sys

sys.dont_write_bytecode = True
import conversation
import families
import program
import serving

LENGTH_MAX = 4096  # of an input; engines may cut it
COUNT_MAX = 1500  # of a target
EACH_MAX = 200  # of one of its readers
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


# ------------------------------------------------------------- vectors
def tests(*subjects):
    for subject in subjects:
        path = os.path.join(ROOT, "vectors", subject + ".json")
        with open(path, encoding="utf-8") as f:
            for group in json.load(f)["groups"]:
                yield from group["tests"]


def wires(*subjects):
    for test in tests(*subjects):
        wire = test["wire"]
        steps = [["hex", wire]] if isinstance(wire, str) else wire["gen"]
        if sum(len(s[1]) // 2 * (s[2] if s[0] == "rep" else 1)
               for s in steps) < LENGTH_MAX:
            yield test, b"".join(bytes.fromhex(s[1]) *
                                 (s[2] if s[0] == "rep" else 1) for s in steps)


def members(subject, *names):
    """Every text under one of these names, as UTF-8."""
    for test in tests(subject):
        for name in names:
            if isinstance(test.get(name), str):
                yield test[name].encode()


def texts(test):
    """All JSON in a test."""
    for value in test.values():
        if isinstance(value, dict):
            yield from texts(value)
        elif isinstance(value, str) and value[:1] in tuple('{["-0123456789'):
            yield value.encode()


# ------------------------------------------------------------- targets
def frame(heard):
    """How it is cut, and the stream."""
    for test, wire in wires("frame", "envelope", "captured"):
        cut = test.get("segments", [1 + len(wire) % 16])[0]
        yield bytes([max(cut - 1, 0) % 16]) + wire
    for talk in heard:
        for stream in talk.streams():
            yield bytes([len(stream) % 16]) + stream


def bodies(stream):
    while len(stream) > 4:
        end = 4 + int.from_bytes(stream[:4], "big")
        yield stream[4:end]
        stream = stream[end:]


def envelope(heard):
    for _, wire in wires("envelope", "frame", "captured"):
        yield from bodies(wire)
    yield from members("call_error", "payload")
    for talk in heard:
        for stream in talk.streams():
            yield from bodies(stream)


def differential(heard):
    for _, wire in wires("envelope"):
        yield from bodies(wire)
    for path in sorted(glob.glob(os.path.join(ROOT, "vectors", "*.json"))):
        subject = os.path.basename(path)[:-len(".json")]
        if subject not in ("requirements", "schema", "dialogue"):
            for test in tests(subject):
                yield from texts(test)


def schema_path(heard):
    """Who reads it, and what."""
    for name, byte in program.parsers(os.path.join(ROOT, "fuzz")):
        made = WRITTEN.get(name, lambda h: members("names", "comment"))
        for text in itertools.islice(iter(made(heard)), EACH_MAX):
            yield bytes([byte]) + text


def specs():
    """As files have them: the namespace goes along, access is called so."""
    for test in tests("import"):
        for spec in json.loads(test["expect"].get("specs") or "[]"):
            del spec["namespace"]
            spec["access"] = spec.pop("access_control")
            yield spec


def policy(peers, keys, word):
    """As one line, and what is asked about on the next."""
    return f'{{"peers":{peers},"api_keys":{keys}}}\n{word}'.encode()


def policies():
    """Books and keys, each by itself; and with a key whose token is a peer's,
    too."""
    for test in tests("peer_book"):
        word = test.get("token") or test.get("fingerprint") or ""
        yield policy(test["book"], "[]", word)
    for test in tests("api_key"):
        word, keys = test.get("token") or "", json.loads(test["keys"])
        yield policy("[]", test["keys"], word)
        if word and keys and "hash" in keys[0]:
            peers = [{"peer_id": "p", "auth_token_hash": keys[0]["hash"]}]
            yield policy(json.dumps(peers), test["keys"], word)


def claims():
    """Identities that somebody forwards, also with one resource more, that is
    good, in front of theirs."""
    for test in tests("forwarded_for"):
        claim = json.loads(test["payload"]).get("forwarded_for")
        yield json.dumps(claim).encode()
        if isinstance(claim, dict) and \
                isinstance(claim.get("resources"), dict):
            claim["resources"] = {"a": ["b"], **claim["resources"]}
            yield json.dumps(claim).encode()


WRITTEN = {
    "access": lambda h: members("access", "access"),
    "identity": lambda h: (*members("access", "identity"), *claims()),
    "peer book and API keys": lambda h: policies(),
    "scoped_env": lambda h: members("scoped_env", "env", "wanted"),
    "encrypted_data, kept": lambda h: members("encrypted_data", "written"),
    "specification": lambda h: (
        json.dumps(spec).encode() for spec in specs()),
    "input schema and values": lambda h: (
        (t["schema"] + "\n" + t.get("input", "null")).encode()
        for t in tests("validation")),
    "described operation": lambda h: (
        (json.dumps(spec) + "\n" + test["schema"]).encode()
        for test, spec in zip(tests("validation"),
                              itertools.cycle(specs()))),
    "operation's name": lambda h: (
        json.loads(t["operation_id"]).encode("utf-8", "surrogatepass")
        for t in tests("names")),
    "fingerprint, token": lambda h: (*members("fingerprint", "written"),
                                     *members("token_hash", "token")),
    "resource path": lambda h: (
        (t["path"] + "\n" + t.get("input", "{}")).encode()
        for t in tests("resource_path")),
    "operations file": lambda h: (
        json.dumps({"operations": talk.registered}).encode() for talk in h),
    "policy file": lambda h: (*members("peer_book", "book"),
                              *members("rotation", "before", "after")),
    "token file": lambda h: members("token_hash", "token"),
    "testee's lines": lambda h: (talk.answers() for talk in h),
    "patterns": lambda h: (t["id"].encode() for t in tests("dialogue")),
    "log": lambda h: conversation.log_pieces(LOG),
    "DER of a key": lambda h: (bytes.fromhex(t) for t in (
        x.decode() for x in members("fingerprint", "der"))),
    "numeral": lambda h: (t["text"].encode() for t in tests("envelope")
                          if "numbers" in t["id"] and "text" in t),
}


def connection(heard):
    steps = program.Steps("connection")
    for test in tests("dialogue"):
        yield steps.of_dialogue(test)
    for talk in heard:
        yield steps.of_talk(talk)


def importing(heard):
    steps = program.Steps("import")
    for test in tests("import"):
        yield steps.of_import(test)
    for number in range(15 * 4):
        yield steps.of_catalogue(number % 15 | number // 15 << 5)


def forward(heard):
    yield from program.Steps("forward").of_forward()


def pair(heard):
    steps = program.Steps("pair")
    for number in range(64):
        yield steps.of_pair(number)
    yield from chance("pair", 160)


def asking(heard):
    steps = program.Steps("asking")
    yield from steps.of_asking_without_room()
    yield from steps.of_asking()


def composing(heard):
    yield from families.Stories().all()
    yield from chance("composing")


def handshake(heard):
    """Meetings of every sort: what is shown, by every wish for it (its key, its
    certificate, or an authority), as it is, with one bit of the pin changed, or
    cut, for another name, on another day."""
    def meet(raw, paper, whose, spoilt, at, wish):
        return bytes([1, raw, paper, whose, spoilt, at, wish])
    for raw, paper in itertools.product(range(4), range(6)):
        for whose in (2, 3):
            yield meet(raw, paper, whose, 0, 0, 1)
        yield meet(raw, paper, 7, 0, 0, 0)
        yield meet(raw, paper, 0, 0, 0, 0)
    for at in range(0, 73, 8):
        yield meet(0, 5, 3, 0xc0, at, 1)
        yield meet(3, 0, 2, 0xb0, at, 1)
    for wish in (*range(0, 16, 2), *range(0x80, 0x100, 0x10)):
        yield meet(3, 0, 0, 0, 0, wish)
    yield from chance("handshake")


def chance(name, longest=488):
    """So many, of any length, and always the same."""
    for number in range(96):
        seed = f"{name} {number}".encode()
        yield b"".join(hashlib.sha256(seed + bytes([i])).digest()
                       for i in range(16))[:8 + number * (longest - 8) // 96]


MADE = {
    "asking": asking,
    "composing": composing,
    "connection": connection,
    "differential": differential,
    "envelope": envelope,
    "forward": forward,
    "frame": frame,
    "handshake": handshake,
    "import": importing,
    "pair": pair,
    "quic": lambda heard: chance("quic", 120),
    "schema_path": schema_path,
    "serving": lambda heard: (*serving.stories(), *chance("serving")),
}


def write(out, inputs):
    """Each once, by the digest of what is in it; of too many every second, or
    third. Returns how many there are."""
    found = {hashlib.sha256(data).hexdigest()[:16]: data for data in inputs
             if 0 < len(data) <= LENGTH_MAX}
    kept = list(found)[::1 + (len(found) - 1) // COUNT_MAX]
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    for name in kept:
        with open(os.path.join(out, name), "wb") as f:
            f.write(found[name])
    return len(kept)


def main():
    global LOG
    out, folder, LOG, targets = *sys.argv[1:4], sys.argv[4:]
    heard = conversation.read(folder)
    for name in targets:
        made = MADE.get(name)
        count = write(os.path.join(out, name),
                      made(heard) if made else chance(name))
        print(f"  SEEDS {count:>4} of {name}")
        if count == 0:
            sys.exit(f"seeds.py: nothing to begin {name} with")


if len(sys.argv) < 5:
    sys.exit(__doc__)
main()
