/* SPDX-License-Identifier: MIT */
/*
 * Three parts: what a step does, what has to follow from it, and from vectors
 * to cases. What the members mean stands in vectors/README.md.
 *
 * A dialogue speaks of streams and of the node's own requests by words. A word
 * of ours is bound when we open the stream; one of theirs when the request that
 * it stands for is seen, and so is its id.
 */
#include "conformance/dialogue.h"

#include "conformance/backstage.h"
#include "conformance/catalogue.h"
#include "conformance/json_out.h"
#include "conformance/scene.h"

#define MS 1000000ull
#define VERB_MAX (64u * 1024)

struct word {
    struct slice text;     /* as the dialogue has it */
    struct stream *stream; /* a stream: which */
    struct slice id;       /* a request of theirs: its id on the wire */
    struct word *next;     /* or NULL */
};

struct mark {
    const struct json *event; /* it was expected, and came */
    struct mark *next;        /* or NULL */
};

struct dialogue {
    struct scene *scene;  /* borrowed */
    struct conn *conn;    /* the one there is */
    struct word *streams; /* that have a name by now */
    struct word *ids;     /* of requests of theirs */
    struct mark *marks;   /* of events */
    unsigned step;        /* the one we are at, from 1 */
};

/* --- words */

static struct word *find_word(struct word *words, struct slice text)
{
    while (words && !slice_equal(words->text, text))
        words = words->next;
    return words;
}

static struct word *add_word(struct dialogue *d, struct word **words,
                             struct slice text)
{
    struct word *w = arena_new(scene_arena(d->scene), 1, sizeof *w);

    w->text = text;
    w->next = *words;
    *words = w;
    return w;
}

static struct slice text_in(const struct json *v, const char *name)
{
    struct slice text = slice_of("");

    (void)json_get_text(json_find(v, name), &text);
    return text;
}

/* An id as it stands on the wire. */
static struct slice id_in(const struct dialogue *d, const struct json *v)
{
    struct slice text = text_in(v, "id");
    const struct word *w = find_word(d->ids, text);

    return w ? w->id : text;
}

static bool is_set(const struct json *v, const char *name)
{
    bool is_true = false;

    return json_get_bool(json_find(v, name), &is_true) && is_true;
}

/* --- what a step does */

static struct stream *stream_named(struct dialogue *d, const struct json *v)
{
    struct slice text = text_in(v, "stream");
    struct word *w = find_word(d->streams, text);

    if (!w) {
        w = add_word(d, &d->streams, text);
        w->stream = stream_open(d->conn);
    }
    return w->stream;
}

static void send_frame(struct dialogue *d, struct stream *st,
                       const struct json *frame)
{
    struct buf b;

    buf_init(&b, RAW_BODY_MAX);
    raw_put(&b, text_in(frame, "type"), id_in(d, frame),
            json_find(frame, "payload")->source);
    if (is_set(frame, "fin"))
        stream_send_fin(st, buf_slice(&b));
    else
        stream_send(st, buf_slice(&b));
    buf_clear(&b);
}

static void peer_does(struct dialogue *d, const struct json *peer)
{
    struct stream *st = stream_named(d, peer);

    if (json_find(peer, "type"))
        send_frame(d, st, peer);
    else if (is_set(peer, "fin"))
        stream_fin(st);
    if (is_set(peer, "reset"))
        stream_reset(st, 0);
    if (is_set(peer, "stop"))
        stream_stop(st, 0);
}

/* The members of an object as text, without its braces and those two. */
static const char *members_but(struct scene *s, const struct json *object,
                               const char *one, const char *other)
{
    struct json_out out;
    struct buf b;
    const char *text;

    buf_init(&b, VERB_MAX);
    json_out_begin(&out, &b);
    for (const struct json *m = object->first; m; m = m->next) {
        const char *name = (const char *)arena_copy(&s->arena, m->name).data;

        if (strcmp(name, one) != 0 && strcmp(name, other) != 0)
            json_out_raw(&out, name, m->source);
    }
    json_out_end(&out);
    text = scene_text(s, "%.*s", (int)b.len - 2, (const char *)b.data + 1);
    buf_clear(&b);
    return text;
}

/* A verb of the contract: its name stands in `do`, the rest is its members.
 * What is done to a request is done on its connection. */
static void node_does(struct dialogue *d, const struct json *node)
{
    struct scene *s = d->scene;
    const char *members = members_but(s, node, "do", "");

    if (json_find(node, "id"))
        members =
            scene_text(s, "\"conn\":\"%s\",%s", conn_name(d->conn), members);
    (void)scene_verb(s, catalogue_text(&s->arena, node, "do"), members);
}

static void let_it_be(struct scene *s, uint64_t at_ns)
{
    if (at_ns > scene_now_ns(s))
        scene_advance(s, at_ns - scene_now_ns(s));
}

