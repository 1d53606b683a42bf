/* SPDX-License-Identifier: MIT */
/* Connections: made here, opened and carried by a transport. */
#include "conformance/conn.h"

#include <inttypes.h>

#include "conformance/backstage.h"
#include "conformance/body.h"
#include "conformance/stage.h"

/* At L2 the testee names what comes in. */
static bool names_itself(const struct conn *c)
{
    return c->dial == DIAL_US && c->scene->instance->axes.lvl == LVL_L2;
}

static struct conn *add_conn(struct scene *s, const struct conn_how *how)
{
    struct conn *c = arena_new(&s->arena, 1, sizeof *c);
    struct conn **end = &s->conns;
    unsigned count = 1;

    for (; *end; end = &(*end)->next)
        count++;
    *end = c;
    c->scene = s;
    c->key = how->key;
    c->dial = how->dial ? how->dial : s->instance->axes.dial;
    c->opened_highest = -1;
    c->next_stream = c->dial == DIAL_US ? 0 : 1;
    c->end = "";
    c->name = names_itself(c) ? "" : scene_text(s, "us-%u", count);
    return c;
}

static bool has_come_about(void *what)
{
    const struct conn *c = what;

    return (c->is_up && c->opened) || c->closed || *c->end;
}

static bool come_about(struct scene *s, const struct conn_how *how,
                       struct conn **ret)
{
    const struct conn_how plain = {.key = STAGE_KEY_NONE};
    struct conn *c;

    stage_send(s);
    scene_step(s);
    c = add_conn(s, how ? how : &plain);
    s->transport->open(c, how ? how : &plain);
    *ret = c;
    return scene_await(s, has_come_about, c);
}

struct conn *conn_open(struct scene *s, const struct conn_how *how)
{
    struct conn *c;
    bool is_known = come_about(s, how, &c);

    if (!is_known || c->closed || *c->end)
        scene_stop(s, VERDICT_FAIL, "an open connection, reported by conn_open",
                   c->closed ? "it was closed"
                   : *c->end ? scene_text(s, "it ended: %s", c->end)
                             : "no such event");
    return c;
}

struct conn *conn_open_as(struct scene *s, enum stage_key key)
{
    return conn_open(s, &(struct conn_how){.key = key});
}

struct conn *conn_try(struct scene *s, const struct conn_how *how)
{
    struct conn *c;

    if (!come_about(s, how, &c))
        scene_stop(s, VERDICT_FAIL, "a connection or its refusal", "neither");
    return c;
}

const char *conn_end(const struct conn *c)
{
    return c->end;
}

struct scene *conn_scene(const struct conn *c)
{
    return c->scene;
}

const char *conn_name(const struct conn *c)
{
    return c->name;
}

bool conn_is_ours(const struct conn *c)
{
    return c->dial == DIAL_US;
}

const struct json *conn_identity(const struct conn *c)
{
    scene_needs(c->scene, "witness");
    return json_find(c->opened, "peer_identity");
}

bool conn_is_closed(const struct conn *c)
{
    return c->closed != NULL;
}

static bool is_closed(void *what)
{
    return ((struct conn *)what)->closed != NULL;
}

static void wait_closed(struct conn *c)
{
    scene_step(c->scene);
    if (!scene_await(c->scene, is_closed, c))
        scene_stop(c->scene, VERDICT_FAIL, "the event closed", "no such event");
}

void conn_close(struct conn *c, uint64_t code)
{
    struct scene *s = c->scene;

    scene_needs(s, "close");
    (void)scene_verb(
        s, "close",
        scene_text(s, "\"conn\":\"%s\",\"code\":%" PRIu64, c->name, code));
    wait_closed(c);
}

void conn_drop(struct conn *c)
{
    scene_needs(c->scene, "witness");
    c->scene->transport->drop(c);
    wait_closed(c);
}

void conn_credit(struct conn *c, uint64_t streams)
{
    struct scene *s = c->scene;

    (void)scene_send(s, "credit",
                     scene_text(s, "\"conn\":\"%s\",\"streams\":%" PRIu64,
                                c->name, streams));
}

size_t conn_opened_count(struct conn *c)
{
    return c->opened_count;
}

struct conn *scene_conn(struct scene *s)
{
    return s->conns ? s->conns : conn_open(s, NULL);
}

struct conn *conn_find(struct scene *s, struct slice name)
{
    struct conn *c = s->conns;

    while (c && !slice_equal(slice_of(c->name), name))
        c = c->next;
    return c;
}

/* The connection that waits for its name. */
static struct conn *christen(struct scene *s, struct slice name)
{
    for (struct conn *c = s->conns; c; c = c->next) {
        if (names_itself(c) && !c->opened && !*c->end) {
            c->name = scene_string(s, name);
            return c;
        }
    }
    return NULL;
}

static void on_opened(struct scene *s, struct slice name,
                      const struct json *event)
{
    struct conn *c = conn_find(s, name);

    if (!c)
        c = christen(s, name);
    if (!c || c->opened)
        scene_blame(s, VERDICT_FAIL, "conn_open of no connection of ours");
    else
        c->opened = event;
}

static void on_stream_event(struct conn *c, const struct json *event)
{
    const struct json *ev = json_find(event, "ev");
    int64_t number = -1;
    bool fin = false;
    struct slice hex = {0};

    (void)json_get_i64(json_find(event, "stream"), &number);
    (void)json_get_bool(json_find(event, "fin"), &fin);
    if (json_is_text(ev, "stream_open"))
        stream_on_open(c, number);
    else if (json_is_text(ev, "stream_reset"))
        stream_on_reset(c, number);
    else if (json_is_text(ev, "stop_sending"))
        stream_on_stop(c, number);
    else if (json_is_text(ev, "stream_consumed"))
        stream_on_consumed(c, number, event);
    else if (json_is_text(ev, "stream_data") &&
             json_get_text(json_find(event, "hex"), &hex))
        stream_on_hex(c, number, hex, fin);
}

void conn_on_event(struct scene *s, const struct json *event)
{
    const struct json *ev = json_find(event, "ev");
    struct slice name = {0};
    struct conn *c;

    if (!json_get_text(json_find(event, "conn"), &name)) {
        scene_blame(s, VERDICT_FAIL, "an event without `conn`");
        return;
    }
    if (json_is_text(ev, "conn_open")) {
        on_opened(s, name, event);
        return;
    }
    c = conn_find(s, name);
    if (!c)
        scene_blame(s, VERDICT_FAIL, "an event of no connection of ours");
    else if (json_is_text(ev, "closed"))
        c->closed = event;
    else
        on_stream_event(c, event);
}
