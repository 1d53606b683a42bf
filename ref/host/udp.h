/* SPDX-License-Identifier: MIT */
/*
 * UDP sockets, and nothing but sockets: one bound socket that never blocks,
 * and the addresses it understands.
 */
#ifndef REF_HOST_UDP_H
#define REF_HOST_UDP_H

#include "ref/base/failure.h"
#include "ref/quic/address.h"

#define UDP_TEXT_LEN_MAX 64     /* any printed address, with its NUL */
#define UDP_DATAGRAM_MAX 65536u /* no UDP datagram is longer */

struct udp {
    int fd;               /* -1 when closed */
    struct address local; /* where it is bound, port included */
};

/* Binds a socket to `local` (port 0: any). False and a sentence when the
 * system refuses. Closed with udp_close(). */
bool udp_open(struct udp *u, const struct address *local,
              struct failure *ret_failure);

/* Closes; a closed one is fine. */
void udp_close(struct udp *u);

/* One datagram, if one is there: its length is written to `ret_len`, never
 * more than `len_max`; a longer one is cut. False when none is there. */
bool udp_receive(struct udp *u, struct address *ret_from, uint8_t *bytes,
                 size_t len_max, size_t *ret_len);

/* Sends one datagram, or loses it as networks do: a full buffer is no error. */
void udp_send(struct udp *u, const struct address *to, struct slice bytes);

/* Reads "127.0.0.1:4433" or "[::1]:4433". False when the text is neither. */
bool udp_address_parse(struct slice text, struct address *ret_address);

/* As udp_address_parse(), but asks the resolver for names: "hub.example:4433".
 * May block. False and a sentence when nobody knows it. "localhost" is this
 * machine whatever its resolver says, for a small one may know no name. */
bool udp_address_resolve(struct slice text, struct address *ret_address,
                         struct failure *ret_failure);

/* Writes the address as udp_address_parse() reads it, NUL-terminated. */
void udp_address_print(const struct address *a, char text[UDP_TEXT_LEN_MAX]);

/* The wildcard address, port 0, of the family of `to`: what a dialler binds. */
struct address udp_address_any(const struct address *to);

#endif
