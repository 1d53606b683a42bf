/* SPDX-License-Identifier: MIT */
/*
 * Composing: a handler has another operation of its node done. May it reach
 * it, and as whom is it asked? Registry section 6. What comes then is the same
 * ordered list of checks as for a request from the wire, rules/dispatch.h.
 */
#ifndef REF_RULES_ENV_H
#define REF_RULES_ENV_H

#include "ref/rules/dispatch.h"

/* May the call `context`, composed by a handler of `parent`, run? As
 * dispatch_check(), after the question whether it can be reached at all. */
const struct registration *env_check(const struct registry *registry,
                                     const struct registration *parent,
                                     const struct context *context,
                                     struct buf *scratch,
                                     struct call_error *ret_error);

#endif
