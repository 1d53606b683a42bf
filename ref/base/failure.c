/* SPDX-License-Identifier: MIT */
/* See failure.h. A sentence that does not fit is cut, never lost. */
#include "ref/base/failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool failure_say(struct failure *f, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(f->sentence, sizeof f->sentence, format, args);
    va_end(args);
    return false;
}

bool failure_wrap(struct failure *f, const char *format, ...)
{
    char inner[sizeof f->sentence];
    va_list args;
    int len;

    memcpy(inner, f->sentence, sizeof inner);
    va_start(args, format);
    len = vsnprintf(f->sentence, sizeof f->sentence, format, args);
    va_end(args);
    if (len >= 0 && (size_t)len < sizeof f->sentence)
        (void)snprintf(f->sentence + len, sizeof f->sentence - (size_t)len,
                       "%s", inner);
    return false;
}
