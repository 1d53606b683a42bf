/* SPDX-License-Identifier: MIT */
/* [PE-3] Which peer somebody means: a certain one, by its id, or any. */
#ifndef REF_MODEL_PEER_REF_H
#define REF_MODEL_PEER_REF_H

#include "ref/base/slice.h"

/* Zeroed is any. Passed by value. */
struct peer_ref {
    struct slice id; /* borrowed; data NULL: any peer */
};

static inline bool peer_ref_is_any(struct peer_ref ref)
{
    return ref.id.data == NULL;
}

#endif
