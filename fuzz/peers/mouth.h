/* SPDX-License-Identifier: MIT */
/*
 * How a peer words what it says to whoever asked: frames, in a few forms each,
 * and what has to be heard of them. A text is a number: its last two bits are
 * the form, the rest tells it from others.
 */
#ifndef FUZZ_PEERS_MOUTH_H
#define FUZZ_PEERS_MOUTH_H

#include "fuzz/peers/fate.h"
#include "fuzz/peers/port.h"

#define MOUTH_WORDS 8

/* An error as it has to be told. */
struct mouth_error {
    const char *code;
    bool retryable;
    const char *details; /* a JSON text, or empty: none */
};

/* What the word of that number, below MOUTH_WORDS, means. */
enum fate_event mouth_event(uint32_t word);

/* It is said to that id, with that text, and on its way. */
void mouth_say(struct port_stream *there, uint32_t word, struct slice id,
               uint32_t text);

/* The output or error that has such a text. Static, until asked again. */
struct slice mouth_output(uint32_t text);
struct mouth_error mouth_error(uint32_t text);

#endif
