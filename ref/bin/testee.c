/* SPDX-License-Identifier: MIT */
/* See testee.h. */
#include "ref/bin/testee.h"
#include "ref/base/digest.h"
#include "ref/base/xalloc.h"
#include "ref/bin/acts.h"
#include "ref/bin/lines.h"
#include "ref/host/entropy.h"

void testee_event(struct testee *t, json_t *event)
{
    if (t->is_mute)
        json_decref(event);
    else if (t->level == TESTEE_L1)
        json_array_append_new(t->out, event);
    else
        lines_write_take(stdout, event);
}

/* The same seed gives the same ids: block n is the hash of seed and n. */

static void draw(void *self, uint8_t *bytes, size_t len)
{
    struct testee *t = self;
    uint64_t from[2];
    uint8_t block[DIGEST_LEN];

    while (len) {
        size_t n = len < sizeof block ? len : sizeof block;

        from[0] = t->rng_seed;
        from[1] = t->rng_drawn++;
        digest_sha256(slice_make(from, sizeof from), block);
        memcpy(bytes, block, n);
        bytes += n;
        len -= n;
    }
}

static const char *name_of(void *self, uint64_t serial)
{
    const struct testee *t = self;

    for (const struct testee_conn *c = t->conns; c; c = c->next)
        if (c->serial == serial)
            return c->name;
    return "";
}

static void tell(void *self, json_t *event)
{
    testee_event(self, event);
}

/* Unix time when the node's clock stood at 0. At L2 that time is no moment that
 * anybody knows, and unless we were told what time it is, it is the world's. */
static uint64_t began_s(const struct testee *t)
{
    if (t->is_time_told || t->level != TESTEE_L2)
        return t->unix_s;
    return entropy_began_s();
}

struct node *testee_node(struct testee *t)
{
    if (!t->node) {
        t->node = node_new(&(struct node_config){
            .registry = &t->registry,
            .policy = t->policy,
            .owners = t->ownership ? &t->owners : NULL,
            .entropy = {draw, t},
            .began_s = began_s(t),
            .call_timeout_ns = t->call_timeout_ns,
            .serve_timeout_ns = t->serve_timeout_ns,
        });
        node_advance(t->node, t->now_ns);
    }
    return t->node;
}

void testee_keep_ownership(struct testee *t)
{
    t->ownership = xalloc(1, sizeof *t->ownership);
    ownership_init(t->ownership, &(struct entropy_source){draw, t});
    t->owners = ownership_owners(t->ownership);
    stage_keep(t->stage, t->ownership);
}

static void ownership_free(struct ownership *o)
{
    if (!o)
        return;
    ownership_clear(o);
    xalloc_free(o);
}

static void policy_free(struct auth_policy *p)
{
    if (!p)
        return;
    auth_policy_clear(p);
    xalloc_free(p);
}

void testee_set_policy_take(struct testee *t, struct auth_policy *policy)
{
    if (t->node)
        node_set_policy(t->node, policy);
    policy_free(t->policy);
    t->policy = policy;
}

struct peer_filter testee_filter(const struct testee *t, bool is_dialled,
                                 bool is_trusted_peer)
{
    return peer_filter_of((struct peer_filter_terms){
        .is_dialled = is_dialled,
        .is_trusted = is_trusted_peer,
        .is_peer_graph = t->is_peer_graph,
    });
}

struct testee_conn *testee_add(struct testee *t, struct slice name,
                               struct connection *connection,
                               struct slice fingerprint)
{
    struct testee_conn *c = xalloc(1, sizeof *c), **end = &t->conns;

    while (*end)
        end = &(*end)->next;
    *end = c;
    c->name = xalloc_copy(name);
    c->connection = connection;
    c->serial = connection->serial;
    testee_event(t, json_pack("{s:s, s:s, s:o, s:o}", "ev", "conn_open", "conn",
                              c->name, "peer_identity",
                              acts_identity(connection->serving.identity),
                              "peer_fingerprint",
                              fingerprint.len ? value_new_string(fingerprint)
                                              : json_null()));
    return c;
}

void testee_end(struct testee *t, struct testee_conn *c, json_t *closed)
{
    json_object_set_new(closed, "ev", json_string("closed"));
    json_object_set_new(closed, "conn", json_string(c->name));
    testee_event(t, closed);
    testee_forget(t, c);
}

struct testee_conn *testee_find(const struct testee *t, const json_t *name,
                                struct failure *ret_failure)
{
    struct testee_conn *c = t->conns;

    while (c && !slice_equal(slice_of(c->name), value_string(name)))
        c = c->next;
    if (!c)
        failure_say(ret_failure, "conn: no connection of that name");
    return c;
}

struct testee_conn *testee_read_conn(const struct testee *t, const json_t *line,
                                     const struct value_field *more,
                                     size_t count, struct failure *f)
{
    const json_t *conn;
    struct value_field fields[1 + TESTEE_FIELDS_MAX] = {
        {"conn", VALUE_STRING, true, &conn}};

    assert(count <= TESTEE_FIELDS_MAX);
    if (count)
        memcpy(fields + 1, more, count * sizeof *more);
    return value_fields(line, fields, 1 + count, f) ? testee_find(t, conn, f)
                                                    : NULL;
}

void testee_forget(struct testee *t, struct testee_conn *c)
{
    struct testee_conn **at = &t->conns;

    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    for (struct table_entry *e = table_first(&c->windows); e; e = table_next(e))
        xalloc_free(e->value);
    table_clear(&c->windows);
    xalloc_free(c->name);
    xalloc_free(c);
}

void testee_clear(struct testee *t)
{
    t->is_mute = true; /* what is thrown away says nothing more */
    node_free(t->node);
    while (t->conns)
        testee_forget(t, t->conns);
    stage_free(t->stage);
    registry_clear(&t->registry);
    policy_free(t->policy);
    ownership_free(t->ownership);
    buf_clear(&t->leaf);
    buf_clear(&t->leaf_key);
    json_decref(t->out);
}

void testee_reset(struct testee *t)
{
    const struct testee kept = *t;

    testee_clear(t);
    *t = (struct testee){.level = kept.level,
                         .rng_seed = kept.rng_seed,
                         .has_quit = kept.has_quit,
                         .udp = kept.udp,
                         .policy = xalloc(1, sizeof *t->policy),
                         .out = json_array()};
    t->stage = stage_new(&(struct stage_report){tell, name_of, t});
}
