/* SPDX-License-Identifier: MIT */
/* See testee_scene.h. */
#include "ref/bin/testee_scene.h"
#include "ref/base/xalloc.h"
#include "ref/bin/assemble.h"
#include "ref/bin/testee_hex.h"
#include "ref/host/entropy.h"

/* ------------------------------------------------------------- the scene */

/* Both or none. */
static bool read_certificate(struct testee *t, const json_t *leaf,
                             const json_t *key, struct failure *f)
{
    if (!leaf && !key)
        return true;
    if (!leaf || !key)
        return failure_say(f, "certificate and certificate_key go together");
    return testee_hex(leaf, &t->leaf, f) && testee_hex(key, &t->leaf_key, f);
}

static bool read_identity(struct testee *t, const json_t *identity,
                          struct failure *f)
{
    const json_t *hex, *leaf, *key;
    const struct value_field fields[] = {
        {"seed", VALUE_STRING, true, &hex},
        {"certificate", VALUE_STRING, false, &leaf},
        {"certificate_key", VALUE_STRING, false, &key},
    };
    struct buf seed;
    bool is_good;

    if (!identity)
        return true;
    if (!value_fields(identity, fields, 3, f) ||
        !read_certificate(t, leaf, key, f) || !testee_hex(hex, &seed, f))
        return failure_wrap(f, "identity: ");
    is_good = seed.len == sizeof t->key_seed;
    if (is_good)
        memcpy(t->key_seed, seed.data, sizeof t->key_seed);
    else
        failure_say(f, "identity: seed: expected 64 hex digits");
    buf_wipe(&seed);
    return is_good;
}

static bool read_profile(struct testee *t, const json_t *profile,
                         struct failure *f)
{
    struct slice name =
        profile ? value_string(profile) : slice_of("remote-safe");

    t->is_peer_graph = slice_equal(name, slice_of("peer-graph"));
    return t->is_peer_graph || slice_equal(name, slice_of("remote-safe")) ||
           failure_say(f, "profile: expected remote-safe or peer-graph");
}

/* In milliseconds; what is not said stays. */
static void read_timeout(const json_t *ms, uint64_t *ret_ns)
{
    if (ms)
        *ret_ns = (uint64_t)json_integer_value(ms) * TESTEE_NS_PER_MS;
}

static bool read_timeouts(struct testee *t, const json_t *timeouts,
                          struct failure *f)
{
    const json_t *call, *serve;
    const struct value_field fields[] = {
        {"call_ms", VALUE_INTEGER, false, &call},
        {"serve_ms", VALUE_INTEGER, false, &serve},
    };

    if (!timeouts)
        return true;
    if (!value_fields(timeouts, fields, 2, f))
        return failure_wrap(f, "timeouts: ");
    read_timeout(call, &t->call_timeout_ns);
    read_timeout(serve, &t->serve_timeout_ns);
    return true;
}

/* Whom the testee is to know; neither: nobody. The contents of `ret` are the
 * caller's. */
static bool read_policy(const json_t *peers, const json_t *keys,
                        struct auth_policy *ret, struct failure *f)
{
    struct auth_policy p = {.peers = {NULL, 0}};

    if (peers && !peerbook_read(peers, &p.peers, f))
        return failure_wrap(f, "peers: ");
    if (keys && !apikeys_read(keys, &p.keys, f)) {
        auth_policy_clear(&p);
        return failure_wrap(f, "api_keys: ");
    }
    *ret = p;
    return true;
}

/* At L1 it is that time when the clock stands at 0; at L2 it is now, and the
 * clock did so when the machine was started, or whenever. */
static void read_time(struct testee *t, const json_t *unix_time)
{
    if (!unix_time)
        return;
    t->unix_s = (uint64_t)json_integer_value(unix_time);
    if (t->level == TESTEE_L2)
        t->unix_s -= entropy_now_ns() / TESTEE_NS_PER_S;
    t->is_time_told = true;
}

static bool run_configure(struct testee *t, const json_t *line, json_t *answer,
                          struct failure *f)
{
    const json_t *identity, *peers, *profile, *timeouts, *keys, *unix_time,
        *ownership;
    const struct value_field fields[] = {
        {"identity", VALUE_OBJECT, false, &identity},
        {"peers", VALUE_LIST, false, &peers},
        {"profile", VALUE_STRING, false, &profile},
        {"timeouts", VALUE_OBJECT, false, &timeouts},
        {"api_keys", VALUE_LIST, false, &keys},
        {"unix_time", VALUE_INTEGER, false, &unix_time},
        {"ownership", VALUE_BOOL, false, &ownership},
    };

