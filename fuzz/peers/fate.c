/* SPDX-License-Identifier: MIT */
/* See fate.h. */
#include "fuzz/peers/fate.h"

/* ------------------------------------------------------------- endings */

/* A stream that is not read for him may be read again, in its turn. */
static void let_flow(struct fate *f, struct fate_asker *a)
{
    struct fate_stream *s = a->full;

    a->full = NULL;
    if (s && --s->full == 0 && (s->arrived > s->read || s->is_fin_there))
        s->turn = ++f->turns;
}

static void finish(struct fate *f, struct fate_asker *a, enum fate_end end,
                   const char *rule)
{
    let_flow(f, a);
    a->end = end;
    a->rule = rule;
    if (a->is_insistent && f->asker_count < FATE_ASKERS_MAX)
        fate_ask(f, &(struct fate_asker){.is_feed = a->is_feed,
                                         .appetite = a->appetite,
                                         .patience_ns = a->patience_ns});
}

/* Nobody hears what is said there any more, unless others' words came. */
static void hang_up(struct fate_stream *s)
{
    s->whose = FATE_NOBODY;
    s->is_deaf = s->is_deaf || !s->is_shared;
}

/* [AB-1] One abort leaves, behind the request where that is on its way. */
static void say_abort(struct fate *f, struct fate_asker *a)
{
    a->aborts++;
    f->has_aborts = f->has_aborts || !a->own->is_clogged;
}

/* [AB-3] It is over at once; what was not sent never is. */
static void give_up(struct fate *f, struct fate_asker *a, enum fate_end end,
                    const char *rule)
{
    if (a->own) {
        say_abort(f, a);
        hang_up(a->own);
    }
    finish(f, a, end, rule);
}

void fate_abort(struct fate *f, struct fate_asker *a)
{
    if (a->end == FATE_WAITS)
        give_up(f, a, FATE_ABORTED, "AB-3");
}

void fate_resume(struct fate *f, struct fate_asker *a)
{
    let_flow(f, a);
}

void fate_lose(struct fate *f)
{
    f->is_closed = true;
    for (uint32_t i = 0; i < f->asker_count; i++)
        if (f->askers[i].end == FATE_WAITS)
            finish(f, &f->askers[i], FATE_INTERNAL, "CN-6");
}

/* ------------------------------------------------------------- words */

/* [SU-7] One after the other; whoever takes it may have enough, or give up. */
static void item(struct fate *f, struct fate_stream *s, struct fate_asker *a,
                 uint32_t word)
{
    if (a->full) {
        give_up(f, a, FATE_INTERNAL, "PM-13");
        return;
    }
    a->items[a->item_count++] = (uint8_t)word;
    if (a->item_count == a->quits) {
        give_up(f, a, FATE_ABORTED, "AB-3");
    } else if (a->appetite && a->item_count % a->appetite == 0) {
        a->full = s;
        s->full++;
    }
}

/* [CL-4] A second result of a call is the item of a subscription, where one
 * comes behind the other; else nobody waits for it. */
static void drop(struct fate *f, struct fate_stream *s, bool is_its_own)
{
    if (!is_its_own || !s->is_answered || s->is_deaf)
        return;
    f->askers[s->whose].aborts++;
    f->has_aborts = true;
    hang_up(s);
}

static void responded(struct fate *f, struct fate_stream *s,
                      struct fate_asker *a, uint32_t word)
{
    const bool is_its_own = a && a->own == s && s->whose != FATE_NOBODY;

    if (!a || a->end != FATE_WAITS) {
        drop(f, s, is_its_own);
    } else if (a->is_feed) {
        item(f, s, a, word);
    } else {
        s->is_answered = s->is_answered || is_its_own;
        finish(f, a, FATE_OUTPUT, "SM-7");
    }
}

/* [PM-10] Not while items may lie unread elsewhere; [CL-5] and a call has no
 * end without a result. */
