/* SPDX-License-Identifier: MIT */
/*
 * The words of the key and the counters are folded one by one into 64 bits,
 * each fold followed by the finishing steps of splitmix64 (Steele, Lea and
 * Flood, 2014), so that neighbours in any of them come out unrelated. Not for
 * secrets.
 */
#include "netsim/prng.h"

static uint64_t mix(uint64_t z)
{
    z += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t prng_draw(const struct prng_key *key, uint64_t packet, uint32_t draw)
{
    uint64_t z = mix(key->seed);

    z = mix(z ^ ((uint64_t)key->link << 32 | key->direction));
    z = mix(z ^ packet);
    return mix(z ^ draw);
}

/* Reduction by remainder: the bounds here are below 2^40, so that the few
 * numbers that come a little more often are one in sixteen million. */
uint64_t prng_below(uint64_t number, uint64_t bound)
{
    assert(bound);
    return number % bound;
}

static void fill(void *self, uint8_t *bytes, size_t len)
{
    struct prng_stream *stream = self;

    while (len) {
        uint64_t number = prng_draw(&stream->key, stream->drawn++, 0);

        for (int i = 0; i < 8 && len; i++, len--, number >>= 8)
            *bytes++ = (uint8_t)number;
    }
}

struct entropy_source prng_entropy(struct prng_stream *stream)
{
    return (struct entropy_source){fill, stream};
}
