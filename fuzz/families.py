# SPDX-License-Identifier: MIT
"""Stories of the target composing: chains of calls under every policy that end
in every way, and everybody who composes everything."""
import itertools

import program

# Operations by their places (crew.c), acts of a handler, and what composing is
# asked for (targets/composing.c).
ALL, PLAIN, INNER, CHECKED, FEED, OPS, OWN = 0, 2, 3, 7, 8, 14, 10
INTERNAL = (INNER, 4, 6)
ANSWER, FAIL, BREAK_DOWN, COMPOSE = range(4)
AS_ABOVE, DEPENDS, GOES_ON = range(3)
PEERS = (0, 5, 6, 7)  # anybody, two that are known, one that is not
ENDINGS = ("abort", "stop", "late", "answer", "lost")
EVERYBODY, REACTS = 15, 255


class Stories:
    def __init__(self):
        self.step = program.Steps("composing").step
        # What starts or hears takes one, and does nothing; the rest are turns.
        self.calm = self.step("turn")

    def compose(self, by, op, policy=AS_ABOVE, how=0):
        """`by`: as the how-many-th of those that run."""
        return self.step("work", COMPOSE, by, op | policy << 4, how)

    def ask(self, op, how=0, given=0):
        return self.step("ask", op | given << 4, how) + self.calm

    def ending(self, how):
        return {"abort": self.step("abort_one", 0),
                "stop": self.step("abort_one", 3),
                "late": self.step("wait", 3),
                "answer": self.step("work", ANSWER, 0),
                "lost": self.step("reconnect", 0)}[how] + self.calm * 3

    def chain(self, policies, ending, has_last, root):
        """Each composes the next one, the first ends, and who is left composes
        again, and so do some that are over."""
        out = bytes([EVERYBODY, 2 * has_last]) + self.ask(root, 1)
        out += self.step("wait", 0)
        for depth, policy in enumerate(policies):
            out += self.compose(depth, INNER, policy)
            if has_last or depth + 1 < len(policies):
                out += self.calm * 2
        out += self.ending(ending)
        for by in (0, 1, 2):
            out += self.compose(by, INNER) + self.calm
        return out + self.step("say_more", 5, INNER, 0) + self.calm * 4

    def everything(self, by, peer, given, thing, ops):
        """Its handler composes all of these."""
        out = bytes([EVERYBODY, given == 1])
        if by in INTERNAL:
            out += self.ask(PLAIN if by == 4 else ALL)
            out += self.compose(0, by, how=1 << 3) + self.calm * 2
        else:
            out += self.ask(by)
        for op in ops:
            out += self.compose(by in INTERNAL, op,
                                how=peer | thing << 3 | given << 5)
            out += self.calm
        return out + self.calm * len(ops)

    def word(self, act, reaction):
        """What a composed call says, and what its composer makes of that."""
        out = bytes([EVERYBODY, 0]) + self.ask(ALL)
        out += self.compose(0, INNER) + self.calm * 2
        out += self.step("work", act, 1) + bytes([reaction]) + self.calm * 4
        return out

    def all(self):
        for number, policies in enumerate(itertools.product(range(3),
                                                            repeat=3)):
            for ending in ENDINGS:
                root = FEED if ending != "late" and number % 4 == 0 else ALL
                yield self.chain(policies, ending, number % 3 != 2, root)
                yield self.chain(policies[:2], ending, number % 3 == 2, root)
        for by, peer, given in itertools.product(range(OWN), PEERS, range(3)):
            thing = (by + peer + given) % 4
            yield self.everything(by, peer, given, thing, range(OPS // 2))
            yield self.everything(by, peer, given, thing, range(OPS // 2, OPS))
        for act, reaction in itertools.product(range(3), (0, *range(249, 256))):
            yield self.word(act, reaction)
        for given in range(4):
            yield bytes([EVERYBODY, 0]) + self.ask(CHECKED, 0, given)
