/* SPDX-License-Identifier: MIT */
/*
 * One request, every check in order. This is the page to read with the
 * specification's list beside it: wire section 8.2, registry section 4.1.
 */
#ifndef REF_RULES_DISPATCH_H
#define REF_RULES_DISPATCH_H

#include "ref/rules/context.h"

/* May the call that `context` describes run `operation` (NULL: it was not
 * found) with that input, a JSON text? Otherwise false, and `ret_error` says
 * what the caller is told; its message is borrowed from `scratch`, which is
 * emptied first. No handler was run and no capability was touched. */
bool dispatch_check(const struct registration *operation,
                    const struct context *context, struct slice input,
                    struct buf *scratch, struct call_error *ret_error);

/* [EC-7] What the caller is told of an error that the handler of `operation`
 * raised: it, or INTERNAL with the original in its details when the operation
 * declares errors and not this one. NULL for `raised`: it broke down. Borrowed
 * from `raised` or from `scratch`, which is emptied first. */
struct call_error dispatch_error(const struct registration *operation,
                                 const struct call_error *raised,
                                 struct buf *scratch);

/* Would a call of `operation` from the wire, by whoever `context` says asks, be
 * let through for some input? What discovery shows is what dispatch allows
 * [LG-8], also to a handler that composes it. */
bool dispatch_allows(const struct registration *operation,
                     const struct context *context);

/* The same whatever its visibility: filter and access alone. */
bool dispatch_lets(const struct registration *operation,
                   const struct context *context);

/* What a caller is told about an operation that is not there for it, whatever
 * the reason. The message is borrowed from `scratch`, emptied first. */
struct call_error dispatch_not_found(struct slice name, struct buf *scratch);

#endif
