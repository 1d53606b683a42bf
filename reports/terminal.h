/* SPDX-License-Identifier: MIT */
/*
 * What a person sees while a run goes on and at its end. On a terminal one
 * line is rewritten in place and failures are printed above it; into a pipe
 * go whole lines only. Sentences are broken between words where the terminal
 * ends; a command that is to be copied never is. Failures are told once more at
 * the end (roll.h).
 *
 * It reads no clock and no environment: times and taste come with the calls.
 */
#ifndef REPORTS_TERMINAL_H
#define REPORTS_TERMINAL_H

#include <stdio.h>

#include "reports/log.h"
#include "reports/roll.h"

/* How it is to look; all false is a plain pipe. */
struct terminal_style {
    bool is_tty;      /* a live line may be rewritten */
    bool has_colour;  /* colours are wanted */
    bool is_ascii;    /* no signs beyond ASCII */
    bool is_verbose;  /* every instance gets a line */
    unsigned columns; /* of the terminal; 0: it has no end, or 80 */
};

struct terminal {
    FILE *out;                    /* borrowed */
    struct terminal_style style;  /* as it was asked for */
    struct verdict_counts counts; /* so far */
    uint64_t planned;             /* instances */
    uint64_t elapsed_ns;          /* as last told */
    bool has_live_line;           /* one stands there and is in the way */
    struct roll roll;             /* owned: what failed, for the end */
};

void terminal_init(struct terminal *t, FILE *out, struct terminal_style style,
                   uint64_t planned);
void terminal_clear(struct terminal *t);

/* An instance begins. */
void terminal_start(struct terminal *t, struct slice instance,
                    uint64_t elapsed_ns);

/* An instance has ended. */
void terminal_case(struct terminal *t, const struct log_case *c,
                   uint64_t elapsed_ns);

/* A line about the whole run, "label: text"; nothing when the text is empty. */
void terminal_note(struct terminal *t, const char *label, const char *text);

/* The run has ended: all failures again, and the sentence about it. */
void terminal_end(struct terminal *t, const struct log_footer *footer);

/* Appends the block that tells of one instance that did not pass. */
void terminal_block(struct buf *b, const struct log_case *c,
                    const struct terminal_style *style);

#endif
