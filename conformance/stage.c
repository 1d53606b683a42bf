/* SPDX-License-Identifier: MIT */
/*
 * What is said before anybody connects, and what it is made of.
 * The default registrations are CONTRACT.md, 7; of these we leave out what
 * rests on a capability that the testee has not declared.
 */
#include "conformance/stage.h"

#include <gnutls/crypto.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "conformance/backstage.h"
#include "conformance/body.h"
#include "conformance/fingerprint.h"
#include "conformance/hex.h"
#include "conformance/json_out.h"
#include "conformance/papers.h"
#include "ref/quic/tls.h"

#define VERB_MAX (1024u * 1024)

struct operation {
    const char *name;                     /* and behaviour */
    const char *members;                  /* further members of the verb */
    const char *capability;               /* must be declared; NULL: none */
    const char *(*more)(struct scene *s); /* members that are made; or NULL */
};

static const char *guard(struct scene *s);
static const char *freedom(struct scene *s);

#define SAFE "\"remote_safe\":true"
#define MUTATION "\"op_type\":\"mutation\""
#define SUBSCRIPTION "\"op_type\":\"subscription\""
#define INTERNAL "\"visibility\":\"internal\""

static const struct operation defaults[] = {
    {"conf/echo", SAFE, NULL, NULL},
    {"conf/fail", SAFE, NULL, NULL},
    {"conf/sink", MUTATION "," SAFE, NULL, NULL},
    {"conf/count", MUTATION "," SAFE, NULL, NULL},
    {"conf/unsafe", MUTATION, NULL, NULL},
    {"conf/hold", SAFE, "hold", NULL},
    {"conf/callback", SAFE, "callback", NULL},
    {"conf/panic", SAFE, "panic", NULL},
    {"conf/source", SUBSCRIPTION "," SAFE, "subscriptions", NULL},
    {"conf/compose", SAFE, "compose", freedom},
    {"conf/own", MUTATION "," SAFE, "ownership", NULL},
    {"conf/identity", SAFE, NULL, NULL},
    {"conf/guarded", SAFE, "access", guard},
    {"conf/hidden", INTERNAL "," SAFE, NULL, NULL},
    {"services/list", SAFE, "discovery", NULL},
    {"services/schema", SAFE, "discovery", NULL},
    {"services/list-peers", SAFE, "list_peers", NULL},
};

const char *const *stage_defaults(void)
{
    static const char *names[sizeof defaults / sizeof defaults[0] + 1];

    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++)
        names[i] = defaults[i].name;
    return names;
}

bool stage_is_default(struct slice name)
{
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        if (slice_equal(name, slice_of(defaults[i].name)))
            return true;
    }
    return false;
}

/* --- fingerprints */

static const char *fingerprint_of_seed(struct scene *s, const uint8_t *seed)
{
    struct failure failure;
    struct tls_key *pair = tls_key_new(seed, &failure);
    const char *text;

    if (!pair)
        scene_stop(s, VERDICT_HARNESS, "a key", failure.sentence);
    text = fingerprint_text(&s->arena, tls_key_spki(pair));
    tls_key_free(pair);
    return text;
}

const char *stage_fingerprint(struct scene *s, enum stage_key key)
{
    return fingerprint_of_seed(s, stage_key_seed(s, key));
}

const char *stage_certificate_fingerprint(struct scene *s, enum stage_key key)
{
    return fingerprint_text(&s->arena, papers_leaf(s, key, CONN_CERTIFICATE));
}

const char *stage_testee_fingerprint(struct scene *s)
{
    if (s->testee->hello.fingerprint.len)
        return (const char *)s->testee->hello.fingerprint.data;
    return fingerprint_of_seed(s, stage_seed(s, "testee-key"));
}

const char *stage_testee_certificate(struct scene *s)
{
    return fingerprint_text(&s->arena, papers_testee_leaf(s));
}

/* --- the stage */

void stage_must_be_open(struct scene *s, const char *what)
{
    scene_needs(s, what);
    if (s->stage.is_sent)
        scene_stop(s, VERDICT_HARNESS,
                   "a stage set before the first "
                   "connection",
                   "a stage set behind it");
}

void stage_add(struct scene *s, struct stage_line **list, const char *name,
               const char *json)
{
    struct stage_line *line = arena_new(&s->arena, 1, sizeof *line);

    line->name = name;
    line->json = json;
    while (*list)
        list = &(*list)->next;
    *list = line;
}

/* The members of the verb `register`. */
static const char *registration(struct scene *s, const char *name,
                                const char *behaviour, const char *members)
{
    return scene_text(s, "\"name\":\"%s\",\"behaviour\":\"%s\"%s%s", name,
                      behaviour, *members ? "," : "", members);
}

void stage_register(struct scene *s, const char *name, const char *behaviour,
                    const char *members)
{
    stage_must_be_open(s, "operations");
    stage_add(s, &s->stage.operations, name,
              registration(s, name, behaviour, members));
}

void stage_forward(struct scene *s, const char *name, const char *peer_id,
                   const char *operation, const char *members)
{
    const char *peer = "null";
    const char *reach = scene_text(s, "\"allowed\":[\"%s\"]", operation);

    if (peer_id) {
        peer = scene_text(s, "\"%s\"", peer_id);
        reach = scene_text(s, "\"pinned\":[\"%s/%s\"]", peer_id, operation);
    }
    stage_register(s, name, "conf/forward",
                   scene_text(s,
                              "\"forward\":{\"peer\":%s,\"operation\":"
                              "\"%s\"},\"scoped_env\":{%s}%s%s",
                              peer, operation, reach, *members ? "," : "",
                              members));
}

