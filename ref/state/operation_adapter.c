/* SPDX-License-Identifier: MIT */
/* See operation_adapter.h. */
#include "ref/state/operation_adapter.h"

const char *operation_adapter_name(enum operation_adapter_error error)
{
    static const char *const names[] = {
        [OPERATION_ADAPTER_DISCOVERY_FAILED] = "discovery_failed",
        [OPERATION_ADAPTER_SCHEMA_PARSE] = "schema_parse",
        [OPERATION_ADAPTER_TRANSPORT] = "transport",
        [OPERATION_ADAPTER_UNAUTHORIZED] = "unauthorized",
        [OPERATION_ADAPTER_SAME_PEER_COLLISION] = "same_peer_collision",
    };

    return names[error];
}

void operation_adapter_fail(struct operation_adapter_waiter waiter,
                            enum operation_adapter_error error,
                            struct slice message)
{
    const struct operation_adapter_outcome outcome = {.error = error,
                                                      .message = message};

    waiter.tell(waiter.self, &outcome);
}
