/* SPDX-License-Identifier: MIT */
/* Each answer of a peer's names its connection, so that it shows who it was. */
#include "conformance/cases/hub.h"

static const char *or_nothing(const char *list)
{
    return list ? list : "";
}

void hub_composer(struct scene *s, const char *name, const char *allowed,
                  const char *pinned, const char *authority)
{
    const char *members =
        scene_text(s, "\"scoped_env\":{\"allowed\":[%s],\"pinned\":[%s]}",
                   or_nothing(allowed), or_nothing(pinned));

    if (authority)
        members = scene_text(s, "%s,\"authority\":%s", members, authority);
    stage_register(s, name, "conf/compose", members);
}

struct hub hub_open(struct scene *s, size_t count)
{
    struct hub h = {NULL, NULL, NULL};

    stage_peers(s, count, NULL);
    h.a = conn_open_as(s, STAGE_KEY_A);
    if (count > 1)
        h.b = conn_open_as(s, STAGE_KEY_B);
    if (count > 2)
        h.c = conn_open_as(s, STAGE_KEY_C);
    return h;
}

const struct import_operation hub_files[] = {
    {.name = "fs/read"},
    {.name = "fs/write", .op_type = "mutation"},
    {.name = "fs/watch", .op_type = "subscription"},
    {0}};

struct hub hub_begin(struct scene *s, size_t count)
{
    hub_composer(s, HUB,
                 "\"fs/read\",\"fs/write\",\"fs/watch\",\"fs/stat\","
                 "\"fs/odd\",\"far/fs/read\",\"far/fs/write\","
                 "\"far/fs/watch\",\"services/list\",\"conf/echo\","
                 "\"conf/hub\",\"conf/relay\",\"conf/feed\"",
                 NULL, NULL);
    return hub_open(s, count);
}

void hub_relay(struct scene *s, const char *members)
{
    stage_forward(s, RELAY, "peer-b", "fs/read", members);
}

void hub_feed(struct scene *s, const char *members)
{
    stage_forward(s, FEED, "peer-b", "fs/watch",
                  scene_text(s, "\"op_type\":\"subscription\"%s%s",
                             *members ? "," : "", members));
}

void hub_silence(const struct hub *h)
{
    struct conn *const conns[] = {h->a, h->b, h->c};

    for (size_t i = 0; i < sizeof conns / sizeof *conns; i++)
        if (conns[i])
            verify_conn_silence(conns[i]);
}

const char *hub_input(struct scene *s, const char *operation,
                      const char *peer_id)
{
    return shapes_compose(s, operation, HUB_INPUT,
                          peer_id ? scene_text(s, ",\"peer\":\"%s\"", peer_id)
                                  : "");
}

const char *hub_compose(struct conn *c, const char *by, const char *operation,
                        const char *peer_id)
{
    return ask_send(c, by, hub_input(conn_scene(c), operation, peer_id), "");
}

void hub_served(struct conn *c, const char *by, const char *operation,
                const char *peer_id, struct conn *worker)
{
    struct scene *s = conn_scene(c);
    const char *id = hub_compose(c, by, operation, peer_id);
    const struct ask_request *r = ask_take_of(worker, operation);
    const char *output = scene_text(s, "{\"of\":\"%s\"}", conn_name(worker));

    verify_same(s, "the input at the peer", r->input, HUB_INPUT);
    ask_respond(r, output);
    verify_output(s, ask_answer(c, id),
                  scene_text(s, "{\"output\":%s}", output));
}

void hub_served_here(struct conn *c, const char *by, const char *operation,
                     const char *peer_id)
{
    verify_output(conn_scene(c),
                  ask_answer(c, hub_compose(c, by, operation, peer_id)),
                  "{\"output\":" HUB_INPUT "}");
}

void hub_met(struct conn *c, const char *id, const char *code)
{
    shapes_told_error(conn_scene(c), ask_answer(c, id), code, false);
}

void hub_refused(struct conn *c, const char *by, const char *operation,
                 const char *peer_id, const char *code)
{
    hub_met(c, hub_compose(c, by, operation, peer_id), code);
}

void hub_absent(const struct hub *h, const char *operation)
{
    hub_refused(h->a, HUB, operation, "peer-b", "NOT_FOUND");
    hub_refused(h->a, HUB, operation, NULL, "NOT_FOUND");
    hub_silence(h);
}
