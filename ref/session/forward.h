/* SPDX-License-Identifier: MIT */
/*
 * Passing a call on to a peer: the handler of what was imported, and that of an
 * operation of our own that offers what a peer serves. Registry section 9.3.
 *
 * Whatever the peer answers is the answer, items included; an abort goes along,
 * and so does the time that is left. The peer is told for whom it works.
 *
 * Nothing on the wire says how often a call was passed on. Where nodes offer
 * each other's offers of one operation a call goes round until its time is up
 * or a bound is met, and one that was aborted may run ahead of its abort for as
 * long as the ring holds: whoever offers has to see that there is none.
 */
#ifndef REF_SESSION_FORWARD_H
#define REF_SESSION_FORWARD_H

#include "ref/session/client.h"

/* The handler of an imported operation: calls `remote_name` over the connection
 * with that serial. It owns what it needs. */
struct handler forward_import(struct commons *commons, uint64_t connection,
                              struct slice remote_name,
                              enum spec_op_type op_type);

/* The handler of a Local operation that offers the operation `name`, as it is
 * called here, of that peer, or of the first one that serves it [OC-6]. It is
 * looked for among what was imported and nowhere else, within the reach and
 * under the authority of the offering operation. */
struct handler forward_offer(struct peer_ref peer, struct slice name,
                             enum spec_op_type op_type);

#endif
