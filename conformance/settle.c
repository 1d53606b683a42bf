/* SPDX-License-Identifier: MIT */
/*
 * Waiting at L2, where time is real and nobody says that nothing more will
 * come. What is awaited either comes, or a fence shows that it will not; the
 * clock only decides when the fence is asked, and bounds it all.
 */
#include "conformance/ask.h"
#include "conformance/body.h"
#include "conformance/network.h"
#include "ref/host/entropy.h"

#define QUIET_NS 250000000ull /* after that, ask the fence */
#define REST_NS 20000000ull   /* of quiet, where there is no fence to ask */

/* By how much the weather may change the order of what is sent. */
static uint64_t lateness(const struct scene *s)
{
    return s->instance->net ? s->instance->net->late_ns : 0;
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Whether settling would show that no more can come: everything is open, and
 * the testee has both the fence and an answer for each connection. */
static bool can_prove(const struct scene *s)
{
    const struct network *n = s->network;

    if (n->is_proving || !s->conns || !scene_can(s, "fence") ||
        !scene_can(s, "serve"))
        return false;
    for (const struct conn *c = s->conns; c; c = c->next) {
        if (!c->is_up || !c->opened || c->closed || !c->quic)
            return false;
    }
    return true;
}

/* Lets everything happen that is due already. */
static void run_dry(struct scene *s)
{
    struct network *n = network_of(s);
    uint64_t before;

    do {
        before = n->turns;
        loop_run_once(n->loop, entropy_now_ns());
        (void)testee_take(s->testee);
    } while (n->turns != before);
}

/* A while in which nothing happens, or ten of them in which it does. */
static void rest(struct scene *s, uint64_t while_ns)
{
    struct network *n = network_of(s);
    uint64_t latest_ns = entropy_now_ns() + 10 * while_ns;
    uint64_t until_ns = entropy_now_ns() + while_ns;

    n->stirred_ns = 0;
    while (entropy_now_ns() < until_ns) {
        loop_run_once(n->loop, until_ns);
        if (n->stirred_ns)
            until_ns = sooner(latest_ns, n->stirred_ns + while_ns);
    }
}

/* What is in vain is found out by the fence, not by waiting to the end: after
 * a quiet spell all is settled, and then whatever was to come has come, unless
 * it was lost on the way, and then it comes again. */
bool settle_wait(struct scene *s, uint64_t deadline_ns)
{
    struct network *n = network_of(s);
    uint64_t begun_ns = deadline_ns - s->patience_ns;
    uint64_t quiet_ns =
        (n->stirred_ns > begun_ns ? n->stirred_ns : begun_ns) + QUIET_NS;
    uint64_t now_ns = entropy_now_ns();

    if (now_ns >= deadline_ns)
        return false;
    if (testee_take(s->testee))
        return true;
    if (!can_prove(s))
        quiet_ns = deadline_ns;
    if (now_ns >= quiet_ns) {
        scene_settle(s);
        rest(s, QUIET_NS);
        run_dry(s);
        return false;
    }
    loop_run_once(n->loop, sooner(sooner(deadline_ns, quiet_ns),
                                  testee_deadline(s->testee)));
    (void)testee_take(s->testee);
    return true;
}

/* What QUIC had no room for is behind what waits for the testee's window. */
static bool is_flushed(void *what)
{
    const struct conn *c = what;

    return !c->quic || quic_is_flushed(c->quic);
}

/* Waits for the acknowledgement of all that was sent, which a peer may put off
 * unless it is hurried. */
static bool await_flushed(struct scene *s, struct conn *c)
{
    bool has_come;

    if (is_flushed(c))
        return true;
    quic_hurry(c->quic, true);
    network_turn(c->post);
    has_come = scene_await(s, is_flushed, c);
    if (c->quic)
        quic_hurry(c->quic, false);
    return has_come;
}

void settle_arrive(struct scene *s)
{
    struct network *n = s->network;

    if (!n || n->is_proving || !lateness(s))
        return;
    n->is_proving = true;
    for (struct conn *c = s->conns; c; c = c->next) {
        if (c->is_up && c->quic)
            (void)await_flushed(s, c);
    }
    n->is_proving = false;
}

/* Without a fence the answer is all that bounds a silence before it. */
static void must_have_answered(struct conn *c)
{
    if (scene_lacks(c->scene, "absence") && !c->closed)
        scene_stop(c->scene, VERDICT_FAIL,
                   "an answer to a later request on the connection", "none");
}

/* It is itself the proof that is asked for after a quiet spell, so what it
 * waits for has the whole patience: a machine under load may be quiet for long.
 */
void settle(struct scene *s)
{
    struct network *n = network_of(s);
    bool was_proving = n->is_proving;

    n->is_proving = true;
    for (struct conn *c = s->conns; c; c = c->next) {
        if (!c->is_up || !c->opened || c->closed)
            continue;
        if (!await_flushed(s, c))
            scene_stop(s, VERDICT_FAIL, "a testee that acknowledges", "none");
        if (scene_can(s, "fence") && c->is_up && !c->closed)
            (void)scene_try_verb(s, "fence",
                                 scene_text(s, "\"conn\":\"%s\"", c->name));
        if (scene_can(s, "serve") && c->quic &&
            quic_streams_left(c->quic) > 0 && !ask_round_trip(c))
            must_have_answered(c);
    }
    if (scene_lacks(s, "absence"))
        rest(s, REST_NS);
    if (lateness(s))
        rest(s, lateness(s));
    run_dry(s);
    n->is_proving = was_proving;
}
