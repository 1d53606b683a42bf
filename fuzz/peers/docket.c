/* SPDX-License-Identifier: MIT */
/* See docket.h. */
#include "fuzz/peers/docket.h"

#include "fuzz/broken.h"
#include "fuzz/peers/stock.h"

void docket_begin(struct docket *d, const struct gate_op *ops, bool is_open,
                  uint32_t peer, uint64_t timeout_ns)
{
    memset(d, 0, offsetof(struct docket, requests));
    memset(&d->request_count, 0,
           sizeof *d - offsetof(struct docket, request_count));
    d->ops = ops;
    d->is_open = is_open;
    d->peer = peer;
    d->timeout_ns = timeout_ns;
}

/* ------------------------------------------------------------- who */

/* [AU-1] Who asks follows from what this request says and is now. [AU-2, IP-7]
 * Whose connection it is was settled when it was made. */
static struct docket_who who_of(const struct docket *d, uint32_t token)
{
    const struct docket_who peer = {d->peer, d->peer};
    const struct docket_who key = {DOCKET_KEY, STOCK_KEY_RIGHTS};

    if (token == DOCKET_KEY)
        return d->now_ns / 1000000000 < STOCK_KEY_ENDS_S ? key : peer;
    if (token >= GATE_KNOWN)
        return peer; /* [AU-4] */
    if (!d->is_reloaded)
        return (struct docket_who){token, token};
    if (!stock_is_known_later(token))
        return peer;
    return (struct docket_who){token, stock_rights_later(token)};
}

static enum gate_end gate_of(const struct docket *d,
                             const struct docket_request *r)
{
    if (r->op >= GATE_OPS)
        return GATE_NOT_FOUND;
    return gate_of_wire(&d->ops[r->op], r->who.rights, d->is_open, r->is_fit);
}

/* ------------------------------------------------------------- words */

static struct docket_word *add_word(struct docket *d,
                                    const struct docket_request *r,
                                    enum docket_saying saying)
{
    struct docket_word *w = &d->words[d->word_count++];

    assert(d->word_count <= DOCKET_WORDS);
    *w = (struct docket_word){.request = (uint32_t)(r - d->requests),
                              .saying = saying};
    return w;
}

static void add_error(struct docket *d, const struct docket_request *r,
                      const char *code, bool is_retryable, const char *details)
{
    struct docket_word *w = add_word(d, r, DOCKET_ERROR);

    w->code = code;
    w->is_retryable = is_retryable;
    w->details = details;
}

/* [HF-1] As the handler has it; [EC-7] a code of which an operation that
 * declares some says nothing becomes another; [HF-4] of who broke down nothing
 * is known. */
static void add_failure(struct docket *d, const struct docket_request *r)
{
    static const char *const codes[] = {[DOCKET_OUCH] = "OUCH",
                                        [DOCKET_OTHER] = "OTHER",
                                        [DOCKET_OWN] = "FORBIDDEN"};
    const struct docket_part *part = &r->part;

    if (part->end == DOCKET_BREAKS)
        add_error(d, r, "INTERNAL", false, NULL);
    else if (part->end == DOCKET_OTHER && d->ops[r->op].has_errors)
        add_error(d, r, "INTERNAL", false,
                  "{\"code\":\"OTHER\",\"message\":\"" DOCKET_MESSAGE "\"}");
    else
        add_error(d, r, codes[part->end], part->is_retryable,
                  part->has_details ? DOCKET_DETAILS : NULL);
}

/* ------------------------------------------------------------- ends */

static void leave(struct docket *d, struct docket_request *r)
{
    r->is_running = r->is_asked = false;
    d->has_ended[r->id] = true;
    d->streams[r->stream].running--;
    d->running--;
}

static void end(struct docket *d, struct docket_request *r)
{
    leave(d, r);
    if (r->part.end != DOCKET_ENDS)
        add_failure(d, r);
    else
        (void)add_word(d, r, r->is_feed ? DOCKET_COMPLETED : DOCKET_ANSWER);
}

/* Nobody wants it any more, and it hears that. [AB-13] Without a word. */
static void give_up(struct docket *d, struct docket_request *r,
                    const char *rule)
{
    leave(d, r);
    r->is_given_up = true;
    r->must_stop = rule;
}

enum docket_deed docket_go_on(struct docket *d, struct docket_request *r)
{
    const bool has_items = r->is_feed && r->part.items > 0;

    if (has_items && r->is_asked && d->word_count < DOCKET_WORDS / 2) {
        r->part.items--;
        r->is_asked = false;
        add_word(d, r, DOCKET_ITEM)->item = r->given++;
        return DOCKET_GIVES;
    }
    if (has_items || r->part.end == DOCKET_WAITS)
        return DOCKET_NOTHING;
    end(d, r);
    return DOCKET_COMES_TO_ITS_END;
}

/* ------------------------------------------------------------- frames */

