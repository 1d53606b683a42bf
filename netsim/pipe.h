/* SPDX-License-Identifier: MIT */
/* A carrier of modelled streams: QUIC as the first line sees it, without QUIC.
 * Deterministic to the byte, and fast. */
#ifndef NETSIM_PIPE_H
#define NETSIM_PIPE_H

#include "netsim/carrier.h"

struct carrier pipe_carrier(const struct carrier_config *config);

#endif
