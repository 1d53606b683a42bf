/* SPDX-License-Identifier: MIT */
/* See trace.h. Lines have a fixed room; what is longer is cut. */
#include "ref/base/trace.h"

#include <stdarg.h>
#include <stdio.h>

#define NS_PER_S 1000000000ull

/* C0 and DEL, or the first byte of C1 in UTF-8. */
static bool is_control(const uint8_t *at, size_t len)
{
    return at[0] < 0x20 || at[0] == 0x7f ||
           (at[0] == 0xc2 && len > 1 && at[1] < 0xa0);
}

/* A peer chooses ids and names; it must not be able to forge lines. */
static void tame(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (is_control((const uint8_t *)text + i, len - i))
            text[i] = '?';
}

void trace(const struct trace_sink *sink, uint64_t now_ns, const char *format,
           ...)
{
    char line[512];
    va_list args;
    size_t len;
    int n;

    if (!sink || !sink->line)
        return;
    n = snprintf(line, sizeof line, "%llu.%09llu ",
                 (unsigned long long)(now_ns / NS_PER_S),
                 (unsigned long long)(now_ns % NS_PER_S));
    assert(n > 0);
    va_start(args, format);
    (void)vsnprintf(line + n, sizeof line - (size_t)n, format, args);
    va_end(args);
    len = strlen(line);
    tame(line, len);
    sink->line(sink->self, slice_make(line, len));
}
