# SPDX-License-Identifier: MIT
"""Stories that the target `serving` begins with: each shows one thing that a
node could do wrong. The numbers of the steps, of operations, ids and parts are
those of fuzz/targets/serving.c and fuzz/peers/speaker.c."""
import program

QUERY, FEED, DECLARED, DECLARED_FEED, CHECKED, NOWHERE = range(6)
A, BIG_A, B, AB, ACCENT, UUID, BIG_UUID, UUID_X, UUID_Y, K0, K1, K = range(12)
# A part: what a handler comes to, and how many items it gives before.
WAITS, ENDS, OUCH, OTHER, OWN, BREAKS = 0, 1, 3, 4, 5, 7
RETRYABLE, DETAILS, MANY = 8, 16, 255
FINISH, RESET, STOP, LOSE, ARRIVE = range(5)
KEY, NOBODY = 16, 17
NOW, LATER, BUT_ONE, WITH_FIN, LONG = 0, 2, 3, 12, 255
MUCH, LITTLE, ROOM = 0, 1, 2
# Time that passes: these spans, or until the next deadline.
MILLISECOND, SECOND, HALF_MINUTE, HOUR, AT, BEHIND, BEFORE = 0, 1, 2, 3, 4, 5, 6
SECRETS = 15  # who may do everything
# Requests have a second; it ends by losing the connection; there may be much.
SHORT, LOST, PATIENT = 2, 8, 255


def items(count):
    return count << 5


class Story:
    """Streams are numbered as they are opened; a new one is the next."""
    STEPS = program.Steps("serving")

    def __init__(self, peer=SECRETS, terms=0):
        self.out = bytes([peer, terms])
        self.opened = 0

    def step(self, name, *rest):
        self.out += self.STEPS.step(name, *rest)
        return self

    def on(self, stream):
        if stream == self.opened:
            self.opened += 1
            return 0
        return 1 + 4 * stream

    def ask(self, stream, op=QUERY, part=WAITS, id=A, token=None, count=1,
            how=NOW):
        said = 0 if token is None else 3 + 4 * token
        return self.step("speaker_ask", self.on(stream), id, op, part, said,
                         0 if count == 1 else 240 + (count - 2) % 16, how)

    def abort(self, stream, id=A, how=NOW):
        return self.step("speaker_give_up", self.on(stream), id, how)

    def noise(self, stream, count=255, how=NOW):
        return self.step("speaker_make_noise", self.on(stream), count, how)

    def turn(self, what, stream):
        return self.step("speaker_turn", what, self.on(stream))

    def take(self, how, which=0):
        return self.step("speaker_take", how, which)

    def work(self, which=0, part=ENDS):
        return self.step("work", which, part)

    def wait(self, span):
        return self.step("wait", span)

    def reload(self):
        return self.step("reload")


def asked():
    """What becomes of one, of several, under whatever ids."""
    for op in range(6):
        for part in (ENDS, OUCH, OTHER, OWN, BREAKS):
            for more in (0, RETRYABLE, DETAILS, RETRYABLE | DETAILS,
                         items(2)):
                yield Story().ask(0, op, part | more)
        yield Story(peer=16).ask(0, op, ENDS, K0).ask(0, op, ENDS, K)
        yield Story(terms=1).ask(0, op, ENDS).ask(0, QUERY, ENDS)
        yield Story().ask(0, op, ENDS, how=WITH_FIN)
        yield Story().ask(0, op, WAITS).turn(FINISH, 0).work()
        yield Story().ask(0, op | 64, ENDS)
        for count in (2, 9, 17):
            terms = PATIENT if count > 4 else 0
            yield Story(terms=terms).ask(0, op, WAITS, 132, count=count).work()
            yield Story(terms=terms).ask(0, op, ENDS | items(1), count=count)
    yield Story(terms=PATIENT).ask(0, FEED, MANY)
    yield Story().ask(0, FEED, ENDS).ask(0, DECLARED_FEED, ENDS | items(3))
    yield Story().ask(0).ask(1, FEED, WAITS, B, how=BUT_ONE).turn(ARRIVE, 1)
    yield Story(terms=PATIENT).ask(0, how=LONG).ask(1, how=LONG).turn(ARRIVE, 0) \
        .turn(ARRIVE, 1)
    yield Story(terms=PATIENT).noise(0).ask(0, QUERY, ENDS)


