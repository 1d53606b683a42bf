/* SPDX-License-Identifier: MIT */
/*
 * Each question about a packet draws its own number, so that more jitter does
 * not change what is lost.
 */
#include "netsim/link.h"

enum draw { DRAW_LOSS, DRAW_DUPLICATE, DRAW_JITTER, DRAW_JITTER_DOUBLE };

static bool happens(const struct prng_key *key, uint64_t packet, enum draw draw,
                    uint32_t ppm)
{
    return ppm && prng_below(prng_draw(key, packet, draw), LINK_PPM) < ppm;
}

static uint64_t arrival(const struct link_config *config,
                        const struct prng_key *key, uint64_t packet,
                        enum draw draw, uint64_t now_ns)
{
    uint64_t at_ns = now_ns + config->delay_ns;

    if (config->jitter_ns)
        at_ns +=
            prng_below(prng_draw(key, packet, draw), config->jitter_ns + 1);
    return at_ns;
}

struct link_fate link_fate(const struct link_config *config,
                           const struct prng_key *key, uint64_t packet,
                           uint64_t now_ns)
{
    struct link_fate fate = {.count = 0};

    if (happens(key, packet, DRAW_LOSS, config->loss_ppm))
        return fate;
    fate.at_ns[fate.count++] =
        arrival(config, key, packet, DRAW_JITTER, now_ns);
    if (happens(key, packet, DRAW_DUPLICATE, config->duplicate_ppm))
        fate.at_ns[fate.count++] =
            arrival(config, key, packet, DRAW_JITTER_DOUBLE, now_ns);
    return fate;
}