void stage_leave_out(struct scene *s, const char *name)
{
    stage_must_be_open(s, "operations");
    stage_add(s, &s->stage.operations, name, NULL);
}

void stage_nothing(struct scene *s)
{
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++)
        stage_leave_out(s, defaults[i].name);
}

void stage_timeout(struct scene *s, uint64_t call_ms)
{
    stage_must_be_open(s, "timeouts");
    s->stage.call_ms = call_ms;
}

void stage_serve_timeout(struct scene *s, uint64_t serve_ms)
{
    stage_must_be_open(s, "timeouts");
    s->stage.serve_ms = serve_ms;
}

void stage_certify(struct scene *s)
{
    stage_must_be_open(s, "certificates");
    s->stage.is_certified = true;
}

/* --- saying it */

static void put_identity(struct scene *s, struct json_out *out)
{
    json_out_object(out, "identity");
    json_out_hex(out, "seed", slice_make(stage_seed(s, "testee-key"), 32));
    if (s->stage.is_certified) {
        json_out_hex(out, "certificate", papers_testee_leaf(s));
        json_out_hex(out, "certificate_key", papers_testee_key(s));
    }
    json_out_end(out);
}

static void put_timeouts(struct json_out *out, const struct stage *stage)
{
    if (!stage->call_ms && !stage->serve_ms)
        return;
    json_out_object(out, "timeouts");
    if (stage->call_ms)
        json_out_u64(out, "call_ms", stage->call_ms);
    if (stage->serve_ms)
        json_out_u64(out, "serve_ms", stage->serve_ms);
    json_out_end(out);
}

static void put_entries(struct json_out *out, const char *name,
                        const struct stage_line *list)
{
    json_out_array(out, name);
    for (; list; list = list->next)
        json_out_raw(out, NULL, slice_of(list->json));
    json_out_end(out);
}

/* What only those are told who have declared what it is for. */
static void put_books(struct json_out *out, const struct stage *stage)
{
    put_entries(out, "peers", stage->peers);
    if (stage->api_keys)
        put_entries(out, "api_keys", stage->api_keys);
    if (stage->unix_s)
        json_out_u64(out, "unix_time", stage->unix_s);
    if (stage->has_ownership)
        json_out_bool(out, "ownership", true);
}

static void send_configure(struct scene *s)
{
    struct json_out out;
    struct buf b;

    buf_init(&b, VERB_MAX);
    json_out_begin(&out, &b);
    put_identity(s, &out);
    put_books(&out, &s->stage);
    json_out_text(&out, "profile",
                  slice_of(case_profile_name(s->instance->axes.profile)));
    put_timeouts(&out, &s->stage);
    json_out_end(&out);
    (void)testee_send(s->testee, "configure",
                      slice_make(b.data + 1, b.len - 2));
    buf_clear(&b);
}

static bool is_replaced(const struct scene *s, const char *name)
{
    const struct stage_line *l = s->stage.operations;

    while (l && strcmp(l->name, name) != 0)
        l = l->next;
    return l != NULL;
}

/* Who may call conf/guarded, and what is to be kept from them. */
static const char *guard(struct scene *s)
{
    return scene_text(s,
                      ",\"access\":{\"required_scopes\":[\"conf:guarded\"]},"
                      "\"capabilities\":{\"upstream\":\"%s\"}",
                      stage_secret(s, "capability"));
}

/* conf/compose may compose all there are. */
static const char *freedom(struct scene *s)
{
    const char *names = "";

    for (const char *const *name = stage_defaults(); *name; name++)
        names = scene_text(s, "%s%s\"%s\"", names, *names ? "," : "", *name);
    return scene_text(s, ",\"scoped_env\":{\"allowed\":[%s]}", names);
}

static void send_default(struct scene *s, const struct operation *op)
{
    if (op->capability && !scene_can(s, op->capability))
        return;
    (void)scene_send(s, "register",
                     scene_text(s, "\"name\":\"%s\",\"behaviour\":\"%s\",%s%s",
                                op->name, op->name, op->members,
                                op->more ? op->more(s) : ""));
}

static void send_operations(struct scene *s)
{
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        if (!is_replaced(s, defaults[i].name))
            send_default(s, &defaults[i]);
    }
    for (const struct stage_line *l = s->stage.operations; l; l = l->next) {
        if (l->json)
            (void)scene_send(s, "register", l->json);
    }
}

bool stage_is_ours(const struct scene *s)
{
    return s->testee->hello.operations == NULL;
}

void stage_send(struct scene *s)
{
    if (s->stage.is_sent)
        return;
    s->stage.is_sent = true;
    if (!stage_is_ours(s))
        return;
    send_configure(s);
    if (scene_can(s, "serve"))
        send_operations(s);
}

bool stage_try_register(struct scene *s, const char *name,
                        const char *behaviour, const char *members)
{
    const struct json *answer;

    /* one try may follow another, as long as nobody has connected */
    if (!s->stage.is_sent || s->conns)
        stage_must_be_open(s, "operations");
    stage_send(s);
    answer = scene_try_verb(s, "register",
                            registration(s, name, behaviour, members));
    return json_find(answer, "ok") != NULL;
}
