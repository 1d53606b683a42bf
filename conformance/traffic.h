/* SPDX-License-Identifier: MIT */
/*
 * What relays did, on its way from the scene that had them to the reader: as
 * JSON, and in words.
 */
#ifndef CONFORMANCE_TRAFFIC_H
#define CONFORMANCE_TRAFFIC_H

#include "conformance/arena.h"
#include "conformance/json.h"
#include "conformance/json_out.h"
#include "netsim/relay.h"

/* A member of the object that is being written. */
void traffic_put(struct json_out *out, const char *name,
                 const struct relay_counts *c);

/* What was put there; all zero when `v` is nothing of the kind. */
struct relay_counts traffic_get(const struct json *v);

/* "1,234 datagrams; held 12.3 us on the average, 1,020.0 us at most; 17 lost,
 * 3 doubled". In the arena. */
const char *traffic_text(struct arena *arena, const struct relay_counts *c);

#endif
