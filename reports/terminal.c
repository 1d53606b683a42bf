/* SPDX-License-Identifier: MIT */
/*
 * Everything is put together in a buffer and written in one go, so that lines
 * of several processes do not mix within a line. Foreign text is cleaned: no
 * testee moves our cursor.
 */
#include "reports/terminal.h"

#include "reports/text.h"
#include "reports/utf8.h"

#define SHOWN_MAX 4096 /* bytes of one text in a block */
#define INDENT 12u     /* where texts of a block begin */

#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define DIM "\033[2m"
#define BOLD "\033[1m"
#define PLAIN "\033[0m"
#define ERASE_LINE "\r\033[K"

static const char *colour_of(enum verdict v)
{
    if (verdict_is_bad(v))
        return RED;
    return v == VERDICT_PASS ? GREEN : v == VERDICT_WARN ? YELLOW : DIM;
}

static void put_coloured(struct buf *b, const char *text, const char *colour,
                         bool has_colour)
{
    buf_put(b, has_colour ? colour : "");
    buf_put(b, text);
    buf_put(b, has_colour ? PLAIN : "");
}

/* Characters on the screen: what is no colour and begins a character. */
static size_t width_of(struct slice text)
{
    bool is_colour = false;
    size_t width = 0;

    for (size_t i = 0; i < text.len; i++) {
        is_colour |= text.data[i] == '\033';
        width += !is_colour && (text.data[i] & 0xc0) != 0x80;
        is_colour &= text.data[i] != 'm';
    }
    return width;
}

/* The front of the text up to the first blank or end of line. */
static struct slice next_word(struct slice text)
{
    size_t len = 0;

    while (len < text.len && text.data[len] != ' ' && text.data[len] != '\n')
        len++;
    return slice_head(text, len);
}

/* A text in a block, `column` characters behind the left edge. Its further
 * lines are indented; with `columns` it is broken where that many are full. */
static void put_text(struct buf *b, struct slice text, size_t column,
                     size_t columns)
{
    const char *before = "";
    struct buf clean;
    struct slice left;

    buf_init(&clean, SIZE_MAX / 2);
    text_clean(&clean, text, SHOWN_MAX);
    for (left = buf_slice(&clean); left.len;) {
        struct slice word = next_word(left);
        size_t width = strlen(before) + width_of(word);
        bool is_full = columns && column > INDENT && column + width >= columns;

        if (*before == '\n' || is_full) {
            buf_put(b, "\n            ");
            column = INDENT;
        } else {
            buf_put(b, before);
        }
        buf_put_slice(b, word);
        column += width;
        left = slice_skip(left, word.len);
        before = left.len == 0 ? "" : left.data[0] == '\n' ? "\n" : " ";
        left = slice_skip(left, strlen(before));
    }
    buf_clear(&clean);
}

static void put_field(struct buf *b, const char *label, struct slice text,
                      size_t columns)
{
    if (text.len == 0)
        return;
    buf_put(b, "  ");
    buf_put(b, label);
    put_text(b, text, INDENT, columns);
    buf_put(b, "\n");
}

static void put_observed(struct buf *b, const struct log_case *c,
                         size_t columns)
{
    buf_put(b, "  observed: ");
    put_text(b, c->observed, INDENT, columns);
    buf_put(b, "  (step ");
    buf_put_u64(b, c->step);
    buf_put(b, ", t=");
    text_time(b, c->virtual_ns);
    buf_put(b, ")\n");
}

static void put_rule(struct buf *b, const struct log_rule *rule, size_t columns)
{
    size_t from = b->len;

    buf_put(b, "  ");
    text_clean(b, rule->id, SHOWN_MAX);
    buf_put(b, " ");
    text_clean(b, rule->level, SHOWN_MAX);
    buf_put(b, "  \"");
    put_text(b, rule->sentence, b->len - from, columns);
    buf_put(b, "\"\n");
}

void terminal_block(struct buf *b, const struct log_case *c,
                    const struct terminal_style *style)
{
    bool has_colour = style->has_colour;
    size_t columns = style->is_tty ? style->columns : 0;

    put_coloured(b, verdict_name(c->verdict), colour_of(c->verdict),
                 has_colour);
    buf_put(b, has_colour ? " " BOLD : " ");
    text_clean(b, c->instance, SHOWN_MAX);
    buf_put(b, has_colour ? PLAIN "\n" : "\n");
    for (size_t i = 0; i < c->rules_count; i++)
        put_rule(b, &c->rules[i], columns);
    put_field(b, "expected: ", c->expected, columns);
    put_observed(b, c, columns);
    put_field(b, "excused:  ", c->excuse, columns);
    put_field(b, "repro:    ", c->repro, 0);
    put_field(b, "bundle:   ", c->bundle, 0);
}

static void flush(struct terminal *t, struct buf *b)
{
    if (b->len)
        (void)fwrite(b->data, b->len, 1, t->out);
    (void)fflush(t->out);
    buf_clear(b);
}

static void erase_live_line(struct terminal *t, struct buf *b)
{
    if (t->has_live_line)
        buf_put(b, ERASE_LINE);
    t->has_live_line = false;
}

