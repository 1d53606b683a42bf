/* SPDX-License-Identifier: MIT */
/* The two ends of a page; see html_page.h. */
#include "reports/html_page.h"

#include "reports/text.h"

void html_page_begin(struct buf *b, const struct html_page *page,
                     struct slice title)
{
    buf_put(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
               "<meta charset=\"utf-8\">\n"
               "<meta http-equiv=\"Content-Security-Policy\" "
               "content=\"default-src 'none'; style-src 'unsafe-inline'; "
               "base-uri 'none'; form-action 'none'; script-src '");
    buf_put(b, page->digest);
    buf_put(b, "'\">\n<meta name=\"viewport\" "
               "content=\"width=device-width,initial-scale=1\">\n<title>");
    text_markup(b, title);
    buf_put(b, "</title>\n<style>\n");
    buf_put(b, page->style);
    buf_put(b, "</style>\n</head>\n<body>\n");
}

void html_page_end(struct buf *b, const struct html_page *page)
{
    buf_put(b, "<script>");
    buf_put(b, page->script);
    buf_put(b, "</script>\n</body>\n</html>\n");
}
