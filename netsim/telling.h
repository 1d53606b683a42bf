/* SPDX-License-Identifier: MIT */
/* A failure as people read it: what is broken, which rules, the end of the
 * trace, and the one command that brings it about again. */
#ifndef NETSIM_TELLING_H
#define NETSIM_TELLING_H

#include "netsim/finding.h"

/* Appends it, with the last `lines_max` lines of its trace. `path` is where it
 * is kept, or NULL. */
void telling_print(const struct finding *f, const char *path, size_t lines_max,
                   struct buf *out);

/* Appends that command. */
void telling_command(const struct finding *f, const char *path,
                     struct buf *out);

#endif
