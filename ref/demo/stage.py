# SPDX-License-Identifier: MIT
"""What a demonstration needs: real alkref processes and their clients, what
they say as one timeline, and a list of what was not as it should be."""
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

PATIENCE_S = 60
READ_AGAIN = "alkref: --peers: peers.json was read again"
INDENT = "\n" + 20 * " "  # of an answer's second line and the next ones
COLOURS = {"hub": 36, "alpha": 32, "beta": 33, "gamma": 35}


class Timeline:
    """Who did what when, a line each; in colours for a terminal."""

    def __init__(self):
        self.began = time.monotonic()
        self.lock = threading.Lock()
        self.is_shown = sys.stdout.isatty()
        self.has_colours = (self.is_shown and "NO_COLOR" not in os.environ
                            and os.environ.get("TERM") != "dumb")
        self.hushed = ()  # whose lines are left out
        self.checks = 0
        self.problems = []

    def paint(self, text, colour):
        return f"\x1b[{colour}m{text}\x1b[0m" if self.has_colours else text

    def say(self, who, what):
        if who in self.hushed:
            return
        with self.lock:
            at = time.monotonic() - self.began
            name = self.paint(f"{who:9}", COLOURS.get(who, 1))
            print(f"{at:7.2f}  {name}{what}", flush=True)

    def scene(self, title):
        """A new thought; who watches gets time for the last one."""
        if self.is_shown:
            time.sleep(0.8)
        with self.lock:
            print("\n" + self.paint(title, 1), flush=True)

    def check(self, what, got, want):
        """Is it what it should be? A remark when not, and in the end."""
        self.checks += 1
        if got == want:
            return
        self.problems.append(f"{what}: {got!r} instead of {want!r}")
        self.say("", self.paint("NOT AS EXPECTED: " + self.problems[-1], 31))

    def sum_up(self):
        """The last lines, and the exit status."""
        for problem in self.problems:
            print("not as expected:", problem)
        print(f"{self.checks} checks, {len(self.problems)} not as expected")
        return 1 if self.problems else 0


def wait_until(is_so, what):
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > end:
            raise RuntimeError(f"in {PATIENCE_S} s there was not: {what}")
        time.sleep(0.01)


def shorten(text):
    """Nobody reads a whole fingerprint."""
    return re.sub("(ed25519:[0-9a-f]{6})[0-9a-f]+", r"\1…", text)


def in_words(line):
    """A line that a node has said, for people."""
    if "imported" in line:
        return (f"imports from {line['peer']}: "
                + (", ".join(line["imported"]) or "nothing"))
    if "import_failed" in line:
        return f"cannot import from {line['peer']}: {line['import_failed']}"
    if line.get("event") == "connected":
        return f"has dialled {line['address']}"
    if line.get("event") == "lost":
        return f"has lost {line['address']}: {line['message']}"
    if "address" in line:
        return (f"listens at {line['address']} as "
                + shorten(line["fingerprint"]))
    if "counts" in line:
        return "ends"
    return json.dumps(line)


class Node:
    """One `alkref listen` or `alkref dial`, and the lines it has said: events
    for programs, remarks for its operator."""

    def __init__(self, timeline, name, folder, words):
        self.timeline, self.name = timeline, name
        self.lines, self.remarks = [], []
        timeline.say(name, "$ " + shorten(" ".join(["alkref", *words[1:]])))
        self.process = subprocess.Popen(words, cwd=folder, text=True,
                                        stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.readers = [threading.Thread(target=read, daemon=True)
                        for read in (self.read_lines, self.read_remarks)]
        for reader in self.readers:
            reader.start()

    def read_lines(self):
        for text in self.process.stdout:
            line = json.loads(text)
            self.timeline.say(self.name, in_words(line))
            self.lines.append(line)

    def read_remarks(self):
        for text in self.process.stderr:
            self.timeline.say(self.name, text.rstrip())
            self.remarks.append(text.rstrip())

    def said(self, members):
        return [line for line in self.lines
                if all(line.get(k) == v for k, v in members.items())]

    def wait_for(self, times=1, **members):
        """The last line with these members, when there are so many."""
        wait_until(lambda: len(self.said(members)) >= times,
                   f"{self.name}: {members}")
        return self.said(members)[-1]

    def first(self, member):
        wait_until(lambda: self.lines, f"a line of {self.name}'s")
        return self.lines[0][member]

    def imports(self, peer, times=1):
        return self.wait_for(times, peer=peer).get("imported")

    def reread(self):
        """Told that its book is another one, it reads it."""
        before = self.remarks.count(READ_AGAIN)
        self.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.remarks.count(READ_AGAIN) > before,
                   f"{self.name}: {READ_AGAIN}")

    def kill(self):
        """Ended, whatever it does; its programs go first if it can see to
        that."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def end(self):
        """Told to end, it ends well: how often each operation ran."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE_S)
        for reader in self.readers:
            reader.join()
        self.timeline.check(f"exit status of {self.name}", status, 0)
        self.timeline.check(f"remarks of {self.name}",
                            set(self.remarks) - {READ_AGAIN}, set())
        return self.lines[-1]["counts"]


class Client:
    """Somebody who calls, with one `alkref` for each call."""

    def __init__(self, timeline, name, alkref, where):
        self.timeline, self.name = timeline, name
        self.alkref, self.where = alkref, where

    def start(self, command, address, *words):
        self.timeline.say(self.name, " ".join([command, *words]))
        return subprocess.Popen(
            [self.alkref, command, address, *words, *self.where[address]],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def hear(self, running):
        """What came: a JSON text, or the code of an error."""
        out, err = running.communicate(timeout=PATIENCE_S)
        said = out if running.returncode == 0 else err
        self.timeline.say("", "→ " + said.rstrip().replace("\n", INDENT))
        if running.returncode:
            return json.loads(err).get("code", err)
        return out

    def call(self, address, operation, given, want):
        """Is the answer, or the code of the error, this one?"""
        got = self.hear(self.start("call", address, operation,
                                   json.dumps(given)))
        if got.strip()[:1] in "{[\"":
            got = json.loads(got)
        self.timeline.check(f"{operation} for {self.name}", got, want)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def read_pid(path):
    """The number a program has written there, as soon as it has."""
    def text():
        try:
            with open(path, encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""
    wait_until(lambda: text().endswith("\n"), path)
    return int(text())
