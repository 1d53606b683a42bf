/* SPDX-License-Identifier: MIT */
/* Memory that held a secret is overwritten before it is given back. */
#ifndef REF_BASE_WIPE_H
#define REF_BASE_WIPE_H

#include <stddef.h>
#include <string.h>

/* Zeroes. The call goes through a volatile pointer, so that no compiler can
 * know that nobody will look, and leave it out. */
static inline void wipe(void *memory, size_t len)
{
    void *(*const volatile fill)(void *, int, size_t) = memset;

    if (len)
        (void)fill(memory, 0, len);
}

#endif
