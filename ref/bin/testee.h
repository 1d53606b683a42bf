/* SPDX-License-Identifier: MIT */
/*
 * The reference as a program under test: conformance/CONTRACT.md from the
 * testee's side. Lines in, lines out; the reference itself is not changed by
 * being tested.
 */
#ifndef REF_BIN_TESTEE_H
#define REF_BIN_TESTEE_H

#include "ref/bin/stage.h"

#define TESTEE_L0 1u
#define TESTEE_L1 2u
#define TESTEE_L2 4u

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

/* The lists of each part; testee.c has the first and asks all of them. */
struct testee_verbs testee_codec_verbs(void);   /* L0 */
struct testee_verbs testee_scene_verbs(void);   /* L1 and L2 */
struct testee_verbs testee_streams_verbs(void); /* L1 */
struct testee_verbs testee_udp_verbs(void);     /* L2 */

/* One connection under the name the harness knows it by. */
struct testee_conn {
    char *name;                    /* owned */
    struct connection *connection; /* borrowed from the node */
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
    uint64_t now_ns;           /* L1: the time we were told */
    struct registry registry;  /* what we offer */
    struct peerbook peers;     /* whom we know */
    struct stage *stage;       /* owned */
    struct node *node;         /* owned; made when first needed */
    struct testee_conn *conns; /* owned, in order of making */
    json_t *out;               /* L1: owned; what this verb has caused */
    struct testee_udp *udp;    /* L2: owned by testee_udp.c */
};

/* Back to the state after hello. */
void testee_reset(struct testee *t);

/* Something happened; `event` is taken. At L1 it goes into the answer, at L2
 * out at once. */
void testee_event(struct testee *t, json_t *event);

/* Writes one line to standard output, flushed later; `tree` is taken. */
void testee_write(json_t *tree);

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

/* The bytes that a string of hex digits stands for. False with a sentence when
 * it is none; else the caller clears the buffer. */
bool testee_hex(const json_t *hex, struct buf *ret, struct failure *f);

/* The other way round. Owned by the caller. */
json_t *testee_hex_tree(struct slice bytes);

/* The line that is not complete yet. */
struct testee_input {
    struct buf line;  /* owned */
    bool is_too_long; /* and is thrown away */
    struct buf rest;  /* owned: came with `hello`, for when the loop runs */
};

/* Takes what is there on standard input, carries out the lines that are
 * complete, and sends the answers. May block. */
void testee_read(struct testee *t, struct testee_input *in);

/* The same with what came together with `hello`. */
void testee_read_rest(struct testee *t, struct testee_input *in);

/* L1: everything the connections want done is done. */
void testee_streams_pump(struct testee *t);

/* L2: ferries, sends what is to be sent, sets the timer. */
void testee_udp_turn(struct testee *t);

/* L2: sockets are closed, everything is thrown away. */
void testee_udp_reset(struct testee *t);

/* L2: reads lines and datagrams until quit. */
void testee_udp_run(struct testee *t, struct testee_input *in);

/* Reads lines until quit or the end of standard input; the exit status. */
int testee_run(void);

#endif
