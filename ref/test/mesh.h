/* SPDX-License-Identifier: MIT */
/*
 * Several nodes and links between them, in memory. Each node knows the others
 * as "n0", "n1" …, who hold the scope "s"; a node that shows no key is a
 * stranger. Every stream has a window: who sends past what the other side has
 * consumed is blocked, as a transport would have it.
 *
 * Handlers are those of wire.h; node_advance() is the test's own business.
 */
#ifndef REF_TEST_MESH_H
#define REF_TEST_MESH_H

#include "ref/test/wire.h"

#define MESH_NODES 4
#ifndef MESH_LINKS
#define MESH_LINKS 4
#endif
#ifndef MESH_STREAMS
#define MESH_STREAMS 4096 /* of one link, both ways */
#endif
#define MESH_WINDOW 4096 /* bytes under way on one stream, each way */

#define MESH_EIGHT(x) x x x x x x x x
#define MESH_KEY(x)                                                            \
    "ed25519:" MESH_EIGHT(x) MESH_EIGHT(x) MESH_EIGHT(x) MESH_EIGHT(x)         \
        MESH_EIGHT(x) MESH_EIGHT(x) MESH_EIGHT(x) MESH_EIGHT(x)

#define MESH_PEER(id, x)                                                       \
    "{\"peer_id\":\"" id                                                       \
    "\",\"fingerprints\":[\"" MESH_KEY(x) "\"],\"scopes\":[\"s\"]}"

static const char mesh_policy[] =
    "{\"peers\":[" MESH_PEER("n0", "0") "," MESH_PEER("n1", "1") "," MESH_PEER(
        "n2", "2") "," MESH_PEER("n3", "3") "]}";

static const char *const mesh_keys[MESH_NODES] = {MESH_KEY("0"), MESH_KEY("1"),
                                                  MESH_KEY("2"), MESH_KEY("3")};

/* One end of a link. */
struct mesh_end {
    struct wire *at;
    struct connection *c;       /* NULL when the link is down */
    int64_t next;               /* the stream it opens next */
    size_t sent[MESH_STREAMS];  /* bytes it sent and nobody has consumed */
    bool is_full[MESH_STREAMS]; /* it was told that there is no room */
};

struct mesh_link {
    struct mesh_end ends[2];
};

static struct wire mesh_nodes[MESH_NODES];
static struct mesh_link mesh_links[MESH_LINKS];
static size_t mesh_most; /* bytes that lay in one direction of a stream */

/* Nodes as wire.h makes them; operations may be added until the first link. */
static inline void mesh_begin(void)
{
    memset(mesh_links, 0, sizeof mesh_links);
    mesh_most = 0;
    for (int i = 0; i < MESH_NODES; i++) {
        json_t *tree = t_tree(mesh_policy);
        struct failure f;

        wire_begin(&mesh_nodes[i], 0);
        mesh_nodes[i].entropy = (uint32_t)(i * 0x40);
        if (!auth_policy_read(tree, &mesh_nodes[i].policy, &f))
            fail_msg("%s", f.sentence);
        json_decref(tree);
    }
}

static inline void mesh_end(void)
{
    for (int i = 0; i < MESH_NODES; i++)
        wire_end(&mesh_nodes[i]);
}

static inline size_t mesh_slot(int64_t stream)
{
    size_t slot = (size_t)(stream / 4 * 2 + (stream & 1));

    assert_true(slot < MESH_STREAMS);
    return slot;
}

/* The end of that link on that side, 0 or 1. */
static inline struct mesh_end *mesh_at(int link, int side)
{
    return &mesh_links[link].ends[side];
}

static inline void mesh_tie(int link, int side, int node, const char *key)
{
    struct mesh_end *e = mesh_at(link, side);

    *e = (struct mesh_end){.at = &mesh_nodes[node], .next = side};
    e->c = node_add(mesh_nodes[node].node, slice_of(key),
                    (struct peer_filter){true});
    connection_on_credit(e->c, 100);
}

/* Ties nodes `a` (side 0) and `b` (side 1), who show each other their keys. */
static inline void mesh_join(int link, int a, int b)
{
    mesh_tie(link, 0, a, mesh_keys[b]);
    mesh_tie(link, 1, b, mesh_keys[a]);
}

