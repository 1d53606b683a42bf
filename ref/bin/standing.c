/* SPDX-License-Identifier: MIT */
/* See standing.h. */
#include "ref/bin/standing.h"
#include "ref/bin/lines.h"
#include "ref/host/entropy.h"
#include "ref/host/udp.h"

void standing_begin(struct standing *s, const struct target *target,
                    struct loop *loop, void (*attempt)(void *self), void *self)
{
    *s = (struct standing){
        .target = target,
        .again = loop_timer(loop, attempt, self),
        .redial = redial_make(entropy_system()),
    };
}

void standing_opened(struct standing *s, const struct adapter_link *link)
{
    char address[UDP_TEXT_LEN_MAX];

    s->is_open = true;
    redial_opened(&s->redial, entropy_now_ns());
    udp_address_print(&s->target->to, address);
    lines_write_take(stdout, json_pack("{s:s, s:s, s:s}", "event", "connected",
                                       "address", address, "fingerprint",
                                       link->fingerprint.text));
}

/* What happened, and when it is tried again. `event` is taken. */
static void try_later(struct standing *s, json_t *event)
{
    uint64_t now_ns = entropy_now_ns();
    uint64_t at_ns = redial_lost(&s->redial, now_ns);

    s->is_open = false;
    json_object_set_new(event, "event", json_string("lost"));
    json_object_set_new(event, "address", json_string(s->target->addr));
    json_object_set_new(event, "retry_ms",
                        json_integer((json_int_t)((at_ns - now_ns) / 1000000)));
    lines_write_take(stdout, event);
    loop_timer_set(s->again, at_ns);
}

void standing_closed(struct standing *s, const struct adapter_end *end)
{
    try_later(s, target_trouble(end, s->is_open));
}

void standing_failed(struct standing *s, const struct failure *why)
{
    try_later(s, json_pack("{s:s, s:s}", "kind", "transport", "message",
                           why->sentence));
}

void standing_end(struct standing *s)
{
    loop_timer_free(s->again);
}
