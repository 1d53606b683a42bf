# SPDX-License-Identifier: MIT
"""How a campaign is getting on, for who looks: on a terminal one line that is
written over, elsewhere a plain line each minute. It is read off the folders of
its instances: AFL++ counts its execs for others once in a minute at most."""
import os
import sys
import time

import places

OFTEN, SELDOM = 1, 60  # seconds between two lines


class Ticker:
    def __init__(self, target, seconds, folders):
        self.target, self.seconds = target, seconds
        self.queues = [os.path.join(folder, "queue") for folder in folders]
        self.is_terminal = sys.stdout.isatty() and \
            os.environ.get("TERM", "dumb") != "dumb"
        self.start = self.told = time.monotonic()

    def line(self, finds):
        passed = time.monotonic() - self.start
        kept = sum(len(places.inputs_in(queue)) for queue in self.queues)
        last = max((os.path.getmtime(queue) for queue in self.queues
                    if os.path.isdir(queue)), default=time.time())
        return f"  FUZZ  {self.target}: {passed:.0f} of {self.seconds} s   " \
            f"{kept} inputs kept, the last {max(time.time() - last, 0):.0f} " \
            f"s ago   {finds} finds"

    def tell(self, finds):
        """If it is time to; finds(): how many there are."""
        now = time.monotonic()
        if now - self.told < (OFTEN if self.is_terminal else SELDOM):
            return
        self.told = now
        if self.is_terminal:
            print(f"\r\033[K{self.line(finds())}", end="", flush=True)
        else:
            print(self.line(finds()), flush=True)

    def end(self):
        """The line makes room for what comes behind it."""
        if self.is_terminal:
            print("\r\033[K", end="", flush=True)
