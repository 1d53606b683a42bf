/* SPDX-License-Identifier: MIT */
/*
 * [CA-5, CA-1, CA-3] No path leads to an operation but through a gate that
 * asked for what the operation requires. Worlds are made at random: operations
 * in three layers with accesses, authorities, reach and pins, peers that go,
 * owners, sessions, and operations that offer what a peer serves. In each of
 * them trees of calls grow at random, and two things are held against what the
 * node does:
 *
 *   an oracle foretells every outcome: which operation runs, or which error;
 *
 *   and whoever runs looks at who stood before it: the caller on the wire, or
 *   the authority of the operation that composed or offered it, and nobody
 *   further away.
 */
#include "ref/session/served.h"
#include "ref/test/oracle.h"
#include "ref/test/wire.h"

#define WORLDS 600
#define STEPS 80 /* of one world */
#define DEPTH_MAX 20

static struct wire w;
static struct connection *links[PEERS];
static struct registry session;

/* ------------------------------------------------------------- the calls */

/* A call that somebody asked for; its number is in its input. */
struct ask {
    struct fate fate; /* foretold */
    const struct op *ran;
    struct handler_call call; /* once it was started */
    bool has_session;
    int depth; /* calls above it */
    struct waiter waiter;
};

static struct ask asks[STEPS];
static int ask_count;
static int tally[OUTCOMES], ran_in[SETS], composed, offered, pinned, trees;

static struct ask *ask_of(struct slice input)
{
    char text[40];
    int n = -1;

    snprintf(text, sizeof text, "%.*s", (int)input.len,
             (const char *)input.data);
    assert_int_equal(sscanf(text, "{\"n\":%d", &n), 1);
    assert_true(n >= 0 && n < ask_count);
    return &asks[n];
}

/* Is that whom the context says was asked for: `before`, by its label? */
static void check_identity(const struct context *context,
                           const struct rights *before)
{
    char label[20];

    assert_int_equal(context->identity != NULL, before != NULL);
    if (!before)
        return;
    snprintf(label, sizeof label, "h%d", before->holder);
    t_same(context->identity->id, label);
}

static void start(void *self, const struct context *context, struct slice input,
                  struct handler_call call)
{
    const struct op *op = self;
    struct ask *a = ask_of(input);

    assert_null(a->ran); /* once */
    a->ran = op;
    a->call = call;
    check_identity(context, a->fate.before);
    assert_int_equal(context->is_internal, a->depth > 0 || op->set < SESSION);
    /* the user is known, and no right follows from it */
    assert_int_equal(context_end_user(context) != NULL, is_known);
}

static void pull(void *self, struct handler_call call)
{
    (void)self;
    (void)call;
}

/* The call that the node still serves for it. */
static bool is_running(const struct ask *a)
{
    return a->ran && served_find(a->call.desk->self, a->call.serial);
}

/* ------------------------------------------------------- building a world */

static json_t *words(const char *format, unsigned mask)
{
    json_t *list = json_array();

    for (int i = 0; mask >> i; i++)
        if (mask >> i & 1) {
            char word[30];

            snprintf(word, sizeof word, format, i);
            json_array_append_new(list, json_string(word));
        }
    return list;
}

/* The members of an identity. */
static json_t *tree_of_rights(const struct rights *r)
{
    json_t *tree = json_object(), *resources = json_object();
    char word[20];

    snprintf(word, sizeof word, "h%d", r->holder);
    json_object_set_new(tree, "id", json_string(word));
    json_object_set_new(tree, "scopes", words("s%d", r->scopes));
    for (int t = 0; t < TYPES; t++) {
        snprintf(word, sizeof word, "type%d", t);
        json_object_set_new(resources, word, words("x%d", r->resources[t]));
    }
    json_object_set_new(tree, "resources", resources);
    return tree;
}

static struct identity *identity_of(const struct rights *r)
{
    json_t *tree = tree_of_rights(r);
    struct identity who = {.resources = NULL}, *copy;

    assert_true(identity_read(tree, &who));
    json_decref(tree);
    copy = identity_copy(&who);
    identity_clear(&who);
    return copy;
}

