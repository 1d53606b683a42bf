/* SPDX-License-Identifier: MIT */
/*
 * A node that asks, over two connections, and peers who answer correctly, but
 * as they like: anywhere, in any order, to those who have given up, too; who
 * end streams with somebody waiting, grant few of them, let little go out, and
 * vanish. Whoever asks gives up, has enough for now, waits for this long or
 * without end.
 *
 * What becomes of each is told ahead, exactly (fate.h): after every step he has
 * to have all the items that are due, in order, and his end if it is due, with
 * what the peer said of it, and nothing else and no sooner. Of frames there
 * leave the request when there is a stream for it, one abort if it was given
 * up, and nothing else.
 *
 * The first byte: how many streams may be opened on each connection. Then
 * steps; the byte of each says which connection it is about, too, and whether
 * all that can be done is done before the next.
 */
#include "fuzz/broken.h"
#include "fuzz/feed.h"
#include "fuzz/peers/fate.h"
#include "fuzz/peers/mouth.h"
#include "fuzz/peers/port.h"
#include "fuzz/peers/stock.h"
#include "fuzz/target.h"

#define STEPS_MAX 40
#define SECOND 1000000000u
#define PATIENCE (30ull * SECOND) /* of a call that does not say [TO-5] */

/* Whoever asks, beside what becomes of him. */
struct asker {
    struct line *line;
    uint64_t ticket;
    uint32_t items, told, aborts; /* aborts that have left for him */
    bool is_said;                 /* his request has left … */
    char id[UUID_LEN];            /* … under this */
};

/* A connection. */
struct line {
    struct port port;
    struct fate fate;
    struct asker askers[FATE_ASKERS_MAX];
    uint32_t asked; /* of them */
    size_t room;    /* that a write finds */
};

static struct feed feed;
static struct registry registry;        /* nothing is offered */
static const struct auth_policy policy; /* nobody is known */
static struct line lines[2];
static struct node *node;
static uint64_t now_ns;
static uint32_t drawn; /* ids so far */

/* ------------------------------------------------------------- the judge */

static struct fate_asker *fate_of(struct asker *a)
{
    return &a->line->fate.askers[a - a->line->askers];
}

static bool take_item(void *self, struct slice output)
{
    struct asker *a = self;
    const struct fate_asker *due = fate_of(a);
    const struct fate *f = &a->line->fate;

    broken_unless(a->told == 0, "SU-4", "an item behind the end");
    broken_unless(a->items < due->item_count, "PM-13",
                  "an item that is not due: %.*s", (int)output.len,
                  (const char *)output.data);
    broken_unless(
        slice_equal(output, mouth_output(f->words[due->items[a->items]].text)),
        "SU-7", "another item is due than %.*s", (int)output.len,
        (const char *)output.data);
    a->items++;
    if (a->items == due->quits)
        client_abort(a->line->port.c, a->ticket);
    return !due->appetite || a->items % due->appetite;
}

static void told_error(const struct pending_outcome *o, struct mouth_error due)
{
    broken_unless(slice_equal(o->error.code, slice_of(due.code)), "EC-1",
                  "%.*s is told where %s is due", (int)o->error.code.len,
                  (const char *)o->error.code.data, due.code);
    broken_unless(o->error.retryable == due.retryable, "EC-2",
                  "%s is told to be %s", due.code,
                  due.retryable ? "final" : "retryable");
    broken_unless(slice_equal(o->error.details, slice_of(due.details)), "ER-1",
                  "%s comes with other details than it has", due.code);
}

static void told_as_due(const struct fate *f, const struct fate_asker *due,
                        const struct pending_outcome *o)
{
    static const struct mouth_error late = {"TIMEOUT", true, ""},
                                    ours = {"INTERNAL", false, ""};
    const uint32_t text = f->words[due->word].text;

    broken_unless(o->is_ok ==
                      (due->end == FATE_OUTPUT || due->end == FATE_COMPLETE),
                  due->rule, "it is told to have gone %s, and has not",
                  o->is_ok ? "well" : "ill");
    broken_unless(o->is_aborted == (due->end == FATE_ABORTED), "PM-14",
                  "it is told to have been %s, and has not",
                  o->is_aborted ? "aborted" : "ended otherwise");
    if (due->end == FATE_OUTPUT)
        broken_unless(slice_equal(o->output, mouth_output(text)), "ID-7",
                      "another result is due than %.*s", (int)o->output.len,
                      (const char *)o->output.data);
    else if (due->end == FATE_COMPLETE)
        broken_unless(o->output.len == 0, "SU-2", "a result of a subscription");
    else if (due->end == FATE_ERROR)
        told_error(o, mouth_error(text));
    else
        told_error(o, due->end == FATE_TIMEOUT ? late : ours);
}

