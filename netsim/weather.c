/* SPDX-License-Identifier: MIT */
/*
 * The table. Whatever loses datagrams has a bound: a connection that is asked
 * for must come about, and what is tested is that it does.
 */
#include "netsim/weather.h"

#define MS 1000000ull
#define PERCENT (LINK_PPM / 100)

static const struct weather weathers[] = {
    {.name = "clean", .says = "Everything arrives, at once and once."},
    {.name = "delay",
     .says = "Every datagram takes ten milliseconds.",
     .link = {.delay_ns = 10 * MS}},
    {.name = "loss2",
     .says = "Two in a hundred are lost, never more than three in a row.",
     .link = {.loss_ppm = 2 * PERCENT, .losses_max = 3},
     .is_rough = true},
    {.name = "loss10-burst",
     .says = "One in ten is lost, in bursts of three on the average and never "
             "more than five in a row.",
     .link = {.burst_begin_ppm = LINK_PPM / 27,
              .burst_end_ppm = LINK_PPM / 3,
              .burst_loss_ppm = LINK_PPM,
              .losses_max = 5},
     .is_rough = true},
    {.name = "reorder",
     .says = "One in five is held up for three milliseconds, and others "
             "overtake it.",
     .link = {.reorder_ppm = 20 * PERCENT, .reorder_ns = 3 * MS}},
    {.name = "dup",
     .says = "One in five comes twice.",
     .link = {.duplicate_ppm = 20 * PERCENT}},
    {.name = "rebind",
     .says = "The client is seen at another port again and again, as behind a "
             "router that forgets; what was on its way back is lost.",
     .rebind_after = 4,
     .is_rough = true},
    {.name = "mtu",
     .says = "Datagrams longer than 1200 bytes vanish.",
     .link = {.mtu = 1200}},
    {.name = "corrupt",
     .says = "In two of a hundred one bit is turned.",
     .link = {.corrupt_ppm = 2 * PERCENT},
     .is_rough = true},
};

#define WEATHERS (sizeof weathers / sizeof weathers[0])

const struct weather *weather_all(size_t *ret_count)
{
    *ret_count = WEATHERS;
    return weathers;
}

const struct weather *weather_find(struct slice name)
{
    for (size_t i = 0; i < WEATHERS; i++) {
        if (slice_equal(name, slice_of(weathers[i].name)))
            return &weathers[i];
    }
    return NULL;
}
