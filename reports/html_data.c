/* SPDX-License-Identifier: MIT */
/*
 * Each list is written in one pass; what a later list points to by number has
 * got its number before. Texts come last, when all have been met.
 */
#include "reports/html_data.h"

#include "ref/base/xalloc.h"
#include "reports/index.h"
#include "reports/text.h"

#define TEXT_CUT 8192u        /* bytes of one text */
#define TEXT_CUT_LATE 160u    /* once there was enough */
#define ENOUGH (1024u * 1024) /* bytes of all texts as they are written */

struct writer {
    struct buf *b;           /* borrowed: where the object goes */
    const struct summary *s; /* borrowed */
    struct index texts;      /* borrow from `kept` */
    struct index rules;      /* by id */
    struct index cases;      /* by id */
    struct index wheres;     /* by what stands behind the case's id */
    char **kept;             /* owned: texts as JSON strings */
    size_t kept_count;       /* how many */
    size_t bytes;            /* of them all */
};

/* --- values */

static const char *escape_of(uint8_t c)
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\t':
        return "\\t";
    case '<':
        return "\\u003c";
    default:
        return NULL;
    }
}

/* A text as a JSON string; at most `len_max` bytes of it and a mark. */
static void put_string(struct buf *b, struct slice text, size_t len_max)
{
    struct buf clean;

    buf_init(&clean, SIZE_MAX / 2);
    text_clean(&clean, text, len_max);
    buf_put_byte(b, '"');
    for (size_t i = 0; i < clean.len; i++) {
        const char *escape = escape_of(clean.data[i]);

        if (escape)
            buf_put(b, escape);
        else
            buf_put_byte(b, clean.data[i]);
    }
    buf_put_byte(b, '"');
    buf_clear(&clean);
}

static void put(struct writer *w, const char *text)
{
    buf_put(w->b, text);
}

static void put_own(struct writer *w, const char *text)
{
    put_string(w->b, slice_of(text), TEXT_CUT);
}

static void put_number(struct writer *w, uint64_t number)
{
    buf_put_u64(w->b, number);
}

/* Between two items of a list. */
static void put_comma(struct writer *w, size_t i)
{
    put(w, i ? ",\n" : "\n");
}

/* --- texts */

static bool is_enough(const struct writer *w)
{
    return w->bytes >= ENOUGH;
}

/* The string as it will be written, kept for as long as the index lives. */
static void keep(struct writer *w, struct slice text)
{
    if ((w->kept_count & (w->kept_count - 1)) == 0)
        w->kept = xalloc_grow(w->kept, w->kept_count ? 2 * w->kept_count : 1,
                              sizeof *w->kept);
    w->kept[w->kept_count++] = xalloc_copy(text);
}

/* The number of a foreign text, looked up as what will be written of it. */
static void put_text(struct writer *w, struct slice text)
{
    size_t count = w->texts.count;
    struct buf string;
    size_t number;

    if (text.len == 0) {
        put(w, "-1");
        return;
    }
    buf_init(&string, SIZE_MAX / 2);
    put_string(&string, text, is_enough(w) ? TEXT_CUT_LATE : TEXT_CUT);
    keep(w, buf_slice(&string));
    number = index_add(&w->texts, slice_of(w->kept[w->kept_count - 1]));
    if (w->texts.count > count)
        w->bytes += string.len;
    else
        xalloc_free(w->kept[--w->kept_count]);
    put_number(w, number);
    buf_clear(&string);
}

static void put_texts(struct writer *w)
{
    put(w, ",\n\"texts\":[");
    for (size_t i = 0; i < w->texts.count; i++) {
        put_comma(w, i);
        buf_put_slice(w->b, w->texts.texts[i]);
    }
    put(w, "]");
}

/* --- rules, cases and where they were run */

static void put_requirement(struct writer *w,
                            const struct summary_requirement *r)
{
    size_t number = w->rules.count;

    if (index_add(&w->rules, slice_of(r->id)) < number)
        return;
    put_comma(w, number);
    put(w, "[");
    put_own(w, r->id);
    put(w, ",");
    put_own(w, r->level);
    put(w, ",");
    put_own(w, r->sentence);
    put(w, ",");
    put_own(w, r->source);
    put(w, ",");
    put_own(w, r->status);
    put(w, ",");
    put_own(w, r->reason);
    put(w, "]");
}

/* All that the log lists, and then what cases cite besides. */
static void put_rules(struct writer *w)
{
    put(w, ",\n\"rules\":[");
    for (size_t i = 0; i < w->s->requirements_count; i++)
        put_requirement(w, &w->s->requirements[i]);
    for (size_t i = 0; i < w->s->cases_count; i++) {
        const struct summary_case *c = &w->s->cases[i];

        for (size_t n = 0; n < c->rules_count; n++) {
            const struct summary_requirement cited = {c->rules[n].id,
                                                      c->rules[n].level,
                                                      c->rules[n].sentence,
                                                      "",
                                                      "",
                                                      ""};

            put_requirement(w, &cited);
        }
    }
    put(w, "]");
}

static void put_case(struct writer *w, const struct summary_case *c)
{
    size_t number = w->cases.count;

    if (index_add(&w->cases, slice_of(c->id)) < number)
        return;
    put_comma(w, number);
    put(w, "[");
    put_own(w, c->id);
    put(w, ",");
    put_own(w, c->claim);
    put(w, ",");
    put_own(w, c->level);
    put(w, ",[");
    for (size_t i = 0; i < c->rules_count; i++) {
        put(w, i ? "," : "");
        put_number(w, index_add(&w->rules, slice_of(c->rules[i].id)));
    }
    put(w, "]]");
}