/* "type1", or null. */
static json_t *word_or_null(const char *format, int n)
{
    char word[20];

    snprintf(word, sizeof word, format, n);
    return n == ANY ? json_null() : json_string(word);
}

static json_t *tree_of_access(const struct op *op)
{
    json_t *tree = json_object();

    json_object_set_new(tree, "required_scopes", words("s%d", op->required));
    json_object_set_new(tree, "required_scopes_any",
                        op->has_any ? words("s%d", op->any) : json_null());
    json_object_set_new(tree, "resource_type",
                        word_or_null("type%d", op->type));
    json_object_set_new(tree, "resource_action",
                        word_or_null("x%d", op->action));
    return tree;
}

static struct registration specify(const struct op *op, struct handler handler)
{
    json_t *tree = json_object();
    struct registration r;
    struct buf text;

    json_object_set_new(tree, "name", word_or_null("o/%d", op->name));
    json_object_set_new(tree, "access", tree_of_access(op));
    json_object_set_new(
        tree, "op_type",
        json_string(op->is_stream ? "subscription" : "mutation"));
    json_object_set_new(tree, "visibility",
                        json_string(op->is_internal ? "internal" : "external"));
    if (op->is_named)
        json_object_set_new(tree, "resource_id_path", json_string("$.id"));
    buf_init(&text, 2000);
    assert_true(value_print(tree, &text));
    buf_put_byte(&text, '\0');
    r = offer_make((const char *)text.data, handler);
    buf_clear(&text);
    json_decref(tree);
    return r;
}

static struct peer_ref peer_of(int peer)
{
    static const char *const ids[] = {"w0", "w1", "w2", "w3"};

    return (struct peer_ref){peer == ANY ? slice_make(NULL, 0)
                                         : slice_of(ids[peer])};
}

static struct handler handler_of(struct op *op)
{
    char name[20];

    snprintf(name, sizeof name, "o/%d", op->offer_name);
    if (op->is_offer)
        return forward_offer(peer_of(op->offer_peer), slice_of(name),
                             op->is_stream ? SPEC_SUBSCRIPTION : SPEC_QUERY);
    return (struct handler){
        .start = start, .pull = op->is_stream ? pull : NULL, .self = op};
}

static void put(struct strings *list, const char *prefix, unsigned mask)
{
    for (int i = 0; i < NAMES; i++)
        if (mask >> i & 1) {
            char name[30];

            snprintf(name, sizeof name, "%so/%d", prefix, i);
            strings_add(list, slice_of(name));
        }
}

static void add(struct registry *registry, struct op *op)
{
    static const char *const prefixes[] = {"w0/", "w1/", "w2/"};
    struct registration r;

    if (!op->exists)
        return;
    r = specify(op, handler_of(op));
    r.provenance = op->set == BASE      ? REGISTRY_LOCAL
                   : op->set == SESSION ? REGISTRY_SESSION
                                        : REGISTRY_FROM_CALL;
    r.is_remote_safe = op->is_safe;
    r.authority = op->has_authority ? identity_of(&op->authority) : NULL;
    put(&r.scoped_env.allowed, "", op->allowed);
    for (int p = 0; p < PEERS; p++)
        put(&r.scoped_env.pinned, prefixes[p], op->pinned[p]);
    offer_take(registry, &r);
}

/* ------------------------------------------------------------- owners */

static bool holds(const struct identity *who, int type, int id)
{
    char label[20];

    snprintf(label, sizeof label, "h%d", owner_of[type][id]);
    return slice_equal(who->id, slice_of(label));
}

static int number(struct slice word)
{
    return word.data[word.len - 1] - '0';
}

static bool book_owns(void *self, const struct identity *who, struct slice type,
                      struct slice id, struct slice action)
{
    (void)self;
    (void)action;
    return holds(who, number(type), number(id));
}

static bool book_owns_any(void *self, const struct identity *who,
                          struct slice type)
{
    bool owns_some = false;

    (void)self;
    for (int i = 0; i < ACTIONS; i++)
        owns_some = owns_some || holds(who, number(type), i);
    return owns_some;
}

static const struct access_owners book = {.owns = book_owns,
                                          .owns_any = book_owns_any};

/* ------------------------------------------------------------- the node */

