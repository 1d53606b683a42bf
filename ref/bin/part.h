/* SPDX-License-Identifier: MIT */
/*
 * A part: one call in the hands of a behaviour, from its start to its end.
 *
 * What the behaviour says goes out through its part, and so the part knows
 * when the call is over; until then it keeps what the behaviour needs beyond
 * one step: the input, how far it got, what it waits for. A behaviour takes a
 * step when its call starts, when an item is asked for, when its tag is
 * released, and when what it asked for itself has come.
 *
 * A part goes when its call is over and nobody it asked owes it an answer.
 */
#ifndef REF_BIN_PART_H
#define REF_BIN_PART_H

#include "ref/bin/tally.h"
#include "ref/session/node.h"
#include "ref/state/ownership.h"

struct part;

/* All parts of one stage. Zeroed is empty. */
struct parts {
    struct table playing;        /* serial of the call -> struct part, owned */
    struct tally counts;         /* the keys of conf/count */
    struct ownership *ownership; /* borrowed: what conf/own writes; NULL:
                                    nobody keeps who owns what */
};

/* What a behaviour does next. */
typedef void part_step(struct part *p);

/* What a part waits for. */
enum part_wait {
    PART_WORKS, /* nothing: it is at work */
    PART_TAG,   /* to be released */
    PART_ROOM,  /* to be asked for an item */
    PART_CHILD  /* for the outcome of what it composed */
};

struct part {
    struct parts *parts;          /* borrowed */
    struct handler_call call;     /* to be answered */
    struct context_origin origin; /* where to call back */
    json_t *witness;              /* owned: conn, operation and id, for whoever
                                     listens, or NULL */
    json_t *input;                /* owned; NULL: the act did not ask for it */
    json_int_t step;              /* a source: how many items it has given */
    enum part_wait wait;          /* what it waits for */
    struct slice tag;             /* PART_TAG: under this, borrowed … */
    part_step *then;              /* … and then does this */
    uint64_t ticket;              /* of the call it made, or 0 */
    bool is_asking;               /* somebody will tell it an outcome */
    bool is_over;                 /* its call has ended */
    unsigned depth;               /* steps that are being taken just now */
};

/* A part for a call that has just started. `witness` and `input` are taken.
 * Everything that is done with it stands between part_enter() and
 * part_leave(), which frees it when it is time. Borrowed. */
struct part *part_new(struct parts *all, struct handler_call call,
                      json_t *witness, json_t *input);
void part_enter(struct part *p);
void part_leave(struct part *p);

/* The part of a call that is not over, or NULL. Borrowed. */
struct part *parts_find(const struct parts *all, struct handler_call call);

/* Nobody wants its answer any more: it drops what it waits for, and aborts the
 * call it made. */
void part_stop(struct part *p);

/* It answers: with a tree, which is taken, or with a JSON text. */
void part_answer(struct part *p, json_t *output);
void part_respond(struct part *p, struct slice output);

/* It fails: as told, with a code of the protocol's, with INVALID_INPUT, or
 * without a word. */
void part_fail(struct part *p, const struct call_error *error);
void part_fail_with(struct part *p, enum call_error_code code, const char *why);
void part_refuse(struct part *p, const char *why);
void part_break_down(struct part *p);

/* It gives an item, a tree that is taken, and waits for room; or ends. */
void part_item(struct part *p, json_t *output);
void part_complete(struct part *p);

/* Waits under `tag`, which lives in its input, and then takes that step. */
void part_hold(struct part *p, struct slice tag, part_step *then);

/* It calls back, or composes; then it answers with what came of it:
 * {"output"} or {"error"}. */
void part_call(struct part *p, const struct client_request *request);
void part_compose(struct part *p, const struct composing_request *request);

/* Everybody who waits under `tag` goes on by one step, the earliest call first;
 * how many that were. Nobody comes back meanwhile: what a step leads to happens
 * when the node is next asked (handler.h). */
size_t parts_release(struct parts *all, struct slice tag);

/* Does nobody work? All wait, for a tag, for room, or for what they composed.
 */
bool parts_are_waiting(const struct parts *all);

/* Gives everything back. The node they played for must be gone. */
void parts_clear(struct parts *all);

#endif
