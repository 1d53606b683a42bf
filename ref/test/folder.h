/* SPDX-License-Identifier: MIT */
/* A folder of a test's own, for an operations file and a secret. */
#ifndef REF_TEST_FOLDER_H
#define REF_TEST_FOLDER_H

#include "ref/test/t.h"

#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/alkref_test.XXXXXX";

/* Writes that file; its path, until the next one is written. */
static inline const char *folder_write(const char *name, const char *text)
{
    static char path[128];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    return path;
}

static inline void folder_remove(const char *name)
{
    (void)unlink(folder_write(name, ""));
}

/* For setup and teardown of the whole. */
static inline int folder_set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static inline int folder_tear_down(void **state)
{
    (void)state;
    folder_remove("ops.json");
    folder_remove("secret");
    return rmdir(folder);
}

#endif
