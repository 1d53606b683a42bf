/* SPDX-License-Identifier: MIT */
/*
 * The calls of a story in which handlers compose, each as its judge knows it:
 * what is to be done and where that gets to (crew.h), for whom, and what hangs
 * on it (kin.h). What handlers are told and what composers hear is held against
 * that here.
 *
 * A task is known by its place: {"n":7} is the input and the answer of the
 * task 7, and "r7" its id, if it came over the wire.
 */
#ifndef FUZZ_PEERS_TASK_H
#define FUZZ_PEERS_TASK_H

#include "fuzz/peers/crew.h"
#include "fuzz/peers/kin.h"
#include "fuzz/peers/port.h"

struct task {
    struct crew_request request;
    enum gate_end end;       /* where it gets to */
    bool is_composed;        /* else it came over the wire … */
    struct port_stream *way; /* … on this stream, unless that is lost */
    bool has_claim;
    uint32_t by;              /* composed: by the handler of this one */
    uint32_t who;             /* wire: somebody of gate.h */
    uint32_t user;            /* the request with which it all began */
    struct handler_call call; /* once it runs */
    const struct context *context;
    const char *code;  /* what it fails with … */
    bool is_retryable; /* … and may it be tried again? */
};

struct tasks {
    struct kin kin; /* the same places */
    struct task all[KIN_MAX];
};

/* A place for one more; NULL: there is none. It is taken by kin_ask() or
 * kin_compose(). */
struct task *task_new(struct tasks *all, const struct task *t);

uint32_t task_place(const struct tasks *all, const struct task *t);
const char *task_name(const struct task *t);

/* Its own kin. */
struct kin_call *task_kin(struct tasks *all, const struct task *t);

/* Whose handler that is; NULL: nobody's. */
struct task *task_find(struct tasks *all, struct handler_call call);

/* Whose number stands behind `mark`; NULL: nobody's. */
struct task *task_named(struct tasks *all, struct slice text, const char *mark);

/* Static, until they are asked for again. */
struct slice task_input(const struct tasks *all, const struct task *t);
struct slice task_answer(const struct tasks *all, const struct task *t);
struct slice task_id(const struct tasks *all, const struct task *t);

/* Whoever asked hears this, with what an error says. */
struct task_word {
    enum kin_word word;
    struct slice code, details;
    bool is_retryable;
};
void task_hear(struct tasks *all, struct task *t, const struct task_word *w);

/* Its handler is to be started there, with that input; and what it was told
 * holds, as long as it runs. */
void task_check_start(struct tasks *all, const struct task *t,
                      const struct crew_place *place);
void task_check_context(const struct tasks *all, const struct task *t);

/* The rule that speaks of what is owed, or would be if it was refused. */
const char *task_rule(const struct tasks *all, const struct task *t);

/* What is owed at once was done; and, when all is written, all of it was. */
void tasks_check(struct tasks *all);
void tasks_check_calm(struct tasks *all);

#endif
