/* SPDX-License-Identifier: MIT */
/*
 * One bidirectional stream. What we write goes out as it is, honest or not;
 * what the testee writes is read into frames by the judge's own reader.
 *
 * Frames are taken in order: stream_next() and ask_answer() each take what
 * they hand out, and verify_silence() means "nothing that was not taken".
 */
#ifndef CONFORMANCE_STREAM_H
#define CONFORMANCE_STREAM_H

#include "conformance/json.h"
#include "conformance/raw.h"

struct conn;
struct scene;
struct stream;

/* A frame that the testee sent. */
struct stream_frame {
    struct raw_frame raw;       /* type, id, payload text, body */
    const struct json *payload; /* the payload as a tree */
    struct stream *stream;      /* where it came */
    bool is_taken;              /* somebody has looked at it */
    struct stream_frame *next;  /* the one behind it, or NULL */
};

/* A stream of ours. The testee learns of it with the first byte or FIN. */
struct stream *stream_open(struct conn *c);

/* The next stream that the testee opened, waited for. */
struct stream *stream_accept(struct conn *c);

struct conn *stream_conn(const struct stream *st);

/* What we do on it. stream_frame() sends a frame whose payload is that JSON
 * text; empty text leaves the payload out. */
void stream_send(struct stream *st, struct slice bytes);
void stream_send_frame(struct stream *st, const char *type, const char *id,
                       const char *payload);
void stream_fin(struct stream *st);
void stream_send_fin(struct stream *st, struct slice bytes); /* in one go */
void stream_reset(struct stream *st, uint64_t code);
void stream_stop(struct stream *st, uint64_t code);

/* L1 only: the testee may send so many more bytes here, also where it is held.
 */
void stream_window(struct stream *st, uint64_t bytes);

/* We take nothing more there, and take again: the testee may write no more than
 * the window it has. At L1 that is nothing from the first time on, and later
 * what stream_go_on() gave; at L2 what QUIC has granted. */
void stream_hold(struct stream *st);
void stream_go_on(struct stream *st);

/* How many bytes we may send there as an honest peer does, who has a window of
 * a mebibyte and gets back what the testee consumes; after settling. At L2,
 * where QUIC keeps to the testee's windows by itself, all or nothing: nothing
 * while it still has some of what we sent. */
uint64_t stream_room(const struct stream *st);

/* The next frame on this stream, waited for; taken. Fails the case when the
 * stream ends first or nothing comes. */
const struct stream_frame *stream_next(struct stream *st);

/* The next frame if it is there already, else NULL; taken. */
const struct stream_frame *stream_poll(struct stream *st);

/* Waits for the testee's FIN behind the last frame. Fails the case when a
 * frame comes instead, the stream is reset, or nothing comes. */
void stream_wait_fin(struct stream *st);

/* Waits until the testee sends no more, by FIN or reset, frames or not. */
void stream_wait_end(struct stream *st);

/* What has been seen so far. */
bool stream_has_fin(const struct stream *st);      /* its FIN */
bool stream_was_reset(const struct stream *st);    /* its RESET_STREAM */
bool stream_was_stopped(const struct stream *st);  /* its STOP_SENDING */
uint64_t stream_written(const struct stream *st);  /* bytes of the testee's */
uint64_t stream_consumed(const struct stream *st); /* L1: granted again */

#endif
