/* SPDX-License-Identifier: MIT */
/*
 * One node and everybody in it: what it offers (gate.h), the handlers that run,
 * those who asked. The input decides what handlers do, step by step: answer,
 * fail, break down, compose, call back, or nothing yet.
 *
 * It holds whatever happens against what is promised to them: who was started
 * answers or is stopped, once; who asked is told, once, and nothing comes
 * behind the end; as many calls run and wait as there are.
 *
 * Texts that go from one to the other have a number: {"n":7} is the input of
 * question 7, {"n":7,"i":0} its answer or first item.
 */
#ifndef FUZZ_PEERS_PARTY_H
#define FUZZ_PEERS_PARTY_H

#include "fuzz/peers/port.h"
#include "fuzz/peers/stock.h"

#define PARTY_ASKS_MAX 160
#define PARTY_JOBS_MAX 160
#define PARTY_PREFIX "peer"       /* what is imported is called peer/o/0 … */
#define PARTY_STRANGER UINT32_MAX /* a question without a number */

struct party;

/* Whoever asked. */
struct party_ask {
    struct party *party;
    uint32_t number;
    uint32_t told, items; /* how often, how many */
    uint64_t ticket;      /* over the wire; 0: not yet, or composed */
    struct port *port;    /* likewise; NULL: composed */
    bool is_feed, is_paused, is_ok;
    bool is_given_up;         /* by whoever asked */
    struct handler_call call; /* of the handler that asked … */
    bool is_for_call;         /* … if it was one */
};

/* A handler at work. */
struct party_job {
    struct handler_call call;
    struct context_origin origin;
    uint32_t op, number, items;
    bool is_feed, is_asked, is_composed;
    bool is_done, is_stopped; /* it ended by its own word, or without one */
};

/* What a target wants to know. Any may be NULL. */
struct party_eyes {
    void (*started)(void *self, struct party *p, const struct party_job *job,
                    const struct context *context);
    /* Without a word of its own. */
    void (*stopped)(void *self, const struct party_job *job);
    void (*item)(void *self, const struct party_ask *ask, struct slice output);
    void (*told)(void *self, const struct party_ask *ask,
                 const struct pending_outcome *outcome);
    /* A handler asks, for `op`: by which number? `by`: composed by that
     * operation; NULL: it calls back over the connection its call came on. */
    uint32_t (*asks)(void *self, struct party *p, const struct party_job *by,
                     uint32_t op, bool is_composed, bool is_fit);
    void *self;
};

struct party {
    struct feed *feed; /* borrowed: who decides */
    struct party_eyes eyes;
    struct gate_op ops[GATE_OPS];
    struct party_op {
        struct party *party;
        uint32_t op;
    } selves[GATE_OPS];                 /* of the handlers */
    struct registry registry;           /* of these */
    const struct access_owners *owners; /* of things; NULL: nobody knows */
    uint64_t call_timeout_ns, serve_timeout_ns; /* 0: as a node has them */
    struct node *node;
    uint64_t now_ns;
    uint32_t drawn; /* ids so far */
    struct party_ask asks[PARTY_ASKS_MAX];
    uint32_t ask_count;
    struct party_job jobs[PARTY_JOBS_MAX];
    uint32_t job_count;
    uint32_t waiting; /* asked over the wire, and not told */
    uint32_t running; /* handlers */
    uint32_t talks;   /* imports and other questions of the target's own */
};

/* Operations are registered as `ops` says, discovery with them. A registry is
 * never changed by a node: where all inputs have the same it is made once. */
void party_offer(struct party *p, const struct gate_op ops[GATE_OPS]);

/* Nothing is offered any more: what the input chose goes with it, or the next
 * one would find something of it. */
void party_withdraw(struct party *p);

/* A node of what it offers, at time 0. */
void party_begin(struct party *p, struct feed *feed);

/* Nobody has a connection any more: everything is over, and given back. */
void party_end(struct party *p);

/* Room for one who asks, over `port` or, NULL, of the node itself; NULL: there
 * is none. */
struct party_ask *party_ask(struct party *p, struct port *port, uint32_t number,
                            bool is_feed);

/* It asks for "o/OP" over its port, OP beyond them: of what is not there, with
 * somebody's token, and perhaps with the claim that it is for one who may do
 * everything. */
void party_send(struct party_ask *a, uint32_t op, bool is_fit, uint32_t who,
                bool has_claim);

/* One of the jobs (asks) that are not over, counted from the oldest; NULL:
 * there is none. */
struct party_job *party_running(struct party *p, uint32_t which);
struct party_ask *party_waiting(struct party *p, uint32_t which);

/* That handler goes on, as the input says. */
void party_work(struct party *p, struct party_job *job);

/* Who asked gives up; or wants items again. */
void party_abort(struct party_ask *a);
void party_resume(struct party_ask *a);

/* Time goes on. */
void party_wait(struct party *p, uint64_t for_ns);

/* Is everything counted that there is, and nothing else? */
void party_check(struct party *p);

/* How many subscribers have enough for now. */
size_t party_paused(const struct party *p);

/* What is in a text of the form above; PARTY_STRANGER: it has none. */
uint32_t party_number(struct slice text);
uint32_t party_place(struct slice text);

#endif
