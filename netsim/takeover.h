/* SPDX-License-Identifier: MIT */
/*
 * TLS without chance and without a clock. GnuTLS is a library that finds its
 * random numbers by a function of its own, gnutls_rnd(); a program that defines
 * one of that name has taken it over, for GnuTLS and for QUIC's use of it. That
 * makes every handshake of a world the same to the last byte, and every secret
 * known to whoever knows the seed.
 *
 * So this is for simulators and their tests, and must never be linked into a
 * program that talks to somebody.
 */
#ifndef NETSIM_TAKEOVER_H
#define NETSIM_TAKEOVER_H

#include <stdint.h>

/* From now on all that TLS draws follows from `seed`, and for it it is always
 * the same second. Of the whole process: one world at a time. */
void takeover_begin(uint64_t seed);

/* Bytes that were drawn since. */
uint64_t takeover_drawn(void);

#endif
