/* SPDX-License-Identifier: MIT */
/* See tally.h. The names are those of the log and of the summary. */
#include "netsim/tally.h"

static const char *const names[TALLIES] = {
    [TALLY_CALLS] = "calls",
    [TALLY_SUBSCRIPTIONS] = "subscriptions",
    [TALLY_ITEMS] = "items",
    [TALLY_ABORTS] = "aborts",
    [TALLY_COMPOSITIONS] = "compositions",
    [TALLY_CALLBACKS] = "callbacks",
    [TALLY_FORWARDED] = "forwarded",
    [TALLY_LISTS] = "lists",
    [TALLY_IMPORTS] = "imports",
    [TALLY_REFUSED] = "refused",
    [TALLY_TIMEOUTS] = "timeouts",
    [TALLY_LOST] = "lost-requests",
    [TALLY_FORETOLD] = "foretold",
    [TALLY_CONNECTIONS] = "connections",
    [TALLY_HANDSHAKES] = "handshakes",
    [TALLY_EVENTS] = "events",
    [TALLY_CRASHES] = "crashes",
    [TALLY_RETURNS] = "returns",
    [TALLY_CUTS] = "cuts",
    [TALLY_BLACKHOLES] = "blackholes",
    [TALLY_PARTITIONS] = "partitions",
    [TALLY_PAUSES] = "pauses",
    [TALLY_WEATHERS] = "weather-changes",
    [TALLY_NARROWED] = "mtu-changes",
    [TALLY_REBINDS] = "rebinds",
    [TALLY_ROTATIONS] = "key-rotations",
    [TALLY_RELOADS] = "reloads",
    [TALLY_STALLS] = "stalls",
    [TALLY_RESETS] = "stream-resets",
    [TALLY_MALFORMED] = "malformed-frames",
    [TALLY_FOREIGN_IDS] = "foreign-ids",
    [TALLY_LATE] = "late-answers",
    [TALLY_DOUBLE] = "double-answers",
    [TALLY_FLOODS] = "floods",
    [TALLY_STALLED_PEERS] = "stalled-peers",
};

const char *tally_name(enum tally_kind kind)
{
    return names[kind];
}

void tally_add(struct tally *sum, const struct tally *more)
{
    for (size_t i = 0; i < TALLIES; i++)
        sum->of[i] += more->of[i];
    for (size_t i = 0; i < LINK_HARMS; i++)
        sum->harmed[i] += more->harmed[i];
}
