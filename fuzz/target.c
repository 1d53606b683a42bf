/* SPDX-License-Identifier: MIT */
/* A person adding a target adds a file in targets/ and two lines here. */
#include "fuzz/target.h"

#include <stddef.h>

extern const struct target target_connection;
extern const struct target target_frame;
extern const struct target target_import;
extern const struct target target_pair;

const struct target *const target_all[] = {
    &target_connection, &target_frame, &target_import, &target_pair, NULL,
};

const struct target *target_find(const char *name)
{
    for (size_t i = 0; target_all[i]; i++)
        if (strcmp(target_all[i]->name, name) == 0)
            return target_all[i];
    return NULL;
}
