/* SPDX-License-Identifier: MIT */
/*
 * One moment at which one thing has to be told that its time is up: an entry
 * of an agenda (agenda.h) that knows whom to tell. A field of the thing that
 * waits, so that neither can be forgotten without the other.
 */
#ifndef REF_BASE_REMINDER_H
#define REF_BASE_REMINDER_H

#include "ref/base/agenda.h"

/* Zeroed has no moment. */
struct reminder {
    struct agenda_entry entry; /* its place in the agenda */
    void (*ring)(void *self);  /* told once, when the moment has come */
    void *self;                /* who is told; borrowed */
};

/* Sets, moves or (NEVER) cancels the moment. */
void reminder_set(struct agenda *a, struct reminder *r, uint64_t at_ns);

/* Tells everybody whose moment has come by `now_ns`, the earliest first. Who
 * is told may set and cancel any. */
void reminder_ring(struct agenda *a, uint64_t now_ns);

#endif
