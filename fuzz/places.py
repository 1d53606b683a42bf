# SPDX-License-Identifier: MIT
"""Where everything of a target is: the programs that run it, what it begins
with, what was found. The scripts of this folder share it, and the few things
they all do."""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.abspath(os.environ.get("BUILD", os.path.join(ROOT, "build")))
FUZZ = os.path.join(BUILD, "fuzz")
FOUND = os.environ.get("FUZZ_FOUND", os.path.join(ROOT, "fuzz", "found"))
DICTIONARY = os.path.join(ROOT, "fuzz", "dictionary.txt")  # of all targets
# What libFuzzer is always told. Counting which features are rare took as long
# as the dialogues, which have thousands each.
LIBFUZZER = [f"-dict={DICTIONARY}", "-entropic=0"]
DIALOGUES = (  # an input is a story
    "asking",
    "composing",
    "connection",
    "forward",
    "handshake",
    "import",
    "pair",
    "quic",
    "serving",
)
NOTE = ".txt"  # beside an input that is kept


def be_quiet(kind, error, trace):
    """Who presses Ctrl-C knows why it ends."""
    if kind is not KeyboardInterrupt:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = be_quiet


def targets():
    """Name -> (promise, rules), as fuzz-replay tells them."""
    done = subprocess.run([os.path.join(BUILD, "fuzz-replay"), "--list"],
                          text=True, capture_output=True, check=True)
    lines = done.stdout.splitlines()
    return {first.split()[0]: (first.split(None, 1)[1], second.split())
            for first, second in zip(lines[::2], lines[1::2])}


def program(engine, target, build=BUILD):
    return os.path.join(build, {"afl": "afl", "libfuzzer": "lf"}[engine],
                        "fuzz-" + target)


def inputs_in(folder):
    """The paths of all inputs there, in order; notes are none."""
    if not os.path.isdir(folder):
        return []
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))
            if not name.startswith(".") and not name.endswith(NOTE)
            and os.path.isfile(os.path.join(folder, name))]


def seeds(target):
    return os.path.join(FUZZ, "seeds", target)


def found(target):
    return os.path.join(FOUND, target)


def out(target):
    """What campaigns leave: a folder for each instance."""
    return os.path.join(FUZZ, "out", target)


def instances(target):
    """The folders of the instances that ran."""
    top = out(target)
    return [os.path.join(top, name) for name in sorted(os.listdir(top))
            if os.path.exists(os.path.join(top, name, "plot_data"))] \
        if os.path.isdir(top) else []


def beginnings(target):
    """The inputs that a campaign begins with. Never none: engines want one."""
    paths = inputs_in(seeds(target)) + inputs_in(found(target))
    if paths:
        return paths
    empty = os.path.join(FUZZ, "empty")
    os.makedirs(FUZZ, exist_ok=True)
    with open(empty, "wb") as f:
        f.write(b"\0")
    return [empty]


def length_max(target):
    """Of an input that an engine makes, whoever starts it. Of a dialogue a
    dozen or two steps: of twice as long stories half as many are told, and lies
    are not found sooner. Seeds may be longer; what is run of them whole is
    fuzz/test/seeds_test.sh and fuzz/mutants/run."""
    if target in ("frame", "quic"):
        return 512
    return 160 if target in DIALOGUES else 1024


def mutator(target):
    """AFL++'s, for the targets that the Makefile calls MUTATED: the others
    take bytes as they come. None: it has none."""
    path = os.path.join(BUILD, "afl", "mutator.so")
    with open(os.path.join(ROOT, "Makefile"), encoding="utf-8") as f:
        m = re.search(r"^MUTATED := (.*)", f.read(), re.M)
    return path if m and target in m[1].split() and os.path.exists(path) \
        else None


def complain(sentence):
    """Called wrongly, or something is missing."""
    print(f"{os.path.basename(sys.argv[0])}: {sentence}", file=sys.stderr)
    sys.exit(2)