    (void)answer;
    if (!value_fields(line, fields, sizeof fields / sizeof *fields, f))
        return false;
    if (t->is_configured || t->node || t->registry.by_name.count)
        return failure_say(f, "configure comes first, and once");
    if (!read_identity(t, identity, f) || !read_profile(t, profile, f) ||
        !read_timeouts(t, timeouts, f) ||
        !read_policy(peers, keys, t->policy, f))
        return false;
    read_time(t, unix_time);
    if (json_is_true(ownership))
        testee_keep_ownership(t);
    t->is_configured = true;
    return true;
}

/* [IP-7] All at once or not at all. */
static bool run_reload(struct testee *t, const json_t *line, json_t *answer,
                       struct failure *f)
{
    struct auth_policy *fresh = xalloc(1, sizeof *fresh);

    (void)answer;
    if (!auth_policy_read(line, fresh, f)) {
        xalloc_free(fresh);
        return false;
    }
    testee_set_policy_take(t, fresh);
    return true;
}

static bool run_register(struct testee *t, const json_t *line, json_t *answer,
                         struct failure *f)
{
    (void)answer;
    return assemble_operation(line, t->stage, &t->registry, f);
}

/* ------------------------------------------------------------- owning */

/* The members of `grant` and `revoke`. */
struct belonging {
    const json_t *type, *id, *owner;
};

#define REVOKE_FIELDS 2 /* the first of them; `grant` has one more */

static bool read_belonging(const struct testee *t, const json_t *line,
                           size_t count, struct belonging *b, struct failure *f)
{
    const struct value_field fields[REVOKE_FIELDS + 1] = {
        {"resource_type", VALUE_STRING, true, &b->type},
        {"resource_id", VALUE_STRING, true, &b->id},
        {"owner", VALUE_STRING, true, &b->owner},
    };

    return value_fields(line, fields, count, f) &&
           (t->ownership ||
            failure_say(f, "who owns what is not kept: configure said nothing "
                           "of ownership"));
}

static bool run_grant(struct testee *t, const json_t *line, json_t *answer,
                      struct failure *f)
{
    struct belonging b;

    (void)answer;
    return read_belonging(t, line, REVOKE_FIELDS + 1, &b, f) &&
           ownership_record(t->ownership, value_string(b.owner),
                            value_string(b.type), value_string(b.id), f);
}

static bool run_revoke(struct testee *t, const json_t *line, json_t *answer,
                       struct failure *f)
{
    struct belonging b;

    (void)answer;
    return read_belonging(t, line, REVOKE_FIELDS, &b, f) &&
           ownership_revoke(t->ownership, value_string(b.type),
                            value_string(b.id), f);
}

/* ------------------------------------------------------------- the rest */

static bool run_release(struct testee *t, const json_t *line, json_t *answer,
                        struct failure *f)
{
    const json_t *tag;
    const struct value_field fields[] = {{"tag", VALUE_STRING, true, &tag}};
    size_t released;

    if (!value_fields(line, fields, 1, f))
        return false;
    released = stage_release(t->stage, value_string(tag));
    json_object_set_new(answer, "released", json_integer((json_int_t)released));
    return released > 0 || failure_say(f, "tag: nobody waits under it");
}

static bool run_stats(struct testee *t, const json_t *line, json_t *answer,
                      struct failure *f)
{
    struct connection_stats sum = {.streams = 0};

    if (!value_fields(line, NULL, 0, f))
        return false;
    if (t->node)
        sum = node_count(t->node);
    json_object_set_new(answer, "streams",
                        json_integer((json_int_t)sum.streams));
    json_object_set_new(answer, "pending",
                        json_integer((json_int_t)sum.pending));
    json_object_set_new(answer, "served", json_integer((json_int_t)sum.served));
    json_object_set_new(answer, "bytes", json_integer((json_int_t)sum.bytes));
    json_object_set_new(answer, "runs", stage_runs(t->stage));
    return true;
}

static const struct testee_verb verbs[] = {
    {"configure", TESTEE_L1 | TESTEE_L2, run_configure},
    {"register", TESTEE_L1 | TESTEE_L2, run_register},
    {"reload", TESTEE_L1 | TESTEE_L2, run_reload},
    {"grant", TESTEE_L1 | TESTEE_L2, run_grant},
    {"revoke", TESTEE_L1 | TESTEE_L2, run_revoke},
    {"release", TESTEE_L1 | TESTEE_L2, run_release},
    {"stats", TESTEE_L1 | TESTEE_L2, run_stats},
};

struct testee_verbs testee_scene_verbs(void)
{
    return (struct testee_verbs){verbs, sizeof verbs / sizeof *verbs};
}
