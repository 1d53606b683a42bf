/* SPDX-License-Identifier: MIT */
/*
 * Text that somebody else made, on its way into a report. Whatever comes in,
 * what goes out is UTF-8 of bounded length that neither a terminal, an XML
 * parser nor a browser can take for anything but text.
 */
#ifndef REPORTS_TEXT_H
#define REPORTS_TEXT_H

#include <stdio.h>

#include "ref/base/buf.h"
#include "ref/base/failure.h"

/* The most bytes of one text that a report repeats. */
#define TEXT_MAX (64u * 1024)

/* Appends `text`: control characters but newline and tab become their
 * pictures, what is no character U+FFFD, what has no width or turns the
 * direction of writing its name as `[U+202E]`, and beyond `len_max` bytes there
 * is a mark that says how long the whole was. */
void text_clean(struct buf *b, struct slice text, size_t len_max);

/* The same straight into a file, as one would with fprintf. */
void text_print(FILE *out, struct slice text, size_t len_max);

/* Appends it as XML or HTML, in an element or in an attribute's quotes. What
 * XML 1.0 cannot say is cleaned away as above. */
void text_markup(struct buf *b, struct slice text);

/* Appends a time as people read it: `1.2 ms`, `4 s`. */
void text_time(struct buf *b, uint64_t ns);

/* Writes a whole file, replacing what was there. False and a sentence. */
bool text_save(const char *path, struct slice text,
               struct failure *ret_failure);

#endif
