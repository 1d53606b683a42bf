# SPDX-License-Identifier: MIT
"""What a mutant is, for whoever hunts them: a patch of ref/ with a head that
says what the lie is and which rules it breaks, and a copy of the tree in which
it is told and taken back. Each tree is for one worker; what did not change is
not compiled again."""
import filecmp
import os
import re
import shutil
import subprocess
import sys
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("BUILD", "build"))


def name_of(path):
    return os.path.basename(path)[:-len(".patch")]


def head(path):
    """The rules and the lie that a patch declares."""
    said = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            m = re.match(r"(Lie|Rules|Outside): (.*)", line)
            if m:
                said[m.group(1)] = m.group(2).strip()
            elif line.startswith("--- "):
                break
    if "Lie" not in said or "Rules" not in said:
        sys.exit(f"{path}: its head has to say Lie: and Rules:")
    return said["Rules"].split(), said["Lie"], "Outside" in said


def choose(patches, wanted):
    """Those of these names, and what is wanted as a file; all of them when
    nothing is."""
    if wanted:
        patches = [p for p in patches if name_of(p) in wanted]
        patches += [os.path.abspath(w) for w in wanted if "/" in w]
    if not patches:
        sys.exit("no mutant of that name")
    for path in patches:
        head(path)
    return patches


def files_below(top):
    """Their paths, relative to it."""
    return {os.path.relpath(os.path.join(folder, name), top)
            for folder, _, names in os.walk(top) for name in names}


def make_alike(source, target):
    """What differs is copied and is new from now on; what is the same keeps its
    time, which is behind the lie that was compiled of it last."""
    for name in files_below(target) - files_below(source):
        os.unlink(os.path.join(target, name))
    for name in files_below(source):
        ours, theirs = os.path.join(source, name), os.path.join(target, name)
        if not os.path.exists(theirs) or \
                not filecmp.cmp(ours, theirs, shallow=False):
            os.makedirs(os.path.dirname(theirs), exist_ok=True)
            shutil.copy(ours, theirs)


def make_copy(tree):
    """The tree without what was built; only what has changed since the last
    time, or was a lie then, is compiled again."""
    os.makedirs(tree, exist_ok=True)
    for name in ("ref", "vectors", "netsim", "reports", "conformance"):
        make_alike(os.path.join(ROOT, name), os.path.join(tree, name))
    shutil.copy2(os.path.join(ROOT, "Makefile"), tree)
    return tree


def patch(tree, path, *how):
    """All of its lines have to be there as it knows them."""
    return subprocess.run(
        ["patch", "-s", "-f", "-p1", "-F0", *how, "-i", path],
        cwd=tree, capture_output=True).returncode == 0


def build(tree, target):
    """None, or what the compiler says."""
    done = subprocess.run(["make", "-s", "BUILD=built", "built/" + target],
                          cwd=tree, text=True, capture_output=True)
    return None if done.returncode == 0 else done.stderr


def told(tree, path, target, judge):
    """What `judge` says of the tree in which the lie is told; or a sentence
    when it is not judged, behind a None."""
    if not patch(tree, path, "--dry-run") or not patch(tree, path):
        return None, "the patch does not apply any more"
    error = build(tree, target)
    found = None if error else judge()
    if not patch(tree, path, "-R"):
        raise RuntimeError(f"{path} cannot be taken back")
    return found, "it does not build: " + error.split("\n")[0] if error else ""


def share(patches, work):
    """`work` is called as often as there are processors, with a number and a
    list from which it takes one patch after the other."""
    waiting = list(patches)
    workers = [threading.Thread(target=work, args=(i, waiting))
               for i in range(min(os.cpu_count() or 1, len(patches)))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
