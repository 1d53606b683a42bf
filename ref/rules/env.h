/* SPDX-License-Identifier: MIT */
/*
 * Composing: a handler has another operation done. May it reach it, where is it
 * found, and as whom is it asked for? Registry sections 6 to 8. What comes then
 * is the same ordered list of checks as for a request from the wire,
 * rules/dispatch.h.
 */
#ifndef REF_RULES_ENV_H
#define REF_RULES_ENV_H

#include "ref/rules/dispatch.h"

/* The operation that the call `context`, composed by the handler of `parent`,
 * may run with that input, from the peer that is meant. Borrowed from its
 * layer. NULL: it may not, and `ret_error` as with dispatch_check(). */
const struct registration *env_check(const struct context *parent,
                                     const struct context *context,
                                     struct peer_ref peer, struct slice input,
                                     struct buf *scratch,
                                     struct call_error *ret_error);

/* The same for one that is handed on to a peer: it is looked for among what
 * peers serve us alone, so that who offers it under its own name does not find
 * itself. */
const struct registration *
env_check_at_peers(const struct context *parent, const struct context *context,
                   struct peer_ref peer, struct slice input,
                   struct buf *scratch, struct call_error *ret_error);

#endif