/* By which rule it is too soon. */
static const char *too_soon(const struct pending_outcome *o)
{
    if (!o->is_ok && slice_equal(o->error.code, slice_of("TIMEOUT")))
        return "TO-2";
    return o->is_aborted ? "AB-2" : "SM-16";
}

static struct slice name_of(uint32_t which)
{
    static char name[] = "/w/0";

    name[3] = (char)('0' + which);
    return slice_of(name);
}

/* Whose question that is, "/w/0" to "/w/7"; NULL: nobody's. */
static struct asker *asker_of(struct line *l, struct slice name)
{
    for (uint32_t i = 0; i < l->fate.asker_count; i++)
        if (slice_equal(name, name_of(i)))
            return &l->askers[i];
    return NULL;
}

/* A request leaves on the stream that was opened for it, an abort for who has
 * given up what was sent. */
static void said(void *self, struct port_stream *s, const struct event *e)
{
    struct line *l = self;
    struct asker *a = NULL;

    if (event_is(e, "requested")) {
        a = asker_of(l, e->operation);
        broken_unless(a && !a->is_said &&
                          fate_of(a)->own == &l->fate.streams[1][s->id / 4],
                      "SM-25", "a request leaves that is not due there");
        a->is_said = true;
        memcpy(a->id, e->id.data, UUID_LEN);
        return;
    }
    for (uint32_t i = 0; i < l->fate.asker_count; i++)
        if (l->askers[i].is_said &&
            slice_equal(e->id, slice_make(l->askers[i].id, UUID_LEN)))
            a = &l->askers[i];
    broken_unless(a && ++a->aborts <= fate_of(a)->aborts, "AB-1",
                  "an abort leaves that is not due");
}

/* [SM-7, PM-10] Nobody may be waiting for what comes there. */
static void look_at_stream(struct line *l, struct fate_stream *s,
                           const struct port_stream *there)
{
    s->is_clogged = there->is_blocked && !there->is_out_over;
    if (!there->is_stop_said || s->is_deaf || s->is_over)
        return;
    broken_unless(fate_is_idle(&l->fate, s), "SM-7",
                  "a stream is not wanted on which answers come");
    s->is_deaf = true;
}

/* Is there nothing of ours that still has to leave? */
static bool look_at_streams(struct line *l)
{
    bool is_clear = !l->fate.has_aborts;

    for (uint32_t is_ours = 0; is_ours < 2; is_ours++)
        for (uint32_t i = 0; i < l->fate.stream_count[is_ours]; i++) {
            struct fate_stream *s = &l->fate.streams[is_ours][i];
            const struct port_stream *there =
                port_at(&l->port, is_ours != 0, i);

            if (there)
                look_at_stream(l, s, there);
            is_clear = is_clear && !s->is_clogged;
        }
    return is_clear;
}

/* Nothing that is due is missing. */
static void check(struct line *l)
{
    const bool is_clear = look_at_streams(l);

    for (uint32_t i = 0; i < l->fate.asker_count; i++) {
        const struct asker *a = &l->askers[i];
        const struct fate_asker *due = &l->fate.askers[i];

        broken_unless(a->items == due->item_count, "PM-10",
                      "%u items were told, and %u are due", a->items,
                      due->item_count);
        broken_unless(a->told || due->end == FATE_WAITS,
                      due->rule ? due->rule : "CL-1",
                      "somebody is not told his end");
        broken_unless(
            !is_clear || l->fate.is_closed || a->aborts == due->aborts, "AB-1",
            "%u aborts left, and %u are due", a->aborts, due->aborts);
        broken_unless(!is_clear || l->fate.is_closed || a->is_said ||
                          !due->own || due->own->is_cut,
                      "SM-25", "a request has a stream, and does not leave");
    }
}