static void completed(struct fate *f, struct fate_asker *a)
{
    if (a->full && !a->full->is_over)
        give_up(f, a, FATE_INTERNAL, "PM-10");
    else if (a->is_feed)
        finish(f, a, FATE_COMPLETE, "SU-2");
    else
        finish(f, a, FATE_INTERNAL, "CL-5");
}

static void hear(struct fate *f, struct fate_stream *s, uint32_t number)
{
    const struct fate_word *w = &f->words[number];
    struct fate_asker *a = w->whom == FATE_NOBODY ? NULL : &f->askers[w->whom];
    const bool waits = a && a->end == FATE_WAITS;

    s->is_shared = s->is_shared || w->whom != s->whose || !a;
    if (waits)
        a->word = number;
    if (w->event == FATE_RESPONDED)
        responded(f, s, a, number);
    else if (w->event == FATE_COMPLETED && waits)
        completed(f, a);
    else if (w->event == FATE_FAILED && waits)
        finish(f, a, FATE_ERROR, "SU-3");
    else if (w->event == FATE_GIVEN_UP && waits && s->is_ours)
        finish(f, a, FATE_ABORTED, "AB-31");
}

/* ------------------------------------------------------------- streams */

static struct fate_stream *add(struct fate *f, bool is_ours, uint32_t whose)
{
    struct fate_stream *s = &f->streams[is_ours][f->stream_count[is_ours]++];

    assert(f->stream_count[is_ours] <= FATE_STREAMS_MAX);
    *s = (struct fate_stream){.is_ours = is_ours, .whose = whose};
    return s;
}

/* [SM-18, SM-19] Who waits for an answer to what went out there waits in vain.
 */
static void fail_own(struct fate *f, struct fate_stream *s)
{
    struct fate_asker *a =
        s->whose == FATE_NOBODY ? NULL : &f->askers[s->whose];

    if (a && a->end == FATE_WAITS)
        finish(f, a, FATE_INTERNAL, "SM-18");
}

/* The end came behind all that was said: nobody has lost anything by it. */
static void end(struct fate *f, struct fate_stream *s)
{
    s->is_over = true;
    fail_own(f, s);
}

/* One word after the other, while nobody has enough of it. */
static void read_on(struct fate *f, struct fate_stream *s)
{
    while (s->read < s->arrived && !s->full && !s->is_deaf && !s->is_over)
        hear(f, s, s->words[s->read++]);
    if (s->is_deaf)
        s->read = s->arrived;
    if (s->is_fin_there && s->read == s->arrived && !s->is_over)
        end(f, s);
}

struct fate_stream *fate_opens(struct fate *f)
{
    return add(f, false, FATE_NOBODY);
}

void fate_say(struct fate *f, struct fate_stream *s, struct fate_word word)
{
    assert(f->word_count < FATE_WORDS_MAX);
    f->words[f->word_count] = word;
    s->words[s->said++] = (uint8_t)f->word_count++;
}

/* Behind what lies unread it lies unread, too. */
void fate_arrive(struct fate *f, struct fate_stream *s)
{
    const bool is_behind = s->arrived > s->read;

    s->arrived = s->said;
    s->is_fin_there = s->is_fin_said;
    if (!is_behind)
        read_on(f, s);
}

/* [PM-10] What may have come for those who had enough is lost, and they know.
 */
static void fail_all(struct fate *f, struct fate_stream *s)
{
    fail_own(f, s);
    for (uint32_t i = 0; i < f->asker_count && s->full && !s->is_over; i++)
        if (f->askers[i].full == s)
            finish(f, &f->askers[i], FATE_INTERNAL, "PM-10");
}

void fate_reset(struct fate *f, struct fate_stream *s)
{
    if (s->is_over)
        return;
    s->arrived = s->read = s->said;
    fail_all(f, s);
    s->is_over = true;
}

/* What waits for room there never leaves. */
static void cut(struct fate_stream *s)
{
    s->is_cut = s->is_cut || s->is_clogged;
    s->is_clogged = false;
}

void fate_stop(struct fate *f, struct fate_stream *s)
{
    if (!s->is_clogged)
        return;
    fail_all(f, s);
    cut(s);
}

