/* SPDX-License-Identifier: MIT */
/*
 * The page from top to bottom; html_print() at the end has its order.
 *
 * Every text of the log goes through text_markup(), every number is ours.
 */
#include "reports/html.h"

#include "reports/html_matrix.h"
#include "reports/html_page.h"
#include "reports/text.h"

/* Notes that an instance shows: many where something is to be found out. */
#define NOTES_NEWS 500
#define NOTES_GOOD 60

static void put_text(struct buf *b, const char *text)
{
    text_markup(b, slice_of(text));
}

static void put_fact(struct buf *b, const char *name, const char *value)
{
    if (!value[0])
        return;
    buf_put(b, "<div><dt>");
    buf_put(b, name);
    buf_put(b, "</dt><dd>");
    put_text(b, value);
    buf_put(b, "</dd></div>\n");
}

static void put_facts(struct buf *b, const struct summary *s)
{
    buf_put(b, "<dl class=\"facts\">\n");
    put_fact(b, "testee", s->testee);
    put_fact(b, "version", s->version);
    put_fact(b, "language", s->language);
    put_fact(b, "levels", s->level);
    put_fact(b, "profile", s->profile);
    put_fact(b, "suite", s->suite);
    put_fact(b, "specification", s->spec);
    put_fact(b, "seed", s->seed);
    put_fact(b, "started", s->started);
    put_fact(b, "command", s->cmdline);
    buf_put(b, "</dl>\n");
}

static void put_bar(struct buf *b, const struct verdict_counts *counts)
{
    buf_put(b, "<div class=\"bar\" role=\"img\" aria-label=\"");
    verdict_list(b, counts);
    buf_put(b, "\">");
    for (int v = 0; v < VERDICT_COUNT; v++) {
        if (counts->of[v] == 0)
            continue;
        buf_put(b, "<i class=\"");
        buf_put(b, verdict_class((enum verdict)v));
        buf_put(b, "\" style=\"flex:");
        buf_put_u64(b, counts->of[v]);
        buf_put(b, "\"></i>");
    }
    buf_put(b, "</div>\n");
}

static void put_alarm(struct buf *b, const struct summary *s)
{
    if (s->is_complete)
        return;
    buf_put(b, "<p class=\"alarm\"><b>This run is not complete.</b> ");
    put_text(b, s->reason);
    if (s->unfinished[0]) {
        buf_put(b, "; begun and not ended: <code>");
        put_text(b, s->unfinished);
        buf_put(b, "</code>");
    }
    buf_put(b, "</p>\n");
}

static void put_header(struct buf *b, const struct summary *s)
{
    buf_put(b, "<header>\n<h1>");
    put_text(b, s->testee[0] ? s->testee : "A testee without a name");
    buf_put(b, " against alknet/call</h1>\n<p class=\"said\">");
    summary_sentence(b, s);
    buf_put(b, "</p>\n");
    put_alarm(b, s);
    put_facts(b, s);
    put_bar(b, &s->counts);
    buf_put(b, "</header>\n");
}

static void put_toggle(struct buf *b, const char *key, const char *style,
                       const char *sign, uint64_t count)
{
    buf_put(b, "<button data-k=\"");
    put_text(b, key);
    buf_put(b, "\" class=\"");
    buf_put(b, style);
    buf_put(b, "\" aria-pressed=\"true\">");
    buf_put(b, sign);
    buf_put(b, sign[0] ? " " : "");
    put_text(b, key);
    buf_put(b, " ");
    buf_put_u64(b, count);
    buf_put(b, "</button>\n");
}

static void put_tools(struct buf *b, const struct summary *s)
{
    buf_put(b, "<div class=\"tools\">\n<input id=\"q\" type=\"search\" "
               "placeholder=\"words of a name, a rule, a claim\" "
               "aria-label=\"filter\">\n");
    for (int v = 0; v < VERDICT_COUNT; v++)
        if (s->counts.of[v])
            put_toggle(b, verdict_name((enum verdict)v),
                       verdict_class((enum verdict)v),
                       verdict_sign((enum verdict)v), s->counts.of[v]);
    buf_put(b, "<span class=\"gap\"></span>\n");
    for (size_t i = 0; i < s->levels.count; i++)
        put_toggle(b, s->levels.groups[i].name, "level", "",
                   verdict_total(&s->levels.groups[i].counts));
    buf_put(b, "</div>\n");
}

static void put_definition(struct buf *b, const char *name, const char *text)
{
    if (!text[0])
        return;
    buf_put(b, "<dt>");
    buf_put(b, name);
    buf_put(b, "</dt><dd><pre>");
    put_text(b, text);
    buf_put(b, "</pre></dd>\n");
}

static void put_rules(struct buf *b, const struct summary_case *c)
{
    for (size_t i = 0; i < c->rules_count; i++) {
        buf_put(b, "<dt><code>");
        put_text(b, c->rules[i].id);
        buf_put(b, "</code> ");
        put_text(b, c->rules[i].level);
        buf_put(b, "</dt><dd>");
        put_text(b, c->rules[i].sentence);
        buf_put(b, "</dd>\n");
    }
}

