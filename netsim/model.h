/* SPDX-License-Identifier: MIT */
/*
 * Who may do what, foretold: the rules of filter, visibility, access, ownership
 * and reach once more, in the fewest words and on bits, from the specification.
 * It shares no line with those that it judges.
 */
#ifndef NETSIM_MODEL_H
#define NETSIM_MODEL_H

#include "netsim/cast.h"

enum model_end {
    MODEL_RUNS,
    MODEL_NOT_FOUND,
    MODEL_FORBIDDEN,
    MODEL_INVALID_INPUT,
    MODEL_WRONG_TYPE,
    MODEL_ENDS
};

/* The code of that end on the wire; "" when it runs. Static. */
const char *model_code(enum model_end end);

/* Whoever asks. */
struct model_asker {
    bool is_known;
    uint32_t node; /* who it is; CAST_NOBODY: an authority, who owns nothing */
    struct cast_rights rights;
};

/* What is asked. */
struct model_question {
    uint32_t name;     /* of the operation */
    uint32_t resource; /* that the input names, or CAST_NOBODY */
    bool has_must;     /* does the input have what checked ones ask for? */
};

/* What peers serve a node, in the order in which they came. */
struct model_served {
    uint32_t peer;         /* a node */
    uint32_t names;        /* bits */
    struct model_asker as; /* as whom that peer knows us */
    bool is_open;          /* and what it lets us see */
};
struct model_view {
    struct model_served served[CAST_NODES_MAX];
    uint32_t count;
};

/* Where a question gets to. */
struct model_fate {
    enum model_end end;
    uint32_t node; /* where it runs, or was refused … */
    uint32_t name; /* … and as what */
    bool is_vague; /* that node passes it on in its turn: who knows */
};

/* Asked over a connection. */
struct model_fate model_wire(const struct cast *cast, uint32_t at,
                             const struct model_view *view,
                             const struct model_asker *who, bool is_open,
                             struct model_question q);

/* Composed by the handler of `by`, from that peer or CAST_ANY. */
struct model_fate model_composed(const struct cast *cast, uint32_t at,
                                 const struct model_view *view,
                                 const struct cast_op *by, uint32_t peer,
                                 struct model_question q);

/* The last gate alone: does it let `who` through, from the wire or composed? */
enum model_end model_gate(const struct cast *cast, uint32_t at,
                          const struct model_asker *who, bool is_open,
                          bool is_composed, struct model_question q);

/* The names that are listed to `who`, bits: those that would not be refused
 * for some input. */
uint32_t model_listed(const struct cast *cast, uint32_t at,
                      const struct model_asker *who, bool is_open);

#endif
