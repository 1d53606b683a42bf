/* SPDX-License-Identifier: MIT */
/* A carrier of real connections: every node on QUIC and TLS as it is in the
 * daemon, over links in virtual time. Deterministic to the byte as long as
 * there is one at a time, since TLS is taken over (takeover.h). */
#ifndef NETSIM_QUIC_HOST_H
#define NETSIM_QUIC_HOST_H

#include "netsim/carrier.h"

struct carrier quic_host_carrier(const struct carrier_config *config);

#endif
