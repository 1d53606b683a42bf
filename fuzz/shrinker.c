/* SPDX-License-Identifier: MIT */
/*
 * What an input breaks, and less of it that breaks the same:
 *
 *     fuzz-shrink TARGET FILE          says what the input breaks
 *     fuzz-shrink TARGET FILE OUT      writes less of it that breaks the same
 *
 * Exit status 0: it breaks something, and that is the line on standard output.
 * 1: it breaks nothing. 2: it was called wrongly, or OUT cannot be written.
 */
#include <stdio.h>

#include "fuzz/shrink.h"
#include "ref/host/files.h"

enum { BROKEN = 0, KEPT = 1, USAGE = 2 };

#define TRIES_MAX 20000

static int complain(const char *what, const char *why)
{
    (void)fprintf(stderr, "fuzz-shrink: %s: %s\n", what, why);
    return USAGE;
}

static int write_out(const struct buf *bytes, const char *path)
{
    FILE *f = fopen(path, "wb");
    bool is_written =
        f && (bytes->len == 0 ||
              fwrite(bytes->data, 1, bytes->len, f) == bytes->len);

    if ((f && fclose(f) != 0) || !is_written)
        return complain(path, "cannot be written");
    return BROKEN;
}

/* `out` NULL: it is only told. */
static int run(const struct target *t, struct buf *bytes, const char *out)
{
    size_t len = bytes->len;
    struct shrink_result done = shrink(t, bytes, out ? TRIES_MAX : 0);

    if (!done.symptom.text[0])
        return KEPT;
    (void)printf("%s\n", done.symptom.text);
    if (!out)
        return BROKEN;
    (void)fprintf(stderr, "fuzz-shrink: %zu of %zu bytes, %u tries%s\n",
                  bytes->len, len, done.tries,
                  done.is_minimal ? "" : ", there may be less");
    return write_out(bytes, out);
}

int main(int argc, char **argv)
{
    const struct target *t;
    struct failure f;
    struct buf bytes;
    int status;

    if (argc != 3 && argc != 4)
        return complain("usage", "fuzz-shrink TARGET FILE [OUT]");
    t = target_find(argv[1]);
    if (!t)
        return complain(argv[1], "there is no such target");
    if (!files_read(argv[2], &bytes, &f))
        return complain(argv[2], f.sentence);
    if (t->setup)
        t->setup();
    status = run(t, &bytes, argv[3]);
    buf_clear(&bytes);
    return status;
}