static inline void mesh_write(struct mesh_end *from, struct mesh_end *to,
                              const struct action *a)
{
    size_t slot = mesh_slot(a->stream);
    size_t room = MESH_WINDOW - from->sent[slot];
    size_t len = a->bytes.len < room ? a->bytes.len : room;
    bool fin = a->fin && len == a->bytes.len;
    struct slice piece = t_exact(slice_head(a->bytes, len));

    from->sent[slot] += len;
    from->is_full[slot] = len < a->bytes.len;
    if (from->sent[slot] > mesh_most)
        mesh_most = from->sent[slot];
    connection_wrote(from->c, a->stream, len);
    if (piece.len || fin)
        connection_on_data(to->c, a->stream, piece, fin);
    t_free(piece);
}

static inline void mesh_consumed(struct mesh_end *sender,
                                 const struct action *a)
{
    size_t slot = mesh_slot(a->stream);

    assert_true(sender->sent[slot] >= a->count);
    sender->sent[slot] -= a->count;
    if (sender->is_full[slot]) {
        sender->is_full[slot] = false;
        connection_on_writable(sender->c, a->stream);
    }
}

/* The link is gone, for both. Their connections are given back. */
static inline void mesh_cut(int link)
{
    for (int side = 0; side < 2; side++) {
        struct mesh_end *e = mesh_at(link, side);

        if (e->c)
            node_remove(e->at->node, e->c);
        e->c = NULL;
    }
}

static inline void mesh_carry(struct mesh_end *from, struct mesh_end *to,
                              const struct action *a)
{
    switch (a->kind) {
    case ACTION_OPEN:
        connection_opened(from->c, from->next);
        from->next += 4;
        break;
    case ACTION_WRITE:
        mesh_write(from, to, a);
        break;
    case ACTION_RESET:
        connection_on_reset(to->c, a->stream);
        break;
    case ACTION_STOP:
        connection_on_stop(to->c, a->stream);
        break;
    case ACTION_CREDIT:
        connection_on_credit(to->c, a->count);
        break;
    case ACTION_CLOSE:
        connection_on_closed(to->c);
        break;
    case ACTION_CONSUMED:
        mesh_consumed(to, a);
        break;
    }
}

/* One thing from that end; false when it has nothing to do. */
static inline bool mesh_step(int link, int side)
{
    struct mesh_end *from = mesh_at(link, side);
    struct action a;

    if (!from->c || !wire_next(from->c, &a))
        return false;
    mesh_carry(from, mesh_at(link, !side), &a);
    return true;
}

/* Carries until nobody has anything to do. */
static inline void mesh_run(void)
{
    bool has_moved = true;

    while (has_moved) {
        has_moved = false;
        for (int i = 0; i < 2 * MESH_LINKS; i++)
            has_moved = mesh_step(i / 2, i % 2) || has_moved;
    }
}

/* Time goes by for all of them. */
static inline void mesh_advance(uint64_t now_ns)
{
    for (int i = 0; i < MESH_NODES; i++)
        node_advance(mesh_nodes[i].node, now_ns);
    mesh_run();
}

/* The node at side 0 of that link asks the other. */
static inline uint64_t mesh_call(int link, const char *operation,
                                 const char *input, struct waiter *waiter)
{
    struct client_request request = {.operation = slice_of(operation),
                                     .input = slice_of(input)};

    return client_call(mesh_at(link, 0)->c, &request, waiter_of(waiter));
}

static inline uint64_t mesh_subscribe(int link, const char *operation,
                                      struct waiter *waiter)
{
    struct client_request request = {.operation = slice_of(operation),
                                     .input = slice_of("1")};

    return client_subscribe(mesh_at(link, 0)->c, &request, waiter_of(waiter));
}

/* ------------------------------------------------------------- importing */

/* What an import came to. */
struct mesh_import {
    int told;
    bool is_ok;
    enum operation_adapter_error error;
    char message[200];
};

static inline void mesh_tell(void *self,
                             const struct operation_adapter_outcome *outcome)
{
    struct mesh_import *i = self;

    i->told++;
    i->is_ok = outcome->is_ok;
    i->error = outcome->error;
    snprintf(i->message, sizeof i->message, "%.*s", (int)outcome->message.len,
             (const char *)outcome->message.data);
}

static inline struct operation_adapter_waiter
mesh_import_waiter(struct mesh_import *i)
{
    return (struct operation_adapter_waiter){mesh_tell, i};
}

/* The node on that side of the link imports what the other serves; it must
 * come off. */
static inline void mesh_import(int link, int side)
{
    const struct from_call_terms terms = {.filter = NULL};
    struct mesh_import import = {.told = 0};

    from_call_import(mesh_at(link, side)->c, &terms,
                     mesh_import_waiter(&import));
    mesh_run();
    assert_int_equal(import.told, 1);
    if (!import.is_ok)
        fail_msg("%s", import.message);
}

#endif
