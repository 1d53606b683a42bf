/* SPDX-License-Identifier: MIT */
/* See tail.h. What a peer named may be no text at all, so it is cleaned before
 * it goes into a file. */
#include "netsim/tail.h"

#include "reports/text.h"

void tail_add(struct tail *t, struct slice line)
{
    char *place = t->lines[t->told++ % TAIL_LINES];
    struct slice kept = slice_cut(line, TAIL_BYTES);

    if (kept.len)
        memcpy(place, kept.data, kept.len);
    place[kept.len] = '\0';
}

static void hear(void *self, struct slice line)
{
    tail_add(self, line);
}

struct trace_sink tail_sink(struct tail *t)
{
    return (struct trace_sink){.line = hear, .self = t};
}

struct strings tail_lines(const struct tail *t)
{
    uint64_t first = t->told > TAIL_LINES ? t->told - TAIL_LINES : 0;
    struct strings lines = {0};
    struct buf clean;

    buf_init(&clean, SIZE_MAX / 2);
    for (uint64_t i = first; i < t->told; i++) {
        buf_reset(&clean);
        text_clean(&clean, slice_of(t->lines[i % TAIL_LINES]), TEXT_MAX);
        strings_add(&lines, buf_slice(&clean));
    }
    buf_clear(&clean);
    return lines;
}
