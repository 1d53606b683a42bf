/* SPDX-License-Identifier: MIT */
/*
 * The table. Whatever loses datagrams has a bound: a connection that is asked
 * for must come about, and what is tested is that it does. How late a datagram
 * may be that was lost follows from the bound: on a short way QUIC asks again
 * after some 30 ms, and each further time after twice as long.
 */
#include "netsim/weather.h"

#define MS 1000000ull
#define PERCENT (LINK_PPM / 100)

const struct weather weathers[WEATHERS] = {
    {.name = "clean", .says = "Everything arrives, at once and once."},
    {.name = "delay",
     .says = "Every datagram takes ten milliseconds.",
     .link = {.delay_ns = 10 * MS}},
    {.name = "loss2",
     .says = "Two in a hundred are lost, never more than three in a row.",
     .link = {.loss_ppm = 2 * PERCENT, .losses_max = 3},
     .late_ns = 250 * MS},
    {.name = "loss10-burst",
     .says = "One in ten is lost, mostly two in a row and never more.",
     .link = {.burst_begin_ppm = LINK_PPM / 26,
              .burst_end_ppm = LINK_PPM / 4,
              .burst_loss_ppm = LINK_PPM,
              .losses_max = 2},
     .late_ns = 500 * MS},
    {.name = "reorder",
     .says = "One in five is held up for three milliseconds, and others "
             "overtake it.",
     .link = {.reorder_ppm = 20 * PERCENT, .reorder_ns = 3 * MS},
     .late_ns = 20 * MS},
    {.name = "dup",
     .says = "One in five comes twice.",
     .link = {.duplicate_ppm = 20 * PERCENT}},
    {.name = "rebind",
     .says = "The client is seen at another port again and again, as behind a "
             "router that forgets.",
     .rebind_after = 6,
     .late_ns = 20 * MS},
    {.name = "mtu",
     .says = "Datagrams longer than 1200 bytes vanish.",
     .link = {.mtu = 1200}},
    {.name = "corrupt",
     .says = "In two of a hundred one bit is turned.",
     .link = {.corrupt_ppm = 2 * PERCENT},
     .late_ns = 250 * MS},
};

const struct weather *weather_find(struct slice name)
{
    for (size_t i = 0; i < WEATHERS; i++) {
        if (slice_equal(name, slice_of(weathers[i].name)))
            return &weathers[i];
    }
    return NULL;
}

const struct weather *weather_clean(void)
{
    return &weathers[0];
}
