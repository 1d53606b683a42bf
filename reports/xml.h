/* SPDX-License-Identifier: MIT */
/*
 * Is it XML, and how many of which element? Strict about what our own reports
 * are made of (elements, attributes, text, comments, a declaration in front);
 * what they never hold (document types, sections, other entities) is refused.
 * A report that no reader could take is worse than none: it looks green.
 */
#ifndef REPORTS_XML_H
#define REPORTS_XML_H

#include "ref/base/failure.h"
#include "ref/base/slice.h"

#define XML_DEPTH_MAX 32
#define XML_NAMES_MAX 32

/* How often an element occurs. */
struct xml_element {
    struct slice name; /* borrowed from the text */
    size_t count;      /* times */
};

struct xml {
    struct xml_element elements[XML_NAMES_MAX]; /* as first met */
    size_t elements_count;                      /* how many names */
};

/* Reads the whole text. False and a sentence, with the line's number, at the
 * first thing that is wrong. */
bool xml_check(struct slice text, struct xml *ret, struct failure *ret_failure);

/* How many elements of that name there are. */
size_t xml_count(const struct xml *x, const char *name);

#endif
