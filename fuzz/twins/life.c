/* SPDX-License-Identifier: MIT */
/* See life.h. */
#include "fuzz/twins/life.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz/broken.h"
#include "ref/base/buf.h"

#define PATH_LEN 4096

static struct buf said;       /* all inputs, one behind the other */
static size_t ends[LIFE_MAX]; /* of each in there */
static size_t count;

static void write_input(const char *folder, size_t which)
{
    const size_t from = which ? ends[which - 1] : 0;
    char path[PATH_LEN + 32];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%03zu", folder, which);
    f = fopen(path, "wb");
    if (!f)
        return;
    (void)fwrite(said.data + from, 1, ends[which] - from, f);
    (void)fclose(f);
}

static void write_all(void)
{
    const char *lives = getenv("FUZZ_LIVES");
    char folder[PATH_LEN];

    if (!lives)
        return;
    (void)snprintf(folder, sizeof folder, "%s/%ld", lives, (long)getpid());
    (void)mkdir(folder, 0777);
    for (size_t i = 0; i < count; i++)
        write_input(folder, i);
}

void life_begin(void)
{
    buf_clear(&said);
    buf_init(&said, SIZE_MAX);
    count = 0;
    broken_last_words = write_all;
}

void life_goes_on(struct slice input)
{
    buf_put_slice(&said, input);
    ends[count++] = said.len;
}

size_t life_age(void)
{
    return count;
}