/* [AB-15] One that was aborted before is not taken on, once. [SM-28] Nor is
 * one whose answer nobody wants to hear. */
static void hear_request(struct docket *d, struct docket_request *r)
{
    enum gate_end gate;

    r->is_given_up = d->streams[r->stream].is_stopped || d->is_overtaken[r->id];
    if (!d->streams[r->stream].is_stopped)
        d->is_overtaken[r->id] = false;
    if (r->is_given_up)
        return;
    r->who = who_of(d, r->token);
    gate = gate_of(d, r);
    if (gate != GATE_RUNS) {
        d->has_ended[r->id] = true;
        add_error(d, r, gate_code(gate), false, NULL);
        return;
    }
    r->is_feed = d->ops[r->op].is_feed;
    r->must_start = r->is_running = true;
    r->due_ns = r->is_feed ? DOCKET_NEVER : d->now_ns + d->timeout_ns;
    d->streams[r->stream].running++;
    d->running++;
    if (!r->is_feed)
        (void)docket_go_on(d, r);
}

/* [AB-17] All that run under that id, wherever they were asked for, and nobody
 * else. */
static void hear_abort(struct docket *d, uint32_t id)
{
    bool is_known = d->has_ended[id];

    for (uint32_t i = 0; i < d->request_count; i++) {
        struct docket_request *r = &d->requests[i];

        if (!r->is_running || r->id != id)
            continue;
        is_known = true;
        give_up(d, r, "AB-9");
    }
    if (!is_known)
        d->is_overtaken[id] = true;
}

bool docket_say(struct docket *d, const struct docket_frame *frame)
{
    if (d->frame_count == DOCKET_FRAMES)
        return false;
    d->frames[d->frame_count++] = *frame;
    return true;
}

bool docket_say_request(struct docket *d, const struct docket_request *r,
                        uint64_t end)
{
    if (d->request_count == DOCKET_REQUESTS ||
        !docket_say(d, &(struct docket_frame){.kind = DOCKET_REQUEST,
                                              .stream = r->stream,
                                              .which = d->request_count,
                                              .end = end}))
        return false;
    d->requests[d->request_count++] = *r;
    return true;
}

void docket_arrive(struct docket *d, uint32_t stream, uint64_t bytes)
{
    for (uint32_t i = d->frame_first; i < d->frame_count; i++) {
        struct docket_frame *f = &d->frames[i];

        if (f->is_past || f->stream != stream || f->end > bytes)
            continue;
        f->is_past = d->streams[stream].has_heard = true;
        if (f->kind == DOCKET_REQUEST)
            hear_request(d, &d->requests[f->which]);
        else if (f->kind == DOCKET_ABORT)
            hear_abort(d, f->which);
    }
    while (d->frame_first < d->frame_count && d->frames[d->frame_first].is_past)
        d->frame_first++;
}

/* ------------------------------------------------------------- streams, time
 */

static void give_up_all(struct docket *d, uint32_t stream, bool is_of_feeds,
                        const char *rule)
{
    for (uint32_t i = 0; i < d->request_count; i++) {
        struct docket_request *r = &d->requests[i];

        if (r->is_running && r->stream == stream &&
            (r->is_feed || !is_of_feeds))
            give_up(d, r, rule);
    }
}

/* Nobody hears what was still to come there. */
static void forget_words(struct docket *d, uint32_t stream)
{
    for (uint32_t i = d->word_first; i < d->word_count; i++)
        if (d->requests[d->words[i].request].stream == stream)
            d->words[i].is_past = true;
}

/* [AB-9b] It is no end for those that answer once. */
void docket_reset(struct docket *d, uint32_t stream)
{
    give_up_all(d, stream, true, "AB-9b");
}

void docket_stop(struct docket *d, uint32_t stream)
{
    d->streams[stream].is_stopped = true;
    give_up_all(d, stream, false, "SM-28");
    forget_words(d, stream);
}

void docket_wait(struct docket *d, uint64_t now_ns)
{
    d->now_ns = now_ns;
    for (uint32_t i = 0; i < d->request_count; i++) {
        struct docket_request *r = &d->requests[i];

        if (!r->is_running || r->due_ns > now_ns)
            continue;
        leave(d, r);
        r->must_stop = "TO-8";
        add_error(d, r, "TIMEOUT", true, NULL);
    }
}

void docket_lose(struct docket *d)
{
    for (uint32_t i = 0; i < DOCKET_STREAMS; i++) {
        give_up_all(d, i, false, "CN-17");
        forget_words(d, i);
    }
}

uint64_t docket_due(const struct docket *d)
{
    uint64_t due_ns = DOCKET_NEVER;

    for (uint32_t i = 0; i < d->request_count; i++)
        if (d->requests[i].is_running && d->requests[i].due_ns < due_ns)
            due_ns = d->requests[i].due_ns;
    return due_ns;
}

/* ------------------------------------------------------------- what is seen */