static void do_step(struct dialogue *d, const struct json *step)
{
    uint64_t now_ms = 0;

    if (json_find(step, "peer"))
        peer_does(d, json_find(step, "peer"));
    else if (json_find(step, "node"))
        node_does(d, json_find(step, "node"));
    else if (json_get_u64(json_find(step, "now_ms"), &now_ms))
        let_it_be(d->scene, now_ms * MS);
    else
        conn_drop(d->conn);
    scene_settle(d->scene);
}

/* --- what has to follow: frames */

static bool fits(const struct stream_frame *f, bool is_request, struct slice id)
{
    return !f->is_taken &&
           (is_request ? slice_equal(f->raw.type, slice_of("call.requested"))
                       : slice_equal(f->raw.id, id));
}

/* The oldest frame that was not taken with that id, on that stream or (NULL) on
 * any; or the oldest request, whatever its id. */
static struct stream_frame *find_frame(const struct dialogue *d,
                                       const struct stream *only,
                                       bool is_request, struct slice id)
{
    for (const struct stream *st = d->conn->streams; st; st = st->next) {
        for (struct stream_frame *f = st->frames; f; f = f->next) {
            if ((!only || only == st) && fits(f, is_request, id))
                return f;
        }
    }
    return NULL;
}

/* From here on the words stand for this request and its stream. */
static void bind(struct dialogue *d, const struct json *line,
                 const struct stream_frame *f)
{
    struct slice id = text_in(line, "id");

    add_word(d, &d->ids, id)->id = f->raw.id;
    if (json_find(line, "stream"))
        add_word(d, &d->streams, text_in(line, "stream"))->stream = f->stream;
    f->stream->is_accepted = true;
}

/* Equal in value, or neither is there. */
static bool same_member(const struct json *a, const struct json *b,
                        const char *name)
{
    const struct json *one = json_find(a, name);
    const struct json *other = json_find(b, name);

    return (!one && !other) || json_same(one, other);
}

static bool same_payload(const struct stream_frame *f,
                         const struct json *wanted)
{
    const struct json *got = f->payload;

    if (slice_equal(f->raw.type, slice_of("call.requested")))
        return slice_equal(raw_name(text_in(got, "operationId")),
                           raw_name(text_in(wanted, "operationId"))) &&
               same_member(got, wanted, "input");
    if (slice_equal(f->raw.type, slice_of("call.error")))
        return same_member(got, wanted, "code") &&
               same_member(got, wanted, "retryable") &&
               (!json_find(wanted, "details") ||
                same_member(got, wanted, "details"));
    return json_same(got, wanted);
}

static const char *wanted(const struct dialogue *d, const struct json *line)
{
    return scene_text(d->scene, "in step %u %.*s", d->step,
                      (int)line->source.len, (const char *)line->source.data);
}

static void follow_frame(struct dialogue *d, const struct json *line)
{
    struct slice type = text_in(line, "type");
    bool is_request = slice_equal(type, slice_of("call.requested"));
    const struct word *w = find_word(d->streams, text_in(line, "stream"));
    struct stream_frame *f =
        find_frame(d, w ? w->stream : NULL, is_request, id_in(d, line));

    if (!f && is_set(line, "may"))
        return;
    verify_that(d->scene, f != NULL, wanted(d, line), "no such frame");
    f->is_taken = true;
    verify_that(d->scene,
                slice_equal(f->raw.type, type) &&
                    same_payload(f, json_find(line, "payload")),
                wanted(d, line), "%.*s", (int)f->raw.body.len,
                (const char *)f->raw.body.data);
    if (is_request)
        bind(d, line, f);
}

/* --- what has to follow: events */

/* What the line's word is called in the contract. `over` is told as an end or
 * as an error, whichever. */
static bool is_that(const struct json *event, const struct json *line)
{
    const struct json *ev = json_find(event, "ev");
    const struct json *tell = json_find(line, "tell");

    if (json_is_text(json_find(line, "handler"), "entered"))
        return json_is_text(ev, "handler_entered");
    if (json_find(line, "handler"))
        return json_is_text(ev, "handler_stopped");
    if (json_is_text(tell, "over"))
        return json_is_text(ev, "end") || json_is_text(ev, "error");
    return json_same(ev, tell);
}

/* Every event that a dialogue speaks of. */
static bool is_ours_to_expect(const struct json *event)
{
    static const char *const kinds[] = {
        "result", "item", "end", "error", "handler_entered", "handler_stopped",
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (json_is_text(json_find(event, "ev"), kinds[i]))
            return true;
    }
    return false;
}

static bool is_marked(const struct dialogue *d, const struct json *event)
{
    const struct mark *m = d->marks;

    while (m && m->event != event)
        m = m->next;
    return m != NULL;
}

/* Is it about the same? A handler that was composed has an id of its node's. */
static bool is_about(const struct dialogue *d, const struct json *event,
                     const struct json *line)
{
    if (json_find(line, "tell"))
        return same_member(event, line, "id");
    return same_member(event, line, "operation") &&
           (!json_find(line, "id") ||
            slice_equal(text_in(event, "id"), id_in(d, line)));
}

