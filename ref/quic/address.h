/* SPDX-License-Identifier: MIT */
/*
 * Where datagrams come from and go to. The transport compares addresses and
 * hands them back; it never looks inside. ref/host/udp makes, reads and prints
 * them; a simulator may put any bytes here that its links understand, as long
 * as they begin like a socket address (QUIC asks which family it is).
 */
#ifndef REF_QUIC_ADDRESS_H
#define REF_QUIC_ADDRESS_H

#include "ref/base/slice.h"

#define ADDRESS_LEN_MAX 32

struct address {
    _Alignas(8) uint8_t bytes[ADDRESS_LEN_MAX]; /* a socket address */
    uint32_t len;                               /* bytes in use; 0: none */
};

static inline bool address_equal(const struct address *a,
                                 const struct address *b)
{
    return slice_equal(slice_make(a->bytes, a->len),
                       slice_make(b->bytes, b->len));
}

#endif
