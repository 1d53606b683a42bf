/* SPDX-License-Identifier: MIT */
/*
 * What does not change from page to page: how it looks, its script, and what
 * it forbids itself. Nothing here knows a log.
 *
 * The page may load nothing from anywhere, and may run this script alone: it
 * is named by its digest, so a text that slipped through as markup would be
 * neither fetched nor run.
 */
#ifndef REPORTS_HTML_PAGE_H
#define REPORTS_HTML_PAGE_H

#include "ref/base/buf.h"

/* The files of reports/page/ in one; embed.py defines these three. */
extern const char html_page_style[];
extern const char html_page_script[];
extern const char html_page_digest[]; /* of the script, as a browser wants it */

/* Appends the head up to and with `<body>`; `title` is text, not markup. */
void html_page_begin(struct buf *b, struct slice title);

/* Appends the script and the end. */
void html_page_end(struct buf *b);

#endif
