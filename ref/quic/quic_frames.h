/* SPDX-License-Identifier: MIT */
/*
 * The one thing in a packet that ngtcp2 acts on and does not tell: that the
 * peer has asked us to stop sending (RFC 9000, 19.5). It resets the stream by
 * itself, and the owner would learn of it with its next write, without the
 * code. So the frames of a decrypted packet are walked here, before ngtcp2
 * reads them.
 */
#ifndef REF_QUIC_QUIC_FRAMES_H
#define REF_QUIC_QUIC_FRAMES_H

#include "ref/base/slice.h"

struct quic_frames_stop {
    int64_t stream; /* QUIC's number */
    uint64_t code;  /* the application's */
};

/* The next STOP_SENDING of a packet's payload; `rest` is moved behind it.
 * False when there is none, or when the rest is beyond understanding, which
 * ngtcp2 will find as well. */
bool quic_frames_next_stop(struct slice *rest,
                           struct quic_frames_stop *ret_stop);

#endif
