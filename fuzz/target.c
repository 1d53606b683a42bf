/* SPDX-License-Identifier: MIT */
/* A person adding a target adds a file in targets/ and a line here. */
#include "fuzz/target.h"

#include <stddef.h>

#define TARGETS(X)                                                             \
    X(access)                                                                  \
    X(asking)                                                                  \
    X(composing)                                                               \
    X(connection)                                                              \
    X(differential)                                                            \
    X(envelope)                                                                \
    X(forward)                                                                 \
    X(frame)                                                                   \
    X(handshake)                                                               \
    X(import)                                                                  \
    X(pair)                                                                    \
    X(peer_filter)                                                             \
    X(quic)                                                                    \
    X(schema_path)                                                             \
    X(serving)

#define DECLARED(name) extern const struct target target_##name;
#define LISTED(name) &target_##name,

TARGETS(DECLARED)

const struct target *const target_all[] = {TARGETS(LISTED) NULL};

const struct target *target_find(const char *name)
{
    for (size_t i = 0; target_all[i]; i++)
        if (strcmp(target_all[i]->name, name) == 0)
            return target_all[i];
    return NULL;
}
