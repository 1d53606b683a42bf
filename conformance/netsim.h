/* SPDX-License-Identifier: MIT */
/* `callspec netsim`: a relay with weather, in front of anybody. */
#ifndef CONFORMANCE_NETSIM_H
#define CONFORMANCE_NETSIM_H

#include <stdio.h>

#include "conformance/options.h"

/* Relays to the upstream of the options until SIGINT or SIGTERM. Prints the
 * address where it is found, alone on a line, and in the end what it did. The
 * exit status: 0, 4 when nobody knows the upstream, 5 when the system has no
 * socket. */
int netsim(const struct options *o, FILE *out, FILE *err);

#endif
