/* SPDX-License-Identifier: MIT */
/* The C library's files, with every error looked at. */
#include "conformance/file.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ref/base/buf.h"

bool file_read(struct arena *arena, const char *path, struct slice *ret_bytes,
               struct failure *ret_failure)
{
    FILE *file = fopen(path, "r");
    char piece[65536];
    bool is_whole = false;
    bool fits = true;
    struct buf b;
    size_t n;

    if (!file)
        return failure_say(ret_failure, "%s cannot be read", path);
    buf_init(&b, FILE_BYTES_MAX);
    while (fits && (n = fread(piece, 1, sizeof piece, file)) > 0)
        fits = buf_add(&b, slice_make(piece, n));
    is_whole = fits && !ferror(file);
    (void)fclose(file);
    if (is_whole)
        *ret_bytes = arena_copy(arena, buf_slice(&b));
    buf_clear(&b);
    if (!is_whole)
        return failure_say(ret_failure, "%s %s", path,
                           fits ? "cannot be read" : "is too long");
    return true;
}

bool file_make_dir(const char *path, struct failure *ret_failure)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return failure_say(ret_failure, "%s: %s", path, strerror(errno));
    if (access(path, W_OK | X_OK) != 0)
        return failure_say(ret_failure, "%s: %s", path, strerror(errno));
    return true;
}
