/* SPDX-License-Identifier: MIT */
/*
 * Text as the protocol has it, made up: values, events, whole dialogues. Most
 * of it is good; what is bad is bad in the ways that readers get wrong.
 */
#ifndef FUZZ_MUTATOR_GRAMMAR_H
#define FUZZ_MUTATOR_GRAMMAR_H

#include "fuzz/mutator/chance.h"
#include "fuzz/mutator/parts.h"

/* Each appends one JSON value, of any kind when it is not said. */
void grammar_value(struct chance *c, struct buf *out);
void grammar_number(struct chance *c, struct buf *out);
void grammar_string(struct chance *c, struct buf *out);

/* A string that is one of the protocol's words, with its quotes. */
void grammar_type(struct chance *c, struct buf *out);
void grammar_id(struct chance *c, struct buf *out);
void grammar_name(struct chance *c, struct buf *out); /* of a member */

/* What goes wrong in the middle of a string, without quotes. */
void grammar_trouble(struct chance *c, struct buf *out);

/* One envelope. `id` is a JSON text, empty: any. */
void grammar_event(struct chance *c, struct slice id, struct buf *out);

/* What the other side may say to a request of that id. */
void grammar_answer(struct chance *c, struct slice id, struct buf *out);

/* Some events that belong together, or nearly, each a part of that kind and
 * behind the bytes `lead`. */
void grammar_dialogue(struct chance *c, enum part_kind kind, struct slice lead,
                      struct buf *out);

#endif
