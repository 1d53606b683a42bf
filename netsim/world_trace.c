/* SPDX-License-Identifier: MIT */
/* What is told of a world: lines for whoever listens, and a hash of the facts
 * whether anybody does or not. */
#include "netsim/world.h"

#include <stdarg.h>
#include <stdio.h>

void world_note(struct world *w, uint64_t number)
{
    w->hash = (w->hash ^ number) * 0x9e3779b97f4a7c15u;
    w->hash ^= w->hash >> 32;
}

/* Whose line that is stands before it. Once something is broken nothing more is
 * told: the trace ends where it happened, and not with everybody's farewell. */
static void hand_on(struct world *w, const char *whose, struct slice line)
{
    char text[400];
    int len;

    if (!w->terms->trace.line || w->ledger.is_broken)
        return;
    len = snprintf(text, sizeof text, "%s %.*s", whose, (int)line.len,
                   (const char *)line.data);
    len = len < (int)sizeof text ? len : (int)sizeof text - 1;
    w->terms->trace.line(w->terms->trace.self, slice_make(text, (size_t)len));
}

static void put_line(struct world *w, uint32_t whose, struct slice line)
{
    w->lines++;
    world_note(w, whose);
    w->hash = slice_hash(line, w->hash);
    WORLD_HOLDS(w, INVARIANT_SECRET,
                slice_find(line, slice_of(FURNISH_SECRET)) == line.len,
                "a secret stands in the trace");
}

static void on_world_line(void *self, struct slice line)
{
    put_line(self, UINT32_MAX, line);
    hand_on(self, "--", line);
}

static void on_said_line(void *self, struct slice line)
{
    hand_on(self, "--", line);
}

static void on_place_line(void *self, struct slice line)
{
    struct place *p = self;
    char whose[12];

    put_line(p->world, p->at, line);
    if (!p->world->terms->trace.line)
        return;
    (void)snprintf(whose, sizeof whose, "n%u", p->at);
    hand_on(p->world, whose, line);
}

static void tell(struct world *w, const struct trace_sink *sink,
                 const char *format, va_list args)
{
    char text[300];

    (void)vsnprintf(text, sizeof text, format, args);
    trace(sink, w->now_ns, "%s", text);
}

struct trace_sink world_trace_of(struct place *p)
{
    return (struct trace_sink){on_place_line, p};
}

void world_trace(struct world *w, const char *format, ...)
{
    const struct trace_sink sink = {on_world_line, w};
    va_list args;

    va_start(args, format);
    tell(w, &sink, format, args);
    va_end(args);
}

void world_say(struct world *w, const char *format, ...)
{
    const struct trace_sink sink = {on_said_line, w};
    va_list args;

    w->lines++;
    if (!w->terms->trace.line)
        return;
    va_start(args, format);
    tell(w, &sink, format, args);
    va_end(args);
}
