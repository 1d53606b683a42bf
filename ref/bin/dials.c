/* SPDX-License-Identifier: MIT */
/* See dials.h. A link that is dialled carries its peer. */
#include "ref/bin/dials.h"
#include "ref/base/xalloc.h"

/* At the '=': neither an address nor a fingerprint has one. */
static bool read_peer(struct dials *d, const char *text, struct failure *f)
{
    struct target *target = &d->peers[d->count].target;
    const char *equals = strchr(text, '=');

    if (!equals)
        return failure_say(f, "expected ADDR=FINGERPRINT");
    d->count++;
    target->addr = xalloc_copy(slice_make(text, (size_t)(equals - text)));
    target->pin = equals + 1;
    return target_read(target, f);
}

bool dials_read(struct dials *d, struct failure *ret_failure)
{
    for (size_t i = 0; i < OPTIONS_MANY_MAX && d->texts[i]; i++)
        if (!read_peer(d, d->texts[i], ret_failure))
            return failure_wrap(ret_failure, "--dial: ");
    return true;
}

static bool dial(struct dials_peer *p, struct failure *f)
{
    struct adapter_dial how = target_dial(&p->target);

    how.stays = true;
    how.user = p;
    return station_dial(p->station, &how, f) != NULL;
}

static void attempt(void *self)
{
    struct dials_peer *p = self;
    struct failure f;

    if (target_resolve(&p->target, &f) && dial(p, &f))
        station_turn(p->station);
    else
        standing_failed(&p->standing, &f);
}

void dials_begin(struct dials *d, struct loop *loop, struct station *station)
{
    for (size_t i = 0; i < d->count; i++) {
        struct dials_peer *p = &d->peers[i];

        p->station = station;
        standing_begin(&p->standing, &p->target, loop, attempt, p);
        attempt(p);
    }
}

void dials_end(struct dials *d)
{
    d->is_over = true;
    for (size_t i = 0; i < d->count; i++)
        standing_end(&d->peers[i].standing);
}

void dials_opened(const struct adapter_link *link)
{
    struct dials_peer *p = link->user;

    standing_opened(&p->standing, link);
}

void dials_closed(struct dials *d, const struct adapter_link *link,
                  const struct adapter_end *end)
{
    struct dials_peer *p = link->user;

    if (!d->is_over)
        standing_closed(&p->standing, end);
}

void dials_clear(struct dials *d)
{
    for (size_t i = 0; i < d->count; i++) {
        xalloc_free((void *)(uintptr_t)d->peers[i].target.addr);
        target_clear(&d->peers[i].target);
    }
}