#define PEER_KEY(digit) "ed25519:" DIGITS(digit) DIGITS(digit)
#define DIGITS(digit) EIGHT(digit) EIGHT(digit) EIGHT(digit) EIGHT(digit)
#define EIGHT(digit) digit digit digit digit digit digit digit digit

static const char *const keys[] = {PEER_KEY("0"), PEER_KEY("1"), PEER_KEY("2"),
                                   PEER_KEY("9")};

/* The peers, and whoever calls from the wire as the last. */
static void introduce(struct auth_policy *policy)
{
    json_t *list = json_array(), *tree = json_object();
    struct failure f;

    for (int p = 0; p <= PEERS; p++) {
        json_t *entry = p < PEERS ? json_object() : tree_of_rights(&user);
        json_t *id = p < PEERS ? value_new_string(peer_of(p).id)
                               : json_incref(json_object_get(entry, "id"));

        json_object_del(entry, "id");
        json_object_set_new(entry, "peer_id", id);
        json_object_set_new(entry, "fingerprints", json_pack("[s]", keys[p]));
        json_array_append_new(list, entry);
    }
    json_object_set_new(tree, "peers", list);
    if (!auth_policy_read(tree, policy, &f))
        fail_msg("%s", f.sentence);
    json_decref(tree);
}

static void join_peer(int peer)
{
    struct registry fresh = {.is_sealed = false};

    links[peer] =
        node_add(w.node, slice_of(keys[peer]), (struct peer_filter){true});
    for (int name = 0; name < NAMES; name++)
        add(&fresh, &ops[peer][name]);
    connection_import_take(links[peer], &fresh);
    is_alive[peer] = true;
}

static void begin_world(void)
{
    struct node_config config = {.registry = &w.registry,
                                 .policy = &w.policy,
                                 .owners = has_owners ? &book : NULL,
                                 .entropy = {wire_fill, &w}};

    memset(asks, 0, sizeof asks);
    ask_count = 0;
    w = (struct wire){.room = SIZE_MAX};
    buf_init(&w.said, 1 << 22);
    introduce(&w.policy);
    for (int name = 0; name < NAMES; name++) {
        add(&w.registry, &ops[BASE][name]);
        add(&session, &ops[SESSION][name]);
    }
    w.node = node_new(&config);
    for (int i = 0; i < PEERS; i++)
        join_peer(order[i]);
    w.c = node_add(w.node, slice_of(is_known ? keys[PEERS] : ""),
                   (struct peer_filter){is_open});
}

static void end_world(void)
{
    wire_end(&w);
    registry_clear(&session);
}

/* ------------------------------------------------------------- growing */

/* What came of it, against what was foretold. */
static void compare(const struct ask *a, enum outcome outcome)
{
    const struct fate *f = &a->fate;

    if (outcome != f->outcome || a->ran != f->ran)
        fail_msg("ask %d: \"%s\" instead of \"%s\"", (int)(a - asks),
                 codes[outcome], codes[f->outcome]);
    tally[outcome]++;
    if (outcome != RUNS)
        return;
    ran_in[a->ran->set]++;
    offered += f->target != f->ran;
    composed += a->depth > 0;
    /* whatever the oracle believes: who stood before it holds what it needs */
    assert_false(a->ran->required && !f->before);
    assert_false(f->before && (a->ran->required & ~f->before->scopes));
}

static enum outcome outcome_of(const char *words)
{
    int outcome = RUNS;

    for (int i = NOT_FOUND; i < OUTCOMES; i++)
        if (strstr(words, codes[i]))
            outcome = i;
    assert_true(outcome != RUNS || !*words);
    return (enum outcome)outcome;
}

/* The input of the next ask, which speaks of that resource; static. */
static const char *input_about(int id)
{
    static char text[60];

    if (id == ANY)
        snprintf(text, sizeof text, "{\"n\":%d}", ask_count);
    else
        snprintf(text, sizeof text, "{\"n\":%d,\"id\":\"id%d\"}", ask_count,
                 id);
    return text;
}

static int some_id(void)
{
    return (int)chance(ACTIONS + 1) - 1;
}

