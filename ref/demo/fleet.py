# SPDX-License-Identifier: MIT
"""A hub, workers and people: everybody's files in a folder, and who is on."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

from stage import Client, Node, Timeline

HERE = os.path.dirname(os.path.abspath(__file__))
REACH = {"hub": ["container:exec", "container:read"],
         "operator": ["container:exec", "container:read", "fleet:look"],
         "watcher": ["container:read", "fleet:look"],
         "guest": ["container:read"]}
PEOPLE = ("operator", "watcher", "guest")
SERVES = ("--ops", "worker.json", "--prefix", "hub")


class Fleet:
    """The workers are known by their keys, people by their tokens."""

    def __init__(self, alkref, folder, workers):
        self.alkref, self.folder = os.path.abspath(alkref), folder
        self.workers = workers
        self.timeline = Timeline()
        self.pins, self.nodes, self.addresses, self.counts = {}, {}, {}, {}
        for name in ("hub", *workers):
            os.mkdir(self.path(name))
            self.make_key(name, "key")
        for name in workers:
            self.write(name, "name", name + "\n")
            for file in ("exec.sh", "logs.sh", "worker.json"):
                shutil.copy(os.path.join(HERE, file), self.path(name))
            self.write(name, "peers.json", json.dumps(
                {"peers": [self.entry("hub", [self.pins["hub"]])]}))
        shutil.copy(os.path.join(HERE, "hub.json"), self.path("hub"))
        for name in PEOPLE:
            self.write("", name + ".token", f"token of the {name}\n")
        self.write_hub_peers()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, *names_and_text):
        """Whole or not at all: somebody may be reading it."""
        *names, text = names_and_text
        path = self.path(*names)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(path + ".new", path)

    def make_key(self, name, file):
        out = subprocess.run([self.alkref, "keygen", self.path(name, file)],
                             check=True, capture_output=True, text=True)
        self.pins[name] = json.loads(out.stdout)["fingerprint"]

    @staticmethod
    def entry(peer, fingerprints):
        return {"peer_id": peer, "fingerprints": fingerprints,
                "scopes": REACH.get(peer, [])}

    def write_hub_peers(self):
        """Whom the hub knows: workers by key, people by token."""
        peers = [self.entry(name, [self.pins[name]]) for name in self.workers]
        for name in PEOPLE:
            token = f"token of the {name}".encode()
            peers.append(self.entry(name, []) | {
                "auth_token_hash":
                "sha256:" + hashlib.sha256(token).hexdigest()})
        self.write("hub", "peers.json", json.dumps({"peers": peers}))

    # ------------------------------------------------------------- nodes

    def start(self, name, *words):
        node = Node(self.timeline, name, self.path(name),
                    [self.alkref, *words, "--peers", "peers.json", "--import"])
        self.nodes[name] = node
        return node

    def start_listening(self, name, addr, *more):
        node = self.start(name, "listen", "--addr", addr, "--key", "key",
                          *more)
        self.addresses[name] = node.first("address")

    def start_hub(self, *dialled):
        words = [word for name in dialled for word in
                 ("--dial", self.addresses[name] + "=" + self.pins[name])]
        self.start_listening("hub", "127.0.0.1:0", "--ops", "hub.json", *words)

    def start_worker_that_listens(self, name, addr="127.0.0.1:0"):
        self.start_listening(name, addr, *SERVES)

    def start_worker(self, name, key, *more):
        self.start(name, "dial", self.addresses["hub"], "--pin",
                   self.pins["hub"], "--key", key, *SERVES, *more)

    def end(self, name):
        """What it counted is kept; of two of one name, in their order."""
        counts = self.nodes.pop(name).end()
        self.counts.setdefault(name, []).append(counts)

    def drop(self, name):
        """Killed, it says no more."""
        self.nodes[name].process.kill()
        self.nodes.pop(name).process.wait()
        self.counts.setdefault(name, []).append(None)
        self.timeline.say(name, "is killed")

    def client(self, name, *words):
        where = {address: ["--pin", self.pins[node], *words]
                 for node, address in self.addresses.items()}
        return Client(self.timeline, name, self.alkref, where)

    def person(self, name):
        return self.client(name, "--token-file", self.path(name + ".token"))


def play(alkref, workers, story):
    """Tells the story to its end, whatever happens; the exit status."""
    if not os.access(alkref, os.X_OK):
        print(f"{alkref}: cannot be run", file=sys.stderr)
        return 64
    with tempfile.TemporaryDirectory(prefix="alkref-demo.") as folder:
        f = Fleet(alkref, folder, workers)
        try:
            story(f)
        except RuntimeError as trouble:
            f.timeline.problems.append(str(trouble))
        except KeyboardInterrupt:
            f.timeline.problems.append("it was interrupted")
        finally:
            for node in f.nodes.values():
                node.kill()
    return f.timeline.sum_up()


def usage(text):
    print(text, file=sys.stderr)
    return 64
