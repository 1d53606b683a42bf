/* SPDX-License-Identifier: MIT */
/*
 * The function that is taken over has to be global and has to have GnuTLS's
 * form; so has its state, since nobody hands it one. All else that GnuTLS and
 * its helpers could ask the system for stands here, too: what time it is.
 */
#include "netsim/takeover.h"
#include "netsim/prng.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#define NOW_S 1700000000 /* in 2023 */

/* No link has that number. */
static struct prng_stream chance = {.key = {.link = UINT32_MAX}};
static uint64_t drawn;

int gnutls_rnd(gnutls_rnd_level_t level, void *data, size_t len)
{
    struct entropy_source source = prng_entropy(&chance);

    (void)level;
    entropy_fill(&source, data, len);
    drawn += len;
    return 0;
}

static time_t now_s(time_t *ret)
{
    if (ret)
        *ret = NOW_S;
    return NOW_S;
}

void takeover_begin(uint64_t seed)
{
    chance.key.seed = seed;
    chance.drawn = 0;
    drawn = 0;
    gnutls_global_set_time_function(now_s);
}

uint64_t takeover_drawn(void)
{
    return drawn;
}
