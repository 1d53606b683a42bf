/* SPDX-License-Identifier: MIT */
/* What ngtcp2 tells a connection. */
#ifndef REF_QUIC_QUIC_HOOKS_H
#define REF_QUIC_QUIC_HOOKS_H

#include "ref/quic/quic_core.h"

/* Has ngtcp2 read a packet that came over `path`; its verdict. */
int quic_hooks_read(struct quic *q, const ngtcp2_path *path,
                    struct slice packet);

/* The table of callbacks; the connection's user data is a struct quic. */
const ngtcp2_callbacks *quic_hooks(void);

/* The source of chance that the callbacks ask; `entropy` is borrowed. */
ngtcp2_rand_ctx quic_hooks_chance(struct entropy_source *entropy);

#endif