static void grow_root(void)
{
    int name = (int)chance(NAMES), id = some_id();
    struct ask *a = &asks[ask_count];
    char frame[300];
    const char *said;

    *a = (struct ask){.fate = foretell_wire(name, id)};
    snprintf(frame, sizeof frame, WIRE_ASK("r%d", "o/%d", "%s"), ask_count,
             name, input_about(id));
    ask_count++;
    wire_hears(&w, 4 * (a - asks), false, frame);
    said = wire_poll(&w);
    compare(a, outcome_of(said));
    trees++;
}

static void grow_from(const struct ask *by)
{
    int peer = chance(2) ? ANY : (int)chance(PEERS + 1);
    int name = (int)chance(NAMES), id = some_id();
    const struct op *op = by->fate.target;
    struct ask *a = &asks[ask_count];
    char word[20];
    struct composing_request request = {.peer = peer_of(peer),
                                        .input = slice_of(input_about(id))};

    snprintf(word, sizeof word, "o/%d", name);
    request.operation = slice_of(word);
    *a = (struct ask){
        .fate = foretell(op, by->has_session, peer, name, id),
        .has_session = by->has_session,
        .depth = by->depth + 1,
    };
    ask_count++;
    node_invoke(by->call, &request, waiter_of(&a->waiter));
    (void)wire_poll(&w);
    assert_int_equal(a->waiter.told, a->fate.outcome != RUNS);
    compare(a, outcome_of(a->waiter.text));
    pinned += a->ran && !(op->allowed >> name & 1);
}

static void enter_session(struct ask *a)
{
    a->has_session = chance(4) != 0;
    node_set_session(a->call, a->has_session ? &session : NULL);
}

/* What is over takes along what it composed. */
static void end_call(const struct ask *a)
{
    if (a->fate.target->is_stream)
        handler_complete(a->call);
    else
        handler_respond(a->call, slice_of("1"));
    (void)wire_poll(&w);
    assert_false(is_running(a));
}

static void lose_peer(int peer)
{
    is_alive[peer] = false;
    connection_on_closed(links[peer]);
}

/* Leaves compose nothing [HR-3], so they are asked to only now and then. */
static bool is_worth_it(const struct ask *a)
{
    return is_running(a) && a->depth < DEPTH_MAX &&
           (a->fate.target->set >= SESSION || chance(10) == 0);
}

static struct ask *some_running(void)
{
    for (int tries = 0; ask_count && tries < 20; tries++) {
        struct ask *a = &asks[chance((size_t)ask_count)];

        if (is_worth_it(a))
            return a;
    }
    return NULL;
}

static void take_a_step(void)
{
    struct ask *a = some_running();
    size_t what = chance(40);

    if (!a || what < 2)
        grow_root();
    else if (what < 5)
        enter_session(a);
    else if (what < 6)
        end_call(a);
    else if (what == 6 && chance(3) == 0)
        lose_peer((int)chance(PEERS));
    else
        grow_from(a);
}

static void no_path_goes_round_a_gate(void **state)
{
    int asked = 0;

    (void)state;
    for (int world = 0; world < WORLDS; world++) {
        seed = (uint64_t)world;
        think_of_world();
        begin_world();
        while (ask_count < STEPS)
            take_a_step();
        asked += ask_count;
        end_world();
    }
    print_message("%d trees, %d calls, %d of them composed and run; refused: "
                  "%d NOT_FOUND, %d FORBIDDEN, %d of another type\n",
                  trees, asked, composed, tally[NOT_FOUND], tally[FORBIDDEN],
                  tally[WRONG_TYPE]);
    print_message("ran at home %d, in sessions %d, at peers %d %d %d, of them "
                  "by offers %d, by pins alone %d\n",
                  ran_in[BASE], ran_in[SESSION], ran_in[0], ran_in[1],
                  ran_in[2], offered, pinned);
    /* nothing of it may be so rare that it proves nothing */
    for (int i = 0; i < OUTCOMES; i++)
        assert_true(tally[i] > 500);
    for (int i = 0; i < SETS; i++)
        assert_true(ran_in[i] > 300);
    assert_true(composed > 3000 && offered > 300 && pinned > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_path_goes_round_a_gate),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
