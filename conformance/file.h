/* SPDX-License-Identifier: MIT */
/* Whole files into memory, and folders to put some in. */
#ifndef CONFORMANCE_FILE_H
#define CONFORMANCE_FILE_H

#include "conformance/arena.h"
#include "ref/base/failure.h"

/* Longer files are refused. */
#define FILE_BYTES_MAX (512u * 1024 * 1024)

/* Reads all of it into the arena, a NUL behind it. False and a sentence when
 * it cannot be read or is too long. */
bool file_read(struct arena *arena, const char *path, struct slice *ret_bytes,
               struct failure *ret_failure);

/* Makes a folder that files can be written into, or finds it there. */
bool file_make_dir(const char *path, struct failure *ret_failure);

#endif
