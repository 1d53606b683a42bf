/* SPDX-License-Identifier: MIT */
/*
 * Rows are case ids, grouped by area; columns are the combinations of axes
 * that occur anywhere in the log, in the order of their values. Two instances
 * that differ in no axis share a cell.
 */
#include "reports/html_matrix.h"

#include "ref/base/xalloc.h"
#include "reports/text.h"

#define AXES_MAX 16

/* Who stands where in the matrix. */
struct matrix {
    const struct summary *s;             /* of this log */
    const char *axes[AXES_MAX];          /* names, as first met */
    size_t axes_count;                   /* how many */
    const struct summary_case **columns; /* owned: one for each combination */
    size_t columns_count;                /* how many */
};

static void put_text(struct buf *b, const char *text)
{
    text_markup(b, slice_of(text));
}

static void add_axes(struct matrix *m, const struct summary_case *c)
{
    for (size_t i = 0; i < c->axes_count; i++) {
        size_t n = 0;

        while (n < m->axes_count && strcmp(m->axes[n], c->axes[i].name) != 0)
            n++;
        if (n == m->axes_count && n < AXES_MAX)
            m->axes[m->axes_count++] = c->axes[i].name;
    }
}

static bool is_same_column(const struct matrix *m, const struct summary_case *a,
                           const struct summary_case *b)
{
    for (size_t i = 0; i < m->axes_count; i++)
        if (strcmp(summary_axis(a, m->axes[i]), summary_axis(b, m->axes[i])) !=
            0)
            return false;
    return true;
}

/* The order of columns: by the values of the axes, first axis first. */
static int compare_columns(const struct matrix *m, const struct summary_case *a,
                           const struct summary_case *b)
{
    int order = 0;

    for (size_t i = 0; i < m->axes_count && order == 0; i++)
        order =
            strcmp(summary_axis(a, m->axes[i]), summary_axis(b, m->axes[i]));
    return order;
}

static void add_column(struct matrix *m, const struct summary_case *c)
{
    size_t i = m->columns_count;

    for (size_t n = 0; n < m->columns_count; n++)
        if (is_same_column(m, m->columns[n], c))
            return;
    for (; i > 0 && compare_columns(m, c, m->columns[i - 1]) < 0; i--)
        m->columns[i] = m->columns[i - 1];
    m->columns[i] = c;
    m->columns_count++;
}

static void init(struct matrix *m, const struct summary *s)
{
    *m = (struct matrix){.s = s};
    m->columns = xalloc(s->cases_count, sizeof *m->columns);
    for (size_t i = 0; i < s->cases_count; i++)
        add_axes(m, &s->cases[i]);
    for (size_t i = 0; i < s->cases_count; i++)
        add_column(m, &s->cases[i]);
}

static void put_axes(struct buf *b, const struct matrix *m)
{
    buf_put(b, "<thead>\n");
    for (size_t i = 0; i < m->axes_count; i++) {
        buf_put(b, "<tr><th scope=\"row\">");
        put_text(b, m->axes[i]);
        buf_put(b, "</th>");
        for (size_t n = 0; n < m->columns_count; n++) {
            buf_put(b, "<th scope=\"col\">");
            put_text(b, summary_axis(m->columns[n], m->axes[i]));
            buf_put(b, "</th>");
        }
        buf_put(b, "</tr>\n");
    }
    buf_put(b, "</thead>\n");
}

static void put_mark(struct buf *b, const struct summary *s,
                     const struct summary_case *c)
{
    buf_put(b, "<a href=\"#c");
    buf_put_u64(b, (uint64_t)(c - s->cases));
    buf_put(b, "\" class=\"");
    buf_put(b, verdict_class(c->verdict));
    buf_put(b, "\" title=\"");
    put_text(b, verdict_name(c->verdict));
    buf_put(b, verdict_is_excused(c->verdict, slice_of(c->excuse))
                   ? " (expected) "
                   : " ");
    put_text(b, c->instance);
    buf_put(b, "\">");
    buf_put(b, verdict_sign(c->verdict));
    buf_put(b, "<span class=\"sr\"> ");
    buf_put(b, verdict_name(c->verdict));
    buf_put(b, "</span></a>");
}

/* All cells of the case that `first` is the first instance of. */
static void put_row(struct buf *b, const struct matrix *m,
                    const struct summary_case *first)
{
    const struct summary_case *end = m->s->cases + m->s->cases_count;

    buf_put(b, "<tr class=\"case\"><th scope=\"row\"><span class=\"id\">");
    put_text(b, first->id);
    buf_put(b, "</span><span class=\"claim\">");
    put_text(b, first->claim);
    buf_put(b, "</span></th>");
    for (size_t n = 0; n < m->columns_count; n++) {
        buf_put(b, "<td>");
        for (const struct summary_case *c = first; c < end; c++)
            if (strcmp(c->id, first->id) == 0 &&
                is_same_column(m, c, m->columns[n]))
                put_mark(b, m->s, c);
        buf_put(b, "</td>");
    }
    buf_put(b, "</tr>\n");
}

static bool is_first_of_its_case(const struct summary *s, size_t i)
{
    for (size_t n = 0; n < i; n++)
        if (strcmp(s->cases[n].id, s->cases[i].id) == 0)
            return false;
    return true;
}

static void put_area(struct buf *b, const struct matrix *m,
                     const struct summary_group *area)
{
    buf_put(b, "<tbody>\n<tr class=\"area\"><th colspan=\"");
    buf_put_u64(b, m->columns_count + 1);
    buf_put(b, "\">");
    put_text(b, area->name);
    buf_put(b, " <span class=\"claim\">");
    verdict_list(b, &area->counts);
    buf_put(b, "</span></th></tr>\n");
    for (size_t i = 0; i < m->s->cases_count; i++)
        if (strcmp(m->s->cases[i].area, area->name) == 0 &&
            is_first_of_its_case(m->s, i))
            put_row(b, m, &m->s->cases[i]);
    buf_put(b, "</tbody>\n");
}

void html_matrix_print(struct buf *b, const struct summary *s)
{
    struct matrix m;

    init(&m, s);
    buf_put(b, "<h2>Cases</h2>\n<div class=\"wide\"><table class=\"m\">\n");
    put_axes(b, &m);
    for (size_t i = 0; i < s->areas.count; i++)
        put_area(b, &m, &s->areas.groups[i]);
    buf_put(b, "</table></div>\n"
               "<p id=\"none\" hidden>Nothing fits the filter.</p>\n");
    xalloc_free(m.columns);
}
