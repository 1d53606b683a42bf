/* SPDX-License-Identifier: MIT */
/*
 * The page from top to bottom; html_print() at the end has its order.
 *
 * Every text of the log goes through text_markup(), every number is ours.
 */
#include "reports/html.h"

#include "reports/html_data.h"
#include "reports/html_page.h"
#include "reports/text.h"

#define FACT_CUT 600u /* bytes of one fact of the head */
#define LIST_MAX 200u /* instances in the list for browsers without script */
#define OBSERVED_CUT 200u /* bytes of what was observed, in that list */

/* Foreign text as markup, and not all of it when it is long. */
static void put_text(struct buf *b, const char *text, size_t len_max)
{
    struct buf cut;

    buf_init(&cut, SIZE_MAX / 2);
    text_clean(&cut, slice_of(text), len_max);
    text_markup(b, buf_slice(&cut));
    buf_clear(&cut);
}

/* --- the head */

static void put_title(struct buf *b, const struct summary *s)
{
    buf_put(b, "<h1>");
    put_text(b, s->testee[0] ? s->testee : "A testee without a name", FACT_CUT);
    buf_put(b, " <small>");
    put_text(b, s->version, FACT_CUT);
    buf_put(b, s->version[0] && s->language[0] ? ", " : "");
    put_text(b, s->language, FACT_CUT);
    buf_put(b, " · judged against alknet/call");
    buf_put(b, "</small></h1>\n");
}

static const char *style_of_run(const struct summary *s)
{
    if (!s->is_complete || s->exit == 5)
        return "HARNESS";
    return s->exit ? "FAIL" : "PASS";
}

/* How the run ended, in words that need no other. */
static const char *headline(const struct summary *s)
{
    switch (s->exit) {
    case 0:
        return "Nothing unexpected";
    case 1:
        return "Something does not conform";
    case 3:
        return "Not everything planned ran";
    case 5:
        return "The harness itself is at fault";
    case 6:
        return "Something differs from run to run";
    default:
        return "The run was cut short";
    }
}

static void put_verdict(struct buf *b, const struct summary *s)
{
    buf_put(b, "<div class=\"verdict ");
    buf_put(b, style_of_run(s));
    buf_put(b, "\"><div><b>");
    buf_put(b, headline(s));
    buf_put(b, "</b>\n<p>");
    if (!s->is_complete)
        buf_put(b, "<strong>This run is not complete.</strong> ");
    buf_put_u64(b, s->cases_count);
    buf_put(b, " of ");
    buf_put_u64(b, s->planned);
    buf_put(b, " instances ran, ");
    buf_put_u64(b, verdict_unexpected(&s->counts));
    buf_put(b, " unexpected. Exit status ");
    buf_put_u64(b, (uint64_t)s->exit);
    buf_put(b, ": ");
    put_text(b, s->reason, FACT_CUT);
    buf_put(b, ".</p>\n");
    if (s->unfinished[0]) {
        buf_put(b, "<p>Begun and not ended: <code>");
        put_text(b, s->unfinished, FACT_CUT);
        buf_put(b, "</code></p>\n");
    }
    buf_put(b, "</div></div>\n");
}

