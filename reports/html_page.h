/* SPDX-License-Identifier: MIT */
/*
 * What does not change from page to page: how it looks, and the few lines of
 * script that filter it. Nothing here knows a log.
 */
#ifndef REPORTS_HTML_PAGE_H
#define REPORTS_HTML_PAGE_H

#include "ref/base/buf.h"

/* Appends the head up to and with `<body>`; `title` is text, not markup. */
void html_page_begin(struct buf *b, struct slice title);

/* Appends the script and the end. */
void html_page_end(struct buf *b);

#endif