void docket_started(struct docket *d, struct docket_request *r)
{
    (void)d;
    broken_unless(r->must_start, r->is_given_up ? "AB-15" : "CK-3",
                  "o/%u runs, and was not to", r->op);
    r->must_start = false;
}

void docket_stopped(struct docket *d, struct docket_request *r)
{
    (void)d;
    broken_unless(r->must_stop != NULL, "AB-7",
                  "o/%u is stopped, and nobody gave it up", r->op);
    r->must_stop = NULL;
}

void docket_asked(struct docket *d, struct docket_request *r,
                  bool is_stream_full)
{
    (void)d;
    broken_unless(r->is_running, "SU-13", "who is over is asked for an item");
    broken_unless(!r->is_asked, "SU-8", "somebody is asked twice");
    broken_unless(!is_stream_full, "SU-9",
                  "an item is asked for that there is no room for");
    r->is_asked = true;
}

static const char *type_of(enum docket_saying saying)
{
    static const char *const types[] = {[DOCKET_ITEM] = "responded",
                                        [DOCKET_ANSWER] = "responded",
                                        [DOCKET_COMPLETED] = "completed",
                                        [DOCKET_ERROR] = "error"};

    return types[saying];
}

static bool is_said(const struct event *e, enum docket_saying saying)
{
    return event_is(e, type_of(saying));
}

/* [HF-1] [EC-2] [ER-1] */
static void check_error(const struct docket_word *w, const struct event *e)
{
    broken_unless(slice_equal(e->code, slice_of(w->code)), "HF-1",
                  "%.*s where %s is due", (int)e->code.len,
                  (const char *)e->code.data, w->code);
    broken_unless(e->has_retryable && e->is_retryable == w->is_retryable,
                  "EC-2", "%s, and to be tried again: %s", w->code,
                  e->is_retryable ? "yes" : "no");
    broken_unless(w->details ? slice_equal(e->details, slice_of(w->details))
                             : e->details.data == NULL,
                  "ER-1", "%s with the details %.*s", w->code,
                  (int)e->details.len, (const char *)e->details.data);
    broken_unless(e->members == (w->details ? 4 : 3), "ER-1",
                  "an error with %zu members", e->members);
}

/* Why nothing was to come under that id. */
static const char *rule_of_silence(const struct docket *d, uint32_t stream,
                                   uint32_t id)
{
    for (uint32_t i = 0; i < d->request_count; i++)
        if (d->requests[i].id == id && d->requests[i].stream == stream)
            return d->requests[i].is_given_up ? "AB-13" : "CL-1";
    return "EV-2";
}

const struct docket_word *docket_hear(struct docket *d, uint32_t stream,
                                      uint32_t id, const struct event *e)
{
    struct docket_word *w = NULL;

    for (uint32_t i = d->word_first; i < d->word_count && !w; i++) {
        const struct docket_request *r = &d->requests[d->words[i].request];

        if (!d->words[i].is_past && r->stream == stream && r->id == id)
            w = &d->words[i];
    }
    broken_unless(w != NULL, rule_of_silence(d, stream, id),
                  "%.*s, and nothing was to come", (int)e->type.len,
                  (const char *)e->type.data);
    broken_unless(is_said(e, w->saying), "SU-2", "%.*s instead of call.%s",
                  (int)e->type.len, (const char *)e->type.data,
                  type_of(w->saying));
    if (w->saying == DOCKET_ERROR)
        check_error(w, e);
    else if (w->saying == DOCKET_COMPLETED)
        broken_unless(e->is_empty, "EV-5", "a completion that says more");
    else
        broken_unless(e->output.data && e->members == 1, "RS-4",
                      "a response of %zu members", e->members);
    w->is_past = true;
    while (d->word_first < d->word_count && d->words[d->word_first].is_past)
        d->word_first++;
    return w;
}

void docket_check_prompt(const struct docket *d)
{
    for (uint32_t i = 0; i < d->request_count; i++) {
        const struct docket_request *r = &d->requests[i];

        broken_unless(!r->must_start, "BA-2",
                      "o/%u was asked for, and does "
                      "not run",
                      r->op);
        broken_unless(!r->must_stop, r->must_stop, "o/%u goes on", r->op);
    }
}

void docket_check_calm(const struct docket *d, uint32_t stream)
{
    for (uint32_t i = d->word_first; i < d->word_count; i++) {
        const struct docket_request *r = &d->requests[d->words[i].request];

        broken_unless(d->words[i].is_past || r->stream != stream,
                      d->words[i].saying == DOCKET_ITEM ? "SU-7" : "BA-2",
                      "what o/%u says never comes", r->op);
    }
    for (uint32_t i = 0; i < d->request_count; i++) {
        const struct docket_request *r = &d->requests[i];

        broken_unless(!r->is_running || !r->is_feed || r->is_asked ||
                          r->stream != stream,
                      "SU-9", "there is room, and o/%u is not asked", r->op);
    }
}