static uint64_t min(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void check_all(void)
{
    const struct connection_stats stats = node_count(node);

    for (int i = 0; i < 2; i++) {
        check(&lines[i]);
        port_check(&lines[i].port, fate_paused(&lines[i].fate));
    }
    broken_unless(stats.pending == fate_waiting(&lines[0].fate) +
                                       fate_waiting(&lines[1].fate),
                  "PM-1", "%zu requests wait, and others asked", stats.pending);
    broken_unless(node_deadline(node) ==
                      min(fate_due(&lines[0].fate), fate_due(&lines[1].fate)),
                  "TO-2", "somebody else's time is the next to come");
}

/* ------------------------------------------------------------- our side */

/* How long somebody waits who does not say [TO-5, TO-9]. */
static uint64_t usual(bool is_feed)
{
    return is_feed ? NEVER : PATIENCE;
}

static void send(struct line *l);

static void tell(void *self, const struct pending_outcome *o)
{
    struct asker *a = self;
    const struct fate_asker *due = fate_of(a);

    broken_unless(a->told++ == 0, "PM-8", "somebody is told his end twice");
    broken_unless(due->end != FATE_WAITS, too_soon(o),
                  "somebody is told an end that has not come: %.*s",
                  (int)o->error.code.len, (const char *)o->error.code.data);
    broken_unless(a->items == due->item_count, "PM-10",
                  "it ends with %u items of %u", a->items, due->item_count);
    told_as_due(&a->line->fate, due, o);
    if (due->is_insistent && a->line->asked < FATE_ASKERS_MAX)
        send(a->line);
}

/* The next one of whom is told ahead what becomes of him asks. */
static void send(struct line *l)
{
    const uint32_t which = l->asked++;
    const struct fate_asker *due = &l->fate.askers[which];
    const struct client_request request = {
        .operation = name_of(which),
        .input = slice_of("{}"),
        .timeout_ns =
            due->patience_ns == usual(due->is_feed) ? 0 : due->patience_ns};
    struct asker *a = &l->askers[which];
    uint64_t ticket;

    *a = (struct asker){.line = l};
    ticket = due->is_feed
                 ? client_subscribe(l->port.c, &request,
                                    (struct pending_waiter){tell, take_item, a})
                 : client_call(l->port.c, &request,
                               (struct pending_waiter){tell, NULL, a});
    a->ticket = ticket;
}

static void ask(struct line *l, uint32_t how)
{
    static const uint64_t limits[] = {0, 3ull * SECOND, 1000, 90ull * SECOND};
    const uint64_t limit = limits[how >> 1 & 3];
    const bool is_feed = (how & 1) != 0;

    if (l->fate.asker_count == FATE_ASKERS_MAX)
        return;
    fate_ask(&l->fate,
             &(struct fate_asker){.is_feed = is_feed,
                                  .patience_ns = limit ? limit : usual(is_feed),
                                  .appetite = how >> 3 & 3,
                                  .quits = how >> 5 & 3,
                                  .is_insistent = (how & 128) != 0});
    send(l);
}

static void give_up(struct line *l, uint32_t which)
{
    if (!l->fate.asker_count)
        return;
    which %= l->fate.asker_count;
    fate_abort(&l->fate, &l->fate.askers[which]);
    client_abort(l->port.c, l->askers[which].ticket);
}

static void resume(struct line *l, uint32_t which)
{
    if (!l->fate.asker_count)
        return;
    which %= l->fate.asker_count;
    fate_resume(&l->fate, &l->fate.askers[which]);
    client_resume(l->port.c, l->askers[which].ticket);
}

/* ------------------------------------------------------------- the peer */

/* A stream of ours or of the peer's, perhaps a new one; NULL: there is none. */
static struct fate_stream *some_stream(struct line *l, uint32_t wish)
{
    const uint32_t is_ours = wish & 1, place = wish >> 1;
    const uint32_t count = l->fate.stream_count[is_ours];

    if (is_ours)
        return count ? &l->fate.streams[1][place % count] : NULL;
    if (place % 4 < count)
        return &l->fate.streams[0][place % 4];
    return port_opens(&l->port) ? fate_opens(&l->fate) : NULL;
}

static struct port_stream *port_of(struct line *l, const struct fate_stream *s)
{
    return port_at(&l->port, s->is_ours,
                   (size_t)(s - l->fate.streams[s->is_ours]));
}

/* The id of whoever asked, once it is known; of one who asked over the other
 * connection; of nobody. */
static struct slice id_of(struct line *l, uint32_t whom, uint32_t *ret_whom)
{
    const struct line *other = &lines[l == lines];
    const uint32_t count = l->fate.asker_count;

    *ret_whom = FATE_NOBODY;
    whom = whom % (count + 1);
    if (whom < count && l->askers[whom].is_said) {
        *ret_whom = whom;
        return slice_make(l->askers[whom].id, UUID_LEN);
    }
    if (other->fate.asker_count && other->askers[0].is_said)
        return slice_make(other->askers[0].id, UUID_LEN);
    return slice_of("nobody");
}

static bool may_speak(const struct fate_stream *s,
                      const struct port_stream *there)
{
    return there && !s->is_fin_said && !s->is_over && !s->is_deaf &&
           !there->is_stop_said;
}

static void arrive(struct line *l, struct fate_stream *s)
{
    fate_arrive(&l->fate, s);
    port_arrive(&l->port, port_of(l, s), SIZE_MAX);
}

/* The peer says something to somebody: on the stream of his request, or where
 * it likes. It arrives at once, or with what comes behind it. */
static void speak(struct line *l, uint32_t where)
{
    const uint32_t whom = feed_byte(&feed), what = feed_byte(&feed);
    struct fate_word w = {.event = mouth_event(what & 7),
                          .text = l->fate.word_count * 4 + (what >> 3 & 3)};
    const struct slice id = id_of(l, whom, &w.whom);
    struct fate_stream *s = where & 1 || w.whom == FATE_NOBODY
                                ? some_stream(l, where >> 1)
                                : l->fate.askers[w.whom].own;
    struct port_stream *there = s ? port_of(l, s) : NULL;

    if (!there || !may_speak(s, there) || l->fate.is_closed ||
        l->fate.word_count == FATE_WORDS_MAX)
        return;
    mouth_say(there, what & 7, id, w.text);
    fate_say(&l->fate, s, w);
    if (what & 64) {
        port_hear(there, slice_make(NULL, 0), true);
        s->is_fin_said = true;
    }
    if (!(what & 128))
        arrive(l, s);
}

/* The peer's half ends, by FIN or at once; what was kept back arrives; it takes
 * no more there, or both halves are gone: not before it has our aborts. */
static void disturb(struct line *l, uint32_t where)
{
    const uint32_t how = feed_byte(&feed) % 5;
    struct fate_stream *s = some_stream(l, where);
    struct port_stream *there = s ? port_of(l, s) : NULL;

    if (!there || l->fate.is_closed)
        return;
    if (how == 0 && may_speak(s, there)) {
        port_hear(there, slice_make(NULL, 0), true);
        s->is_fin_said = true;
        arrive(l, s);
    } else if (how == 1) {
        arrive(l, s);
    } else if (how == 2 && !there->is_in_over) {
        fate_reset(&l->fate, s);
        port_reset(&l->port, there);
    } else if (how == 3 && !(s->is_clogged && s->whose == FATE_NOBODY)) {
        fate_stop(&l->fate, s);
        port_stop(&l->port, there);
    } else if (how == 4 && !(s->is_clogged && s->whose == FATE_NOBODY)) {
        fate_gone(&l->fate, s);
        port_gone(&l->port, there);
    }
}

/* ------------------------------------------------------------- the network */

static void grant(struct line *l, uint32_t count)
{
    l->fate.credit += count % 4;
    port_grant(&l->port, count % 4);
}

/* So much of what we write goes out at once from now on, and there is room
 * again wherever there was none; or streams cannot be opened after all. */
static void make_room(struct line *l, uint32_t room)
{
    l->fate.is_dry = room >= 128;
    l->room = room % 128 ? 8 * (room % 128) : SIZE_MAX;
    for (size_t i = 0; i < l->port.opened[1]; i++)
        if (port_at(&l->port, true, i))
            port_room(&l->port, port_at(&l->port, true, i));
}

static void connect(struct line *l)
{
    const uint32_t side = (uint32_t)(l - lines);

    port_begin(&l->port, node,
               node_add(node, slice_make(NULL, 0), (struct peer_filter){false}),
               side);
    fate_begin(&l->fate, now_ns);
    l->port.said = said;
    l->port.self = l;
    l->asked = 0;
    l->room = SIZE_MAX;
}

/* It is told that it is lost, or that it is no more, and there is another. */
static void lose(struct line *l, uint32_t how)
{
    fate_lose(&l->fate);
    if (how & 1) {
        port_close(&l->port);
        return;
    }
    port_cut(&l->port);
    check(l);
    port_end(&l->port);
    connect(l);
}

static void pass_time(struct line *l, uint32_t how)
{
    const uint64_t due =
        min(fate_due(&lines[0].fate), fate_due(&lines[1].fate));
    uint64_t then = now_ns + 1000000;

    (void)l;
    if (how % 4 == 1 && due != NEVER)
        then = due;
    else if (how % 4 == 2 && due != NEVER && due > now_ns)
        then = due - 1;
    else if (how % 4 == 3)
        then = now_ns + 40ull * SECOND;
    now_ns = then;
    fate_wait(&lines[0].fate, now_ns);
    fate_wait(&lines[1].fate, now_ns);
    node_advance(node, now_ns);
}

/* ------------------------------------------------------------- the program */

/* All that can be done is done, and told. */
static void settle(void)
{
    for (int i = 0; i < 2; i++) {
        fate_poll(&lines[i].fate);
        while (port_poll(&lines[i].port, lines[i].room, !lines[i].fate.is_dry))
            ;
    }
    check_all();
}

static void step(void)
{
    static void (*const steps[])(struct line * l, uint32_t how) = {
        ask,     ask,    speak,   speak, speak,     speak,     speak,  give_up,
        disturb, resume, disturb, grant, pass_time, make_room, resume, lose};
    const uint32_t what = feed_byte(&feed);

    steps[what & 15](&lines[what >> 7], feed_byte(&feed));
    if (!(what & 64))
        settle();
}

static void begin(struct slice input)
{
    const struct node_config config = {
        .registry = &registry, .policy = &policy, .entropy = stock_ids(&drawn)};
    uint32_t credit;

    feed = (struct feed){input};
    now_ns = drawn = 0;
    node = node_new(&config);
    credit = feed_byte(&feed);
    for (int i = 0; i < 2; i++) {
        connect(&lines[i]);
        lines[i].fate.credit = credit >> 4 * i & 15;
        port_grant(&lines[i].port, lines[i].fate.credit);
    }
}

/* There is room for everything, all is said that has to be; then there is no
 * connection any more. */
static void finish(void)
{
    for (int i = 0; i < 2; i++) {
        make_room(&lines[i], 0);
        grant(&lines[i], 3);
    }
    settle();
    for (int i = 0; i < 2; i++) {
        fate_lose(&lines[i].fate);
        port_cut(&lines[i].port);
        check(&lines[i]);
        port_end(&lines[i].port);
    }
    node_free(node);
}

static void run(struct slice input)
{
    begin(input);
    for (int i = 0; i < STEPS_MAX && !feed_is_over(&feed); i++)
        step();
    finish();
}

const struct target target_asking = {
    .name = "asking",
    .promise = "Whoever asks is told all that is for him and his end, exactly "
               "when it is due, whatever a correct peer does, and nothing "
               "leaves but his request and, when he gives up, one abort.",
    .rules = "AB-1 AB-2 AB-3 AB-31 AB-32 CL-1 CL-5 CN-3 CN-6 CN-8 EC-1 "
             "EC-2 ER-1 EV-1 EV-4 EV-6 FL-13 FR-1 FR-3 FR-4 FR-8 FR-14 "
             "ID-2 ID-7 PM-1 PM-8 PM-10 PM-13 PM-14 SM-2 SM-7 SM-16 "
             "SM-18 SM-25 SM-26 SU-2 SU-3 SU-4 SU-7 SU-9 TO-1 TO-2",
    .run = run,
};
