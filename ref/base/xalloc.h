/* SPDX-License-Identifier: MIT */
/* Memory or death: the only allocator in the project's own code. */
#ifndef REF_BASE_XALLOC_H
#define REF_BASE_XALLOC_H

#include "ref/base/slice.h"

/* Zeroed memory for `count` things of `size` bytes. Never NULL. Owned by the
 * caller, given back with xalloc_free(). */
void *xalloc(size_t count, size_t size);

/* `old` (or NULL) moved to room for `count` things; what is new is not zeroed.
 * Never NULL. */
void *xalloc_grow(void *old, size_t count, size_t size);

/* A copy of the bytes with a NUL behind them, so that text may also be used as
 * a C string. Never NULL. */
char *xalloc_copy(struct slice bytes);

/* Gives memory back. NULL is fine. */
void xalloc_free(void *memory);

#endif