static const struct json *find_event(const struct dialogue *d,
                                     const struct json *line)
{
    for (const struct event *e = d->scene->events; e; e = e->next) {
        if (is_that(e->tree, line) && is_about(d, e->tree, line) &&
            !is_marked(d, e->tree))
            return e->tree;
    }
    return NULL;
}

/* What the line says of it beyond whose it is. */
static bool is_so(const struct json *event, const struct json *line)
{
    static const char *const members[] = {"output", "code", "retryable"};
    bool is_completed = json_is_text(json_find(event, "how"), "completed");

    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (json_find(line, members[i]) &&
            !same_member(event, line, members[i]))
            return false;
    }
    return !json_is_text(json_find(line, "tell"), "end") || is_completed;
}

static void follow_event(struct dialogue *d, const struct json *line)
{
    const struct json *event = find_event(d, line);
    struct mark *m = arena_new(scene_arena(d->scene), 1, sizeof *m);

    if (!event && is_set(line, "may"))
        return;
    verify_that(d->scene, event != NULL, wanted(d, line), "no such event");
    verify_that(d->scene, is_so(event, line), wanted(d, line), "%.*s",
                (int)event->source.len, (const char *)event->source.data);
    m->event = event;
    m->next = d->marks;
    d->marks = m;
}

/* --- what must not follow: anything else */

static void nothing_else(struct dialogue *d)
{
    const char *none =
        scene_text(d->scene, "in step %u nothing but what it says", d->step);

    for (const struct stream *st = d->conn->streams; st; st = st->next) {
        for (const struct stream_frame *f = st->frames; f; f = f->next)
            verify_that(d->scene, f->is_taken, none, "%.*s",
                        (int)f->raw.body.len, (const char *)f->raw.body.data);
    }
    for (const struct event *e = d->scene->events; e; e = e->next)
        verify_that(d->scene,
                    !is_ours_to_expect(e->tree) || is_marked(d, e->tree), none,
                    "%.*s", (int)e->tree->source.len,
                    (const char *)e->tree->source.data);
}

/* --- the body */

static void set_stage(struct scene *s, const struct json *vector)
{
    const struct json *operations = json_find(vector, "operations");
    const struct json *limits = json_find(vector, "limits");
    uint64_t ms;

    if (json_get_u64(json_find(limits, "call_ms"), &ms))
        stage_timeout(s, ms);
    if (json_get_u64(json_find(limits, "serve_ms"), &ms))
        stage_serve_timeout(s, ms);
    for (const struct json *o = operations ? operations->first : NULL; o;
         o = o->next)
        stage_register(s, catalogue_text(&s->arena, o, "name"),
                       catalogue_text(&s->arena, o, "behaviour"),
                       members_but(s, o, "name", "behaviour"));
}

static void follow(struct dialogue *d, const struct json *step)
{
    const struct json *lines = json_find(step, "then");

    for (const struct json *l = lines ? lines->first : NULL; l; l = l->next) {
        if (json_find(l, "type"))
            follow_frame(d, l);
        else
            follow_event(d, l);
    }
    nothing_else(d);
}

static void run_dialogue(struct scene *s)
{
    const struct json *vector = scene_data(s);
    struct dialogue d = {.scene = s};

    set_stage(s, vector);
    d.conn = scene_conn(s);
    for (const struct json *step = json_find(vector, "steps")->first; step;
         step = step->next) {
        d.step++;
        do_step(&d, step);
        follow(&d, step);
    }
}

/* --- from vectors to cases */

/* Who calls in it, as an axis. */
static unsigned callers(const struct json *vector)
{
    bool we_do = false;
    bool they_do = false;

    for (const struct json *step = json_find(vector, "steps")->first; step;
         step = step->next) {
        const struct json *node = json_find(step, "node");

        we_do =
            we_do || json_is_text(json_find(json_find(step, "peer"), "type"),
                                  "call.requested");
        they_do = they_do || json_find(node, "operation");
    }
    return we_do && they_do ? CALLER_BOTH : they_do ? CALLER_THEM : CALLER_US;
}

static struct conf_case
make_case(struct arena *arena, const struct json *groups, const struct json *v)
{
    struct conf_case c = catalogue_case(arena, v);

    (void)groups;
    c.needs = catalogue_words(arena, v, "needs");
    c.axes = (struct case_axes){.caller = callers(v), .lvl = LVL_L1};
    c.is_negative = json_find(v, "twin") != NULL;
    c.twin = c.is_negative ? catalogue_text(arena, v, "twin") : NULL;
    c.run = run_dialogue;
    return c;
}

struct case_list dialogue_cases(struct arena *arena)
{
    return catalogue_cases(arena, catalogue_is_dialogue, make_case);
}