/* A strip of the counts; widths in thousandths of it. */
static void put_bar(struct buf *b, const struct verdict_counts *counts)
{
    uint64_t total = verdict_total(counts);
    uint64_t before = 0;

    buf_put(b, "<svg class=\"bar\" viewBox=\"0 0 1000 12\" "
               "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"");
    verdict_list(b, counts);
    buf_put(b, "\">");
    for (int v = 0; v < VERDICT_COUNT; v++) {
        if (counts->of[v] == 0)
            continue;
        buf_put(b, "<rect class=\"");
        buf_put(b, verdict_class((enum verdict)v));
        buf_put(b, "\" y=\"0\" height=\"12\" x=\"");
        buf_put_u64(b, before * 1000 / total);
        buf_put(b, "\" width=\"");
        buf_put_u64(b, counts->of[v] * 1000 / total + 3);
        buf_put(b, "\"/>");
        before += counts->of[v];
    }
    buf_put(b, "</svg>\n");
}

static void put_legend(struct buf *b, const struct verdict_counts *counts)
{
    buf_put(b, "<ul class=\"legend\">\n");
    for (int v = 0; v < VERDICT_COUNT; v++) {
        if (counts->of[v] == 0)
            continue;
        buf_put(b, "<li class=\"");
        buf_put(b, verdict_class((enum verdict)v));
        buf_put(b, "\"><span class=\"mark\">");
        buf_put(b, verdict_sign((enum verdict)v));
        buf_put(b, "</span> <b>");
        buf_put_u64(b, counts->of[v]);
        buf_put(b, "</b> ");
        buf_put(b, verdict_words((enum verdict)v));
        buf_put(b, "</li>\n");
    }
    if (counts->excused) {
        buf_put(b, "<li>of these <b>");
        buf_put_u64(b, counts->excused);
        buf_put(b, "</b> were expected to fail</li>\n");
    }
    buf_put(b, "</ul>\n");
}

static void begin_fact(struct buf *b, const char *name, const char *style)
{
    buf_put(b, "<div class=\"");
    buf_put(b, style);
    buf_put(b, "\"><dt>");
    buf_put(b, name);
    buf_put(b, "</dt><dd>");
}

static void put_fact(struct buf *b, const char *name, const char *value)
{
    if (!value[0])
        return;
    begin_fact(b, name, "fact");
    put_text(b, value, FACT_CUT);
    buf_put(b, "</dd></div>\n");
}

static void put_facts(struct buf *b, const struct summary *s)
{
    buf_put(b, "<dl class=\"facts\">\n");
    put_fact(b, "suite", s->suite);
    put_fact(b, "specification", s->spec);
    put_fact(b, "started", s->started);
    put_fact(b, "levels", s->level);
    put_fact(b, "profiles", s->profile);
    put_fact(b, "seed", s->seed);
    begin_fact(b, "floor", "fact");
    buf_put_u64(b, s->floor ? s->floor : 1);
    buf_put(b, s->floor > 1 ? " instances" : " instance");
    buf_put(b, "</dd></div>\n");
    if (s->cmdline[0]) {
        begin_fact(b, "command", "wide");
        buf_put(b, "<code>");
        put_text(b, s->cmdline, FACT_CUT);
        buf_put(b, "</code></dd></div>\n");
    }
    buf_put(b, "</dl>\n");
}

/* --- where the script puts what it makes */

static void put_places(struct buf *b)
{
    buf_put(
        b,
        "<section id=\"glance\"><h2>Every requirement, one tile each</h2>"
        "</section>\n"
        "<div class=\"tools\"><input id=\"q\" type=\"search\" "
        "placeholder=\"a rule, a case, words of either\" "
        "aria-label=\"show only what has these words\">"
        "<div id=\"switches\" role=\"group\" aria-label=\"which\"></div>"
        "<nav><a href=\"#stories\">failures</a> <a href=\"#rules\">rules</a> "
        "<a href=\"#areas\">directions</a></nav></div>\n"
        "<section id=\"stories\"><h2>What did not pass</h2>\n"
        "<p id=\"no-stories\" class=\"quiet\" hidden>Nothing fits the "
        "filter.</p></section>\n"
        "<section id=\"rules\"><h2>Requirements by level</h2>\n"
        "<p class=\"lead\">How many instances asked for each, as codec (L0), "
        "over streams in virtual time (L1) and over real QUIC (L2). A dot "
        "is a hole: nobody asked.</p>\n"
        "<p id=\"no-rules\" class=\"quiet\" hidden>Nothing fits the "
        "filter.</p></section>\n"
        "<section id=\"areas\"><h2>Areas by direction</h2>\n"
        "<p class=\"lead\">Who calls, and below it who dialled. The protocol "
        "is symmetric, so two mirrored columns should look alike; ≠ marks "
        "where they do not.</p>\n"
        "<p id=\"no-areas\" class=\"quiet\" hidden>Nothing fits the "
        "filter.</p></section>\n"
        "<dialog id=\"runs\"></dialog>\n");
}

/* --- without a script */

static void put_item(struct buf *b, const struct summary_case *c)
{
    buf_put(b, "<li>");
    buf_put(b, verdict_name(c->verdict));
    buf_put(b, " <code>");
    put_text(b, c->instance, FACT_CUT);
    buf_put(b, "</code> ");
    put_text(b, c->observed, OBSERVED_CUT);
    buf_put(b, "</li>\n");
}

static void put_plain_list(struct buf *b, const struct summary *s)
{
    size_t count = 0;

    buf_put(b, "<noscript>\n<p class=\"lead\">The tables and pictures of this "
               "page are made by its script, which may not run here. What did "
               "not pass:</p>\n<ul>\n");
    for (size_t i = 0; i < s->cases_count; i++)
        if (verdict_is_news(s->cases[i].verdict) && count++ < LIST_MAX)
            put_item(b, &s->cases[i]);
    buf_put(b, "</ul>\n<p>");
    if (count > LIST_MAX) {
        buf_put(b, "and ");
        buf_put_u64(b, count - LIST_MAX);
        buf_put(b, " more.");
    } else {
        buf_put(b, count ? "That is all." : "Nothing.");
    }
    buf_put(b, "</p>\n</noscript>\n");
}

void html_print(struct buf *b, const struct summary *s)
{
    html_page_begin(b, &html_page_run,
                    slice_of(s->testee[0] ? s->testee : "callspec"));
    buf_put(b, "<header>\n");
    put_title(b, s);
    put_verdict(b, s);
    put_bar(b, &s->counts);
    put_legend(b, &s->counts);
    put_facts(b, s);
    buf_put(b, "</header>\n<main>\n");
    put_plain_list(b, s);
    put_places(b);
    buf_put(b, "</main>\n<script id=\"data\" type=\"application/json\">");
    html_data_print(b, s);
    buf_put(b, "</script>\n");
    html_page_end(b, &html_page_run);
}

bool html_write(const char *log_path, const char *path,
                struct failure *ret_failure)
{
    struct summary s;
    struct buf b;
    bool is_good;

    if (!summary_read(&s, log_path, ret_failure))
        return false;
    buf_init(&b, SIZE_MAX / 2);
    html_print(&b, &s);
    is_good = text_save(path, buf_slice(&b), ret_failure);
    buf_clear(&b);
    summary_clear(&s);
    return is_good;
}
