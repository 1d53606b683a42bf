/* SPDX-License-Identifier: MIT */
/*
 * What does not change between two pages of a kind: how they look, their
 * script, and what they forbid themselves. Nothing here knows a log.
 *
 * The page may load nothing from anywhere, and may run this script alone: it
 * is named by its digest, so a text that slipped through as markup would be
 * neither fetched nor run.
 */
#ifndef REPORTS_HTML_PAGE_H
#define REPORTS_HTML_PAGE_H

#include "ref/base/buf.h"

/* What embed.py makes of the files of reports/page/; NUL-terminated. */
struct html_page {
    const char *style;
    const char *script;
    const char *digest; /* of the script, as a browser wants it */
};

extern const struct html_page html_page_run;      /* of callspec */
extern const struct html_page html_page_campaign; /* of alksim */

/* Appends the head up to and with `<body>`; `title` is text, not markup. */
void html_page_begin(struct buf *b, const struct html_page *page,
                     struct slice title);

/* Appends the script and the end. */
void html_page_end(struct buf *b, const struct html_page *page);

#endif