static void put_cases(struct writer *w)
{
    put(w, ",\n\"cases\":[");
    for (size_t i = 0; i < w->s->cases_count; i++)
        put_case(w, &w->s->cases[i]);
    put(w, "]");
}

/* What stands behind the case's id; the whole name when it is named after
 * something else. */
static struct slice where_of(const struct summary_case *c)
{
    struct slice name = slice_of(c->instance);
    struct slice id = slice_of(c->id);

    return slice_starts(name, id) ? slice_skip(name, id.len) : name;
}

static void put_where(struct writer *w, const struct summary_case *c)
{
    size_t number = w->wheres.count;

    if (index_add(&w->wheres, where_of(c)) < number)
        return;
    put_comma(w, number);
    put(w, "[");
    put_string(w->b, where_of(c), TEXT_CUT_LATE);
    put(w, ",{");
    for (size_t i = 0; i < c->axes_count; i++) {
        put(w, i ? "," : "");
        put_own(w, c->axes[i].name);
        put(w, ":");
        put_own(w, c->axes[i].value);
    }
    put(w, "}]");
}

static void put_wheres(struct writer *w)
{
    put(w, ",\n\"wheres\":[");
    for (size_t i = 0; i < w->s->cases_count; i++)
        put_where(w, &w->s->cases[i]);
    put(w, "]");
}

/* --- instances */

static void put_run(struct writer *w, const struct summary_case *c)
{
    bool is_excused = verdict_is_excused(c->verdict, slice_of(c->excuse));

    put(w, "[");
    put_number(w, index_add(&w->cases, slice_of(c->id)));
    put(w, ",");
    put_number(w, index_add(&w->wheres, where_of(c)));
    put(w, ",\"");
    put(w, verdict_class(c->verdict));
    put(w, is_excused ? "\",1," : "\",0,");
    put_text(w, slice_of(c->observed));
    put(w, "]");
}

static void put_runs(struct writer *w)
{
    put(w, ",\n\"runs\":[");
    for (size_t i = 0; i < w->s->cases_count; i++) {
        put_comma(w, i);
        put_run(w, &w->s->cases[i]);
    }
    put(w, "]");
}

/* A line without the number that tells it from all others of its kind. */
static void put_line(struct writer *w, const char *line)
{
    const char *mark = strstr(line, "\"seq\":");
    const char *rest = mark ? mark + 6 + strspn(mark + 6, "0123456789") : line;
    struct buf b;

    buf_init(&b, SIZE_MAX / 2);
    if (mark && *rest == ',')
        rest++;
    else if (mark && mark > line && mark[-1] == ',')
        mark--;
    if (mark)
        buf_put_slice(&b, slice_make(line, (size_t)(mark - line)));
    buf_put(&b, rest);
    put_text(w, buf_slice(&b));
    buf_clear(&b);
}

static void put_conversation(struct writer *w, const struct summary_case *c)
{
    if (is_enough(w)) {
        put(w, "null");
        return;
    }
    put(w, "[");
    for (size_t i = 0; i < c->notes_count; i++) {
        put(w, i ? ",[\"" : "[\"");
        put(w, log_lane_name(c->notes[i].lane));
        put(w, "\",");
        put_number(w, c->notes[i].at_ns);
        put(w, ",");
        put_line(w, c->notes[i].text);
        put(w, "]");
    }
    put(w, "]");
}

static void put_story(struct writer *w, size_t i)
{
    const struct summary_case *c = &w->s->cases[i];

    put(w, "[");
    put_number(w, i);
    put(w, ",");
    put_text(w, slice_of(c->expected));
    put(w, ",");
    put_number(w, c->step);
    put(w, ",");
    put_number(w, c->virtual_ns);
    put(w, ",");
    put_text(w, slice_of(c->excuse));
    put(w, ",");
    put_text(w, slice_of(c->choice));
    put(w, ",");
    put_text(w, slice_of(c->repro));
    put(w, ",");
    put_conversation(w, c);
    put(w, "]");
}

static void put_stories(struct writer *w)
{
    size_t count = 0;

    put(w, ",\n\"stories\":[");
    for (size_t i = 0; i < w->s->cases_count; i++)
        if (verdict_is_news(w->s->cases[i].verdict)) {
            put_comma(w, count++);
            put_story(w, i);
        }
    put(w, "]");
}

static void put_signs(struct writer *w)
{
    put(w, ",\n\"signs\":{");
    for (int v = 0; v < VERDICT_COUNT; v++) {
        put(w, v ? ",\"" : "\"");
        put(w, verdict_class((enum verdict)v));
        put(w, "\":");
        put_own(w, verdict_sign((enum verdict)v));
    }
    put(w, "}");
}

static void clear(struct writer *w)
{
    index_clear(&w->texts);
    index_clear(&w->rules);
    index_clear(&w->cases);
    index_clear(&w->wheres);
    for (size_t i = 0; i < w->kept_count; i++)
        xalloc_free(w->kept[i]);
    xalloc_free(w->kept);
}

void html_data_print(struct buf *b, const struct summary *s)
{
    struct writer w = {.b = b, .s = s};

    put(&w, "{\"testee\":");
    put_own(&w, s->testee);
    put_signs(&w);
    put_rules(&w);
    put_cases(&w);
    put_wheres(&w);
    put_stories(&w);
    put_runs(&w);
    put_texts(&w);
    put(&w, "}\n");
    clear(&w);
}
