/* SPDX-License-Identifier: MIT */
/*
 * A peer who speaks correctly: what it says and does on a port, each told to a
 * docket before it happens. The input decides what: on which stream, under
 * which id, with which token, how much of it arrives now, and what a handler
 * is to do about it.
 *
 * Of ids there are those that differ in the case of a letter, that are as long
 * as a UUID and one longer, and that share all but the last of 256 bytes.
 */
#ifndef FUZZ_PEERS_SPEAKER_H
#define FUZZ_PEERS_SPEAKER_H

#include "fuzz/peers/docket.h"
#include "fuzz/peers/port.h"

/* All-zero before the first input. */
struct speaker {
    struct feed *feed; /* borrowed, as the next two */
    struct docket *docket;
    struct port *port;
    bool is_patient;               /* there may be very much of something */
    size_t room;                   /* for what the node writes at a time */
    uint64_t said[DOCKET_STREAMS]; /* bytes */
    struct buf body;               /* of a frame, while it is made */
};

/* Once. */
void speaker_setup(void);

/* Nothing was said yet, and there is room for all. */
void speaker_begin(struct speaker *p, struct feed *feed, struct docket *docket,
                   struct port *port, bool is_patient);

/* The text of an id, and which one a text is: it is a broken promise when it is
 * none. */
struct slice speaker_id(uint32_t id);
uint32_t speaker_id_of(struct slice text);

/* Whose input that is: the place of its request. */
uint32_t speaker_number(struct slice input);

/* What a handler has before it. */
struct docket_part speaker_part(struct speaker *p);

/* One request, or many at once; an abort; what means nothing. */
void speaker_ask(struct speaker *p);
void speaker_give_up(struct speaker *p);
void speaker_make_noise(struct speaker *p);

/* The end of a half, or of a stream; or what is on its way arrives. */
void speaker_turn(struct speaker *p);

/* It takes much, or little at a time, of all streams or of one. */
void speaker_take(struct speaker *p);

/* All that is on its way on that stream arrives, and a FIN behind it. There is
 * room for all again. */
void speaker_finish(struct speaker *p, struct port_stream *s);
void speaker_give_room(struct speaker *p);

/* Does the node know of that stream? */
bool speaker_is_met(const struct port_stream *s);

#endif
