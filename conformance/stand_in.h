/* SPDX-License-Identifier: MIT */
/*
 * A testee of our own, for a node that is running already and knows nothing of
 * the contract. It answers the verbs on the node's behalf as far as that needs
 * no driver: it says where the node is and which operations it has, and of
 * everything else why it cannot be had. Nothing else in the judge knows that
 * there is an address instead of a program.
 *
 * Its hello says more than others' (struct testee_hello): `lacks`,
 * `operations`, `fingerprint`, `key` and `token`.
 */
#ifndef CONFORMANCE_STAND_IN_H
#define CONFORMANCE_STAND_IN_H

#include "conformance/card.h"
#include "ref/base/buf.h"

/* Appends the answer to one line of the contract, newline included. False when
 * it was the last: `quit`. */
bool stand_in_answer(const struct card *card, struct slice line,
                     struct buf *out);

/* The part to be played by a process of its own (struct driver_program): `self`
 * is the card. Returns its exit status. */
int stand_in_play(const void *self);

#endif
