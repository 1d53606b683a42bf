/* SPDX-License-Identifier: MIT */
/* See broken.h. The line is what findings are told apart by: campaign tools
 * read the rule in it. */
#include "fuzz/broken.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void (*broken_last_words)(void);

void broken(const char *rule, const char *format, ...)
{
    va_list args;

    (void)fflush(stdout);
    (void)fprintf(stderr, "broken rule %s: ", rule);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    if (broken_last_words)
        broken_last_words();
    abort();
}
