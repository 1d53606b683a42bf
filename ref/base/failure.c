/* SPDX-License-Identifier: MIT */
/* See failure.h. A sentence that does not fit is cut, never lost. What it
 * repeats may be anybody's, and cut anywhere. */
#include "ref/base/failure.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* How many bytes the character at `text` has; 0: it is none that may be shown,
 * because it is half, no UTF-8 at all, or a control character. */
static size_t shown_len(const unsigned char *text)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = text[0] < 0x80   ? 1
                 : text[0] < 0xe0 ? 2
                 : text[0] < 0xf0 ? 3
                                  : 4;
    uint32_t point = len == 1 ? text[0] : text[0] & (0x7fu >> len);

    if ((text[0] & 0xc0) == 0x80 || text[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (text[i] & 0x3f);
    }
    if (point < least[len] || point > 0x10ffff || point < ' ' ||
        (point >= 0x7f && point < 0xa0) || (point >= 0xd800 && point < 0xe000))
        return 0;
    return len;
}

/* What may not be shown becomes question marks, so that the sentence is one
 * line of UTF-8 wherever it is written, into JSON above all. */
static void tame(char *sentence)
{
    unsigned char *at = (unsigned char *)sentence;

    while (*at) {
        size_t len = shown_len(at);

        if (len == 0)
            *at = '?';
        at += len ? len : 1;
    }
}

bool failure_say(struct failure *f, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(f->sentence, sizeof f->sentence, format, args);
    va_end(args);
    tame(f->sentence);
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
    tame(f->sentence);
    return false;
}
