/* SPDX-License-Identifier: MIT */
/* See screen.h. */
#include "netsim/screen.h"

#define RED "\033[31m"
#define PLAIN "\033[0m"
#define ERASE_LINE "\r\033[K"
#define LIVE_NS UINT64_C(200000000)    /* between two live lines */
#define PLAIN_NS UINT64_C(10000000000) /* between two lines in a pipe */

static void put(struct screen *s, const char *text)
{
    (void)fputs(text, s->out);
}

static void put_slice(struct screen *s, struct slice text)
{
    if (text.len)
        (void)fwrite(text.data, text.len, 1, s->out);
}

static void erase(struct screen *s)
{
    if (s->has_live_line)
        put(s, ERASE_LINE);
    s->has_live_line = false;
}

void screen_say(struct screen *s, struct slice text)
{
    bool is_red = s->has_colour && slice_starts(text, slice_of("FAIL"));
    size_t first = is_red ? slice_find(text, slice_of("\n")) : 0;

    erase(s);
    put(s, is_red ? RED : "");
    put_slice(s, slice_head(text, first));
    put(s, is_red ? PLAIN : "");
    put_slice(s, slice_skip(text, first));
    (void)fflush(s->out);
}

bool screen_is_due(const struct screen *s, uint64_t now_ns)
{
    return now_ns - s->told_ns >= (s->is_tty ? LIVE_NS : PLAIN_NS);
}

void screen_progress(struct screen *s, struct slice line, uint64_t now_ns)
{
    size_t columns = s->columns ? s->columns : 80;

    erase(s);
    put_slice(s, s->is_tty ? slice_cut(line, columns - 1) : line);
    put(s, s->is_tty ? "" : "\n");
    s->has_live_line = s->is_tty;
    s->told_ns = now_ns;
    (void)fflush(s->out);
}