static void put_sign(struct buf *b, const struct terminal *t,
                     enum verdict verdict, uint64_t count)
{
    static const char *const ascii[VERDICT_COUNT] = {
        [VERDICT_PASS] = "ok", [VERDICT_FAIL] = "FAILED", [VERDICT_NA] = "-"};

    put_coloured(b, t->style.is_ascii ? ascii[verdict] : verdict_sign(verdict),
                 count ? colour_of(verdict) : DIM, t->style.has_colour);
    buf_put(b, " ");
    buf_put_u64(b, count);
    buf_put(b, verdict == VERDICT_NA ? " n/a  " : " ");
}

/* As much of the name as the rest of the line can take. */
static void put_name(struct buf *b, const struct terminal *t,
                     struct slice instance)
{
    size_t columns = t->style.columns ? t->style.columns : 80;
    size_t used = width_of(buf_slice(b)) + 2;
    struct buf clean;
    struct slice left;

    buf_init(&clean, SIZE_MAX / 2);
    text_clean(&clean, instance, SHOWN_MAX);
    left = buf_slice(&clean);
    for (; left.len && used < columns; used++) {
        size_t step = utf8_step(left);

        if (left.data[0] != '\n' && left.data[0] != '\t')
            buf_put_slice(b, slice_head(left, step));
        left = slice_skip(left, step);
    }
    if (left.len)
        buf_put(b, t->style.is_ascii ? "~" : "…");
    buf_clear(&clean);
}

static void put_live_line(struct terminal *t, struct slice instance)
{
    struct buf line, whole;

    if (!t->style.is_tty)
        return;
    buf_init(&line, SIZE_MAX / 2);
    buf_init(&whole, SIZE_MAX / 2);
    put_sign(&line, t, VERDICT_PASS, t->counts.of[VERDICT_PASS]);
    put_sign(&line, t, VERDICT_FAIL, verdict_unexpected(&t->counts));
    put_sign(&line, t, VERDICT_NA, t->counts.of[VERDICT_NA]);
    buf_put_u64(&line, verdict_total(&t->counts));
    buf_put(&line, "/");
    buf_put_u64(&line, t->planned);
    buf_put(&line, "  ");
    buf_put_u64(&line, t->elapsed_ns / 1000000000);
    buf_put(&line, "s  ");
    put_name(&line, t, instance);
    erase_live_line(t, &whole);
    buf_put_slice(&whole, buf_slice(&line));
    t->has_live_line = true;
    buf_clear(&line);
    flush(t, &whole);
}

void terminal_init(struct terminal *t, FILE *out, struct terminal_style style,
                   uint64_t planned)
{
    *t = (struct terminal){.out = out, .style = style, .planned = planned};
    roll_init(&t->roll);
}

void terminal_clear(struct terminal *t)
{
    roll_clear(&t->roll);
}

void terminal_start(struct terminal *t, struct slice instance,
                    uint64_t elapsed_ns)
{
    t->elapsed_ns = elapsed_ns;
    put_live_line(t, instance);
}

/* The line that tells of an instance when every one gets a line. */
static void put_line(struct buf *b, const struct terminal *t,
                     const struct log_case *c)
{
    put_coloured(b, verdict_name(c->verdict), colour_of(c->verdict),
                 t->style.has_colour);
    buf_put(b, " ");
    text_clean(b, c->instance, SHOWN_MAX);
    if (c->verdict == VERDICT_NA && c->observed.len) {
        buf_put(b, "  ");
        put_text(b, c->observed, 0, 0);
    }
    buf_put(b, "\n");
}

/* Of what did not pass: now, and kept for the end. */
static void tell(struct terminal *t, struct buf *b, const struct log_case *c)
{
    size_t from;

    erase_live_line(t, b);
    from = b->len;
    terminal_block(b, c, &t->style);
    roll_add(&t->roll, c->id, c->verdict, slice_skip(buf_slice(b), from));
}

void terminal_case(struct terminal *t, const struct log_case *c,
                   uint64_t elapsed_ns)
{
    bool is_expected = verdict_is_excused(c->verdict, c->excuse);
    struct buf b;

    buf_init(&b, SIZE_MAX / 2);
    t->elapsed_ns = elapsed_ns;
    verdict_add(&t->counts, c->verdict, c->excuse);
    if (verdict_is_news(c->verdict) && !is_expected) {
        tell(t, &b, c);
    } else if (t->style.is_verbose) {
        erase_live_line(t, &b);
        put_line(&b, t, c);
    }
    flush(t, &b);
    put_live_line(t, c->instance);
}

void terminal_note(struct terminal *t, const char *label, const char *text)
{
    struct buf b;

    if (!*text)
        return;
    buf_init(&b, SIZE_MAX / 2);
    erase_live_line(t, &b);
    buf_put(&b, label);
    buf_put(&b, ": ");
    buf_put(&b, text);
    buf_put(&b, "\n");
    flush(t, &b);
}

void terminal_end(struct terminal *t, const struct log_footer *footer)
{
    struct buf b;

    buf_init(&b, SIZE_MAX / 2);
    erase_live_line(t, &b);
    roll_print(&b, &t->roll);
    put_coloured(&b, "callspec: ", footer->exit ? RED : GREEN,
                 t->style.has_colour);
    verdict_sentence(&b, &t->counts, t->planned, footer->exit, footer->reason);
    buf_put(&b, "\n");
    flush(t, &b);
}
