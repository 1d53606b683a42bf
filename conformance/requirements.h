/* SPDX-License-Identifier: MIT */
/* The requirements of the specification, read once from the vectors. */
#ifndef CONFORMANCE_REQUIREMENTS_H
#define CONFORMANCE_REQUIREMENTS_H

#include "ref/base/slice.h"

struct requirements_rule {
    struct slice id;       /* "FR-6" */
    struct slice level;    /* "must", "should", "choice" */
    struct slice sentence; /* what it demands */
    struct slice profile;  /* "both", "remote-safe", "peer-graph" */
    struct slice source;   /* where it is from */
    struct slice seen;     /* "wire", "driver", "in-process" */
    struct slice reason;   /* why it is excluded, if it is */
    struct slice status;   /* "case", "vector", "unit", "excluded" */
};

/* The rule of that id, or NULL. Lives as long as the program. */
const struct requirements_rule *requirements_find(struct slice id);

/* All of them, in the order of the file. */
const struct requirements_rule *requirements_all(size_t *ret_count);

/* Gives the memory back at the end of the program. */
void requirements_clear(void);

#endif
