/* SPDX-License-Identifier: MIT */
/*
 * The reference as a program under test: conformance/CONTRACT.md from the
 * testee's side. The reference itself is not changed by being tested.
 *
 * Here is what a testee is made of and how it starts over. Upon it stand the
 * parts, each a list of verbs: testee_codec (L0), testee_scene and
 * testee_calls (L1 and L2), testee_streams (L1), testee_udp (L2); and upon
 * those testee_lines, which reads lines and knows all the lists.
 */
#ifndef REF_BIN_TESTEE_H
#define REF_BIN_TESTEE_H

#include "ref/bin/stage.h"

#define TESTEE_L0 1u
#define TESTEE_L1 2u
#define TESTEE_L2 4u

#define TESTEE_NS_PER_MS 1000000u
#define TESTEE_NS_PER_S 1000000000u

struct testee;

/* One verb of the contract. `line` has been relieved of seq and op; what the
 * verb has to say goes into `answer`. False: it is refused with a sentence. */
struct testee_verb {
    const char *op;
    unsigned levels; /* TESTEE_… on which it is known */
    bool (*run)(struct testee *t, const json_t *line, json_t *answer,
                struct failure *ret_failure);
};

/* A list of verbs. */
struct testee_verbs {
    const struct testee_verb *verbs; /* static */
    size_t count;                    /* how many */
};

/* One connection under the name the harness knows it by. */
struct testee_conn {
    char *name;                    /* owned */
    struct connection *connection; /* borrowed from the node */
    uint64_t serial;               /* the connection's, also when it is gone */
    int64_t stream_next;           /* L1: the next one we open */
    struct table windows;          /* L1: stream -> bytes it may take, owned */
    struct testee_conn *next;      /* made later */
};

/* What a testee is made of. The parts share it. */
struct testee {
    unsigned level;            /* TESTEE_…, 0 before hello */
    bool has_quit;             /* quit was said */
    bool is_mute;              /* events are dropped: we start over */
    bool is_configured;        /* configure was said since the reset */
    bool is_peer_graph;        /* the profile */
    uint64_t rng_seed;         /* what hello said */
    uint64_t rng_drawn;        /* blocks drawn from it since the reset */
    uint8_t key_seed[32];      /* our key's secret */
    struct buf leaf, leaf_key; /* owned: our certificate and its key, DER;
                                  empty: none */
    uint64_t call_timeout_ns;  /* 0: the default */
    uint64_t serve_timeout_ns; /* 0: the default */
    uint64_t now_ns;           /* L1: the time we were told */
    uint64_t unix_s;          /* Unix time, seconds, at the node's time 0 … */
    bool is_time_told;        /* … if it was said */
    struct registry registry; /* what we offer */
    struct auth_policy *policy;  /* owned: whom we know */
    struct ownership *ownership; /* owned: who owns what, or NULL: nobody keeps
                                    it … */
    struct access_owners owners; /* … and for those who read it */
    struct stage *stage;         /* owned */
    struct node *node;           /* owned; made when first needed */
    struct testee_conn *conns;   /* owned, in order of making */
    struct asked *asked;         /* owned by testee_calls.c: what waits */
    json_t *out;                 /* L1: owned; what this verb has caused */
    struct testee_udp *udp;      /* L2: testee_udp.c's own, or NULL */
};

/* Back to the state after hello; also how a zeroed one begins. */
void testee_reset(struct testee *t);

/* Gives back all it holds. */
void testee_clear(struct testee *t);

/* Something happened; `event` is taken. At L1 it goes into the answer, at L2
 * out at once. */
void testee_event(struct testee *t, json_t *event);

/* Who owns what is kept from now on; nobody owns anything. Before there is a
 * node, and once. */
void testee_keep_ownership(struct testee *t);

/* From now on these are whom it knows; they are taken. */
void testee_set_policy_take(struct testee *t, struct auth_policy *policy);

/* The node. Borrowed. */
struct node *testee_node(struct testee *t);

/* What a peer may see of us: default-deny for one we dialled [LG-2, LG-4]. */
struct peer_filter testee_filter(const struct testee *t, bool is_dialled,
                                 bool is_trusted_peer);

/* A connection gets a name, and the harness is told. Borrowed. */
struct testee_conn *testee_add(struct testee *t, struct slice name,
                               struct connection *connection,
                               struct slice fingerprint);

/* It is forgotten, and the harness is told by whom it was ended. */
void testee_end(struct testee *t, struct testee_conn *c, json_t *closed);

/* It is forgotten. */
void testee_forget(struct testee *t, struct testee_conn *c);

/* The connection of that name; NULL with a sentence when there is none. */
struct testee_conn *testee_find(const struct testee *t, const json_t *name,
                                struct failure *ret_failure);

/* What a verb about a connection says: `conn` and the fields behind it (at
 * most TESTEE_FIELDS_MAX). NULL with a sentence when they are not as they have
 * to be, or there is no connection of that name. */
#define TESTEE_FIELDS_MAX 7
struct testee_conn *testee_read_conn(const struct testee *t, const json_t *line,
                                     const struct value_field *more,
                                     size_t count, struct failure *f);

#endif
