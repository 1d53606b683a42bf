/* SPDX-License-Identifier: MIT */
/*
 * A failure that was kept, again; and a seed, again. It is lived behind a wall
 * (cell.h), so that even a death is only told.
 */
#ifndef NETSIM_REPLAY_H
#define NETSIM_REPLAY_H

#include "netsim/examine.h"
#include "netsim/screen.h"

/* Exit statuses; what is no finding is ACCOUNT_NOT_ALL. */
enum {
    REPLAY_GOOD = 0,    /* it does not fail, or no more */
    REPLAY_FAILING = 1, /* it fails */
};

struct replay_terms {
    struct finding finding; /* to be lived; a seed's has kind FINDING_NONE */
    const char *path;       /* where it was kept, or NULL */
    const char *commit;     /* what was built now */
    uint64_t patience_s;    /* of the processor */
    bool has_trace;         /* all lines of its trace are wanted */
};

/* Lives it and tells how it ends, and whether that is as it was. */
int replay(const struct replay_terms *terms, struct screen *screen);

/* Lives every finding of a folder, each of which has to end well. Of `terms`
 * all but finding and path counts. */
int replay_kept(const char *dir, const struct replay_terms *terms,
                struct screen *screen);

#endif
