/* SPDX-License-Identifier: MIT */
/*
 * The envelope: one JSON object {"type","id","payload"} a frame, five types,
 * wire sections 3 to 7. This file knows how the events are written down, not
 * what they mean.
 */
#ifndef REF_MODEL_ENVELOPE_H
#define REF_MODEL_ENVELOPE_H

#include "ref/model/call_error.h"

/* [EV-1] the whole vocabulary, without greeting, sign of life or farewell
 * [CN-1, CN-14], and whatever else a peer may say. */
enum envelope_type {
    ENVELOPE_REQUESTED,
    ENVELOPE_RESPONDED,
    ENVELOPE_COMPLETED,
    ENVELOPE_ABORTED,
    ENVELOPE_ERROR,
    ENVELOPE_UNKNOWN /* [EN-18] to be ignored */
};

/* A parsed envelope. Everything is borrowed from the body it was parsed from
 * or from the scratch given with it, and good until either changes. A slice
 * with data NULL is an absent member. */
struct envelope {
    enum envelope_type type;
    struct slice type_text;     /* as the peer said it */
    struct slice id;            /* decoded; may be empty [EN-9] */
    struct slice payload;       /* JSON text */
    struct slice operation;     /* requested: operationId, decoded; NULL data
                                   when missing or no string [RQ-4] */
    struct slice input;         /* requested: JSON text, "null" if absent */
    struct slice auth_token;    /* requested: decoded; NULL data if none */
    struct slice forwarded_for; /* requested: JSON text; NULL data if none */
    struct slice output;        /* responded: JSON text, "null" if absent */
};

/* Reads one frame's body. False: it is no envelope, `ret_why` is a static
 * sentence, and nothing in it may be trusted, so nothing is answered. */
bool envelope_parse(struct slice body, struct buf *scratch,
                    struct envelope *ret, const char **ret_why);

/* The word of a type; "unknown" for ENVELOPE_UNKNOWN. Static. */
const char *envelope_type_text(enum envelope_type type);

/* What a caller says. JSON texts must be valid: they are not looked at. */
struct envelope_request {
    struct slice operation;     /* registry form, without the slash */
    struct slice input;         /* JSON text */
    struct slice auth_token;    /* NULL data: none */
    struct slice forwarded_for; /* JSON text; NULL data: none */
};

/* Each appends one whole frame, prefix included. False when the body would be
 * over `body_max`; then `out` is as it was [FL-3]. */
bool envelope_print(enum envelope_type type, struct slice id,
                    struct slice payload, size_t body_max, struct buf *out);
bool envelope_print_requested(struct slice id,
                              const struct envelope_request *request,
                              size_t body_max, struct buf *out);
bool envelope_print_responded(struct slice id, struct slice output,
                              size_t body_max, struct buf *out);
bool envelope_print_error(struct slice id, const struct call_error *error,
                          size_t body_max, struct buf *out);

#endif