static void put_note(struct buf *b, const struct summary_note *note)
{
    buf_put(b, "<li class=\"");
    buf_put(b, log_lane_name(note->lane));
    buf_put(b, "\"><span>");
    if (note->lane != LOG_US) {
        buf_put(b, "<time>");
        text_time(b, note->at_ns);
        buf_put(b, "</time>");
    }
    put_text(b, note->text);
    if (note->lane == LOG_US) {
        buf_put(b, "<time>");
        text_time(b, note->at_ns);
        buf_put(b, "</time>");
    }
    buf_put(b, "</span></li>\n");
}

static void put_timeline(struct buf *b, const struct summary_case *c)
{
    size_t most = verdict_is_news(c->verdict) ? NOTES_NEWS : NOTES_GOOD;

    if (c->notes_count == 0)
        return;
    buf_put(b, "<ol class=\"t\"><li class=\"lanes\"><span>callspec</span>"
               "<span>testee</span></li>\n");
    for (size_t i = 0; i < c->notes_count && i < most; i++)
        put_note(b, &c->notes[i]);
    if (c->notes_count > most) {
        buf_put(b, "<li class=\"aside\"><span>and ");
        buf_put_u64(b, c->notes_count - most);
        buf_put(b, " more in the log</span></li>\n");
    }
    buf_put(b, "</ol>\n");
}

/* What the filter searches. */
static void put_words(struct buf *b, const struct summary_case *c)
{
    buf_put(b, " data-t=\"");
    put_text(b, c->instance);
    for (size_t i = 0; i < c->rules_count; i++) {
        buf_put(b, " ");
        put_text(b, c->rules[i].id);
    }
    buf_put(b, " ");
    put_text(b, c->claim);
    buf_put(b, "\"");
}

static void put_summary(struct buf *b, const struct summary_case *c)
{
    buf_put(b, "<summary>");
    buf_put(b, verdict_sign(c->verdict));
    buf_put(b, " ");
    buf_put(b, verdict_name(c->verdict));
    buf_put(b, verdict_is_excused(c->verdict, slice_of(c->excuse))
                   ? " (expected)"
                   : "");
    buf_put(b, " <span class=\"id\">");
    put_text(b, c->instance);
    buf_put(b, "</span><small>");
    text_time(b, c->wall_ns);
    buf_put(b, "</small></summary>\n");
}

static void put_instance(struct buf *b, const struct summary *s, size_t i)
{
    const struct summary_case *c = &s->cases[i];

    buf_put(b, "<details class=\"i ");
    buf_put(b, verdict_class(c->verdict));
    buf_put(b, "\" id=\"c");
    buf_put_u64(b, i);
    buf_put(b, "\" data-v=\"");
    buf_put(b, verdict_name(c->verdict));
    buf_put(b, "\" data-l=\"");
    put_text(b, c->level);
    buf_put(b, "\"");
    put_words(b, c);
    buf_put(b, ">\n");
    put_summary(b, c);
    buf_put(b, "<div class=\"in\"><p>");
    put_text(b, c->claim);
    buf_put(b, "</p>\n<dl>\n");
    put_rules(b, c);
    put_definition(b, "expected", c->expected);
    put_definition(b, "observed", c->observed);
    put_definition(b, "signature", c->signature);
    put_definition(b, "choice", c->choice);
    put_definition(b, "excused", c->excuse);
    put_definition(b, "repro", c->repro);
    buf_put(b, "</dl>\n");
    put_timeline(b, c);
    buf_put(b, "</div>\n</details>\n");
}

static void put_instances(struct buf *b, const struct summary *s)
{
    buf_put(b, "<h2>Instances</h2>\n");
    for (size_t i = 0; i < s->cases_count; i++)
        if (verdict_is_news(s->cases[i].verdict))
            put_instance(b, s, i);
    for (size_t i = 0; i < s->cases_count; i++)
        if (!verdict_is_news(s->cases[i].verdict))
            put_instance(b, s, i);
}

/* What a rule demands, as the first case that asks for it says. */
static const char *sentence_of(const struct summary *s, const char *rule)
{
    for (size_t i = 0; i < s->cases_count; i++)
        for (size_t n = 0; n < s->cases[i].rules_count; n++)
            if (strcmp(s->cases[i].rules[n].id, rule) == 0)
                return s->cases[i].rules[n].sentence;
    return "";
}

static void put_requirements(struct buf *b, const struct summary *s)
{
    buf_put(b, "<h2>Requirements</h2>\n<details><summary>");
    buf_put_u64(b, s->rules.count);
    buf_put(b, " were asked for</summary>\n<div class=\"wide\"><table>\n");
    for (size_t i = 0; i < s->rules.count; i++) {
        const struct summary_group *rule = &s->rules.groups[i];
        bool is_red = verdict_unexpected(&rule->counts) > 0;

        buf_put(b, "<tr><td><code>");
        put_text(b, rule->name);
        buf_put(b, "</code></td><td>");
        put_text(b, sentence_of(s, rule->name));
        buf_put(b, is_red ? "</td><td class=\"FAIL\">✘ " : "</td><td>");
        verdict_list(b, &rule->counts);
        buf_put(b, "</td></tr>\n");
    }
    buf_put(b, "</table></div></details>\n");
}

void html_print(struct buf *b, const struct summary *s)
{
    html_page_begin(b, slice_of(s->testee[0] ? s->testee : "callspec"));
    put_header(b, s);
    put_tools(b, s);
    html_matrix_print(b, s);
    put_requirements(b, s);
    put_instances(b, s);
    html_page_end(b);
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