def aborted():
    for op in (QUERY, FEED):
        for on in (0, 1):
            yield Story().ask(0, op).abort(on).work()
            yield Story().ask(0, op).abort(on).abort(on).ask(0, op, ENDS)
            yield Story().ask(0, op, ENDS).abort(on).ask(on, op, ENDS)
            yield Story().ask(0, op, B).abort(on, A).ask(on, op, ENDS, A)
            yield Story().ask(0, op, how=LATER).abort(0, A, LATER) \
                .ask(0, op, ENDS, B)
        for id, other in ((A, BIG_A), (UUID, BIG_UUID), (UUID_X, UUID_Y),
                          (UUID, UUID_X), (K0, K1), (K0, K), (A, AB)):
            yield Story().ask(0, op, WAITS, id).ask(0, op, WAITS, other) \
                .abort(1, id).work()
        yield Story().ask(0, op).ask(1, op).ask(0, op, WAITS, B).abort(2, A)
        yield Story().abort(0, A).ask(0, op, ENDS).ask(0, op, ENDS)
        yield Story().ask(0, op, ENDS).abort(0, B).ask(0, op, ENDS, A)
        # while nobody takes what was written
        yield Story().take(LITTLE, 9).ask(0, op, ENDS | items(1)) \
            .ask(0, FEED, WAITS | items(3), B).abort(0, B).take(MUCH)
        yield Story().take(LITTLE, 9).ask(0, FEED, WAITS | items(3), B) \
            .ask(0, op, ENDS).abort(1, B).take(MUCH)
    yield Story().ask(0).abort(1, A).turn(FINISH, 1).turn(FINISH, 0)


def ended():
    for what in (FINISH, RESET, STOP, LOSE):
        yield Story().ask(0, FEED).turn(what, 0)
        yield Story().ask(0).turn(what, 0).work()
        yield Story().ask(0).ask(1).turn(what, 0).work()
        yield Story().ask(0, FEED, WAITS, A, count=3).turn(what, 0).work()
        yield Story().ask(0, FEED).ask(0, QUERY, WAITS, B) \
            .ask(0, FEED, WAITS, AB).turn(what, 0).work()
        yield Story().ask(0).ask(0, FEED, WAITS, B).turn(what, 0).work()
        yield Story().take(LITTLE, 3).ask(0, FEED, ENDS | items(4)) \
            .turn(what, 0).take(MUCH)
        yield Story().ask(0, how=LATER).turn(what, 0).ask(1, QUERY, ENDS)
    yield Story(terms=LOST).ask(0, FEED).ask(1).take(LITTLE, 5).ask(0, 0, ENDS)


def hurried():
    for terms in (0, SHORT, 4, 6):
        for span in (BEFORE, AT, BEHIND, HOUR):
            yield Story(terms=terms).ask(0).ask(0, FEED, WAITS, B).wait(span) \
                .work()
        yield Story(terms=terms).ask(0).wait(SECOND).ask(1, QUERY, WAITS, B) \
            .wait(AT).wait(AT)
        yield Story(terms=terms).take(LITTLE, 7).ask(0, QUERY, ENDS) \
            .ask(0, FEED, ENDS | items(3), AB).ask(0, QUERY, WAITS, B) \
            .wait(AT).take(MUCH)
    yield Story().take(LITTLE, 20).ask(0, FEED, ENDS | items(5)) \
        .take(ROOM, 0).take(ROOM, 0).take(MUCH)


def known():
    for peer in (16, 0, 1, 2, 3, 15):
        for token in (None, 0, 3, 12, KEY, NOBODY):
            yield Story(peer=peer).ask(0, DECLARED, WAITS, A, token) \
                .ask(0, DECLARED, ENDS, B).ask(0, QUERY, ENDS, AB, NOBODY)
            yield Story(peer=peer).ask(0, QUERY, ENDS, A, token).reload() \
                .ask(0, QUERY, ENDS, A, token).ask(0, DECLARED, ENDS)
        yield Story(peer=peer).ask(0, QUERY, ENDS, A, KEY).wait(HALF_MINUTE) \
            .wait(HALF_MINUTE).ask(0, QUERY, ENDS, A, KEY)


def stories():
    for made in (asked, aborted, ended, hurried, known):
        for story in made():
            yield story.out
