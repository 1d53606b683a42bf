/* SPDX-License-Identifier: MIT */
/* See parser.h. There is one file, of memory, which nobody else can see: it has
 * no name but the one of our descriptor. */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz/readers/parser.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/broken.h"
#include "reports/utf8.h"

void parser_expect_sentence(const struct failure *f, const char *form)
{
    const char *text = f->sentence;
    size_t len = strnlen(text, sizeof f->sentence);

    broken_unless(len > 0 && len < sizeof f->sentence, PARSER_OURS,
                  "%s: it is refused without a word", form);
    for (size_t i = 0; i < len;) {
        size_t step = utf8_step(slice_make(text + i, len - i));

        broken_unless(step > 0 && (uint8_t)text[i] >= ' ' && text[i] != 0x7f,
                      PARSER_OURS, "%s: no line of text: %s", form, text);
        i += step;
    }
}

struct slice parser_first_line(struct slice input, struct slice *ret_rest)
{
    const uint8_t *end = input.len ? memchr(input.data, '\n', input.len) : NULL;
    size_t len = end ? (size_t)(end - input.data) : input.len;

    *ret_rest = slice_skip(input, end ? len + 1 : len);
    return slice_head(input, len);
}

const char *parser_file(struct slice bytes)
{
    static char path[40];
    static int fd = -1;
    bool is_written;

    if (fd < 0)
        fd = memfd_create("input", MFD_CLOEXEC);
    is_written = fd >= 0 && ftruncate(fd, 0) == 0 &&
                 (bytes.len == 0 ||
                  pwrite(fd, bytes.data, bytes.len, 0) == (ssize_t)bytes.len);
    if (!is_written)
        abort();
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path;
}
