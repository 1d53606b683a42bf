/* SPDX-License-Identifier: MIT */
/*
 * Why a call failed, as it travels: a code to decide on, a message for people,
 * whether trying again may help, and details where the operation declared
 * some. Plain borrowed data; wire sections 7 and 8.
 */
#ifndef REF_MODEL_CALL_ERROR_H
#define REF_MODEL_CALL_ERROR_H

#include "ref/base/buf.h"

/* [ES-1, ES-2] the protocol's errors and an operation's own alike. */
struct call_error {
    struct slice code;    /* borrowed; [ER-7, ES-5] to switch on */
    struct slice message; /* borrowed; for people only */
    bool retryable;       /* may the same request succeed later? */
    struct slice details; /* borrowed JSON text; empty when there are none */
};

/* [EC-1] the protocol's own codes. */
enum call_error_code {
    CALL_ERROR_NOT_FOUND,
    CALL_ERROR_FORBIDDEN,
    CALL_ERROR_INVALID_INPUT,
    CALL_ERROR_INVALID_OPERATION_TYPE,
    CALL_ERROR_INTERNAL,
    CALL_ERROR_TIMEOUT
};

/* One of the protocol's own errors, without details [EC-10]. `message` is
 * borrowed for as long as the result is used. */
struct call_error call_error_make(enum call_error_code code,
                                  struct slice message);

/* Is this one of the protocol's own codes? [EC-3] domain codes are not. */
bool call_error_is_protocol(struct slice code);

/* Reads the payload of call.error, a JSON text. Strings are borrowed from it
 * or decoded into `scratch` (room for as many bytes as the payload has).
 * False: a member is missing or of the wrong type [ER-3]. */
bool call_error_parse(struct slice payload, struct buf *scratch,
                      struct call_error *ret);

/* Appends the payload of call.error. False when the cap of `out` forbids. */
bool call_error_print(const struct call_error *e, struct buf *out);

#endif
