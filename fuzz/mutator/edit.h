/* SPDX-License-Identifier: MIT */
/*
 * One change to a text, or to bytes: each function appends to `out` what the
 * text becomes. `other` is a text to borrow from, and may be empty. Where there
 * is nothing to change, the text is copied as it is.
 */
#ifndef FUZZ_MUTATOR_EDIT_H
#define FUZZ_MUTATOR_EDIT_H

#include "fuzz/mutator/chance.h"
#include "ref/base/buf.h"

typedef void edit_how(struct chance *c, struct slice text, struct slice other,
                      struct buf *out);

edit_how edit_bytes;  /* no matter what they are */
edit_how edit_type;   /* of the event */
edit_how edit_id;     /* often to the other's */
edit_how edit_value;  /* any, to one of its kind, of another, of the other's */
edit_how edit_member; /* left out, said twice, renamed */
edit_how edit_nest;   /* deeper than anybody would */
edit_how edit_string; /* trouble in it */
edit_how edit_event;  /* a new one, often of the same id */

/* The id that an event has, as it is written; empty: none. Borrowed. */
struct slice edit_id_of(struct slice text);

#endif