void fate_gone(struct fate *f, struct fate_stream *s)
{
    if (!s->is_fin_there)
        fate_reset(f, s);
    cut(s);
}

/* ------------------------------------------------------------- asking */

void fate_begin(struct fate *f, uint64_t now_ns)
{
    f->word_count = f->asker_count = 0;
    f->stream_count[0] = f->stream_count[1] = 0;
    f->credit = 0;
    f->has_aborts = f->is_closed = f->is_dry = false;
    f->turns = 0;
    f->now_ns = now_ns;
}

void fate_ask(struct fate *f, const struct fate_asker *asker)
{
    struct fate_asker *a = &f->askers[f->asker_count++];

    assert(f->asker_count <= FATE_ASKERS_MAX);
    *a = *asker;
    a->limit_ns = a->patience_ns == NEVER ? NEVER : f->now_ns + a->patience_ns;
    if (f->is_closed)
        finish(f, a, FATE_INTERNAL, "CN-6");
}

/* Who waits for a stream, the first of them; NULL: nobody. */
static struct fate_asker *unsent(struct fate *f)
{
    for (uint32_t i = 0; i < f->asker_count; i++)
        if (f->askers[i].end == FATE_WAITS && !f->askers[i].own)
            return &f->askers[i];
    return NULL;
}

/* All aborts together, before requests; [SM-25] each of those on its own. */
static bool open_stream(struct fate *f)
{
    struct fate_asker *a = f->has_aborts ? NULL : unsent(f);

    if (f->credit == 0 || (!a && !f->has_aborts))
        return false;
    f->credit--;
    if (f->is_dry) {
        f->credit = 0;
        return false;
    }
    if (a)
        a->own = add(f, true, (uint32_t)(a - f->askers));
    else
        (void)add(f, true, FATE_NOBODY);
    f->has_aborts = false;
    return true;
}

/* The stream whose turn it is, or NULL. */
static struct fate_stream *next(struct fate *f)
{
    struct fate_stream *first = NULL;

    for (uint32_t i = 0; i < 2; i++)
        for (uint32_t k = 0; k < f->stream_count[i]; k++) {
            struct fate_stream *s = &f->streams[i][k];

            if (s->turn && (!first || s->turn < first->turn))
                first = s;
        }
    return first;
}

void fate_poll(struct fate *f)
{
    struct fate_stream *s = NULL;

    while (!f->is_closed && (open_stream(f) || (s = next(f)))) {
        if (s) {
            s->turn = 0;
            read_on(f, s);
        }
        s = NULL;
    }
}

/* [TO-1, TO-2] To the tick, the longest first. */
void fate_wait(struct fate *f, uint64_t now_ns)
{
    f->now_ns = now_ns;
    while (fate_due(f) <= now_ns) {
        const uint64_t due = fate_due(f);
        uint32_t i = 0;

        while (f->askers[i].end != FATE_WAITS || f->askers[i].limit_ns != due)
            i++;
        give_up(f, &f->askers[i], FATE_TIMEOUT, "TO-1");
    }
}

uint64_t fate_due(const struct fate *f)
{
    uint64_t due = NEVER;

    for (uint32_t i = 0; i < f->asker_count; i++)
        if (f->askers[i].end == FATE_WAITS && f->askers[i].limit_ns < due)
            due = f->askers[i].limit_ns;
    return due;
}

/* ------------------------------------------------------------- counting */

uint32_t fate_paused(const struct fate *f)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < f->asker_count; i++)
        count += f->askers[i].full != NULL;
    return count;
}

uint32_t fate_waiting(const struct fate *f)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < f->asker_count; i++)
        count += f->askers[i].end == FATE_WAITS;
    return count;
}

bool fate_is_idle(const struct fate *f, const struct fate_stream *s)
{
    return s->is_ours && !s->full && s->read == s->arrived &&
           (s->whose == FATE_NOBODY || f->askers[s->whose].end != FATE_WAITS);
}
