/* SPDX-License-Identifier: MIT */
/*
 * Where in an input the id of a resource stands. [RP-1, RP-2] A path begins
 * with "$"; "$.a.b", "$.a/b" and "$/a/b" all mean the member b of the member a.
 * Behind "$/" it is a JSON Pointer, in which a dot is a dot like any other
 * letter, and "~1" is a slash and "~0" a tilde.
 */
#ifndef REF_MODEL_RESOURCE_PATH_H
#define REF_MODEL_RESOURCE_PATH_H

#include "ref/base/value.h"

/* Is it such a path? */
bool resource_path_is_valid(struct slice path);

/* [RP-3] The string that stands there, borrowed from `input`; data NULL when
 * there is none, or something else. */
struct slice resource_path_find(struct slice path, const json_t *input);

#endif
