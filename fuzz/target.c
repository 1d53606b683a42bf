/* SPDX-License-Identifier: MIT */
/* A person adding a target adds a file in targets/ and two lines here. */
#include "fuzz/target.h"

#include <stddef.h>

extern const struct target target_access;
extern const struct target target_connection;
extern const struct target target_differential;
extern const struct target target_envelope;
extern const struct target target_forward;
extern const struct target target_frame;
extern const struct target target_import;
extern const struct target target_pair;
extern const struct target target_peer_filter;
extern const struct target target_quic;
extern const struct target target_schema_path;

const struct target *const target_all[] = {
    &target_access,   &target_connection,  &target_differential,
    &target_envelope, &target_forward,     &target_frame,
    &target_import,   &target_pair,        &target_peer_filter,
    &target_quic,     &target_schema_path, NULL,
};

const struct target *target_find(const char *name)
{
    for (size_t i = 0; target_all[i]; i++)
        if (strcmp(target_all[i]->name, name) == 0)
            return target_all[i];
    return NULL;
}
