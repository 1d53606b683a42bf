/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 as the Unicode Standard's table of well-formed byte sequences has it:
 * the second byte's range depends on the first, the others are 80..BF.
 */
#include "reports/utf8.h"

static size_t length_of(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

static bool second_fits(uint8_t first, uint8_t second)
{
    uint8_t low = 0x80, high = 0xbf;

    if (first == 0xe0)
        low = 0xa0;
    else if (first == 0xed)
        high = 0x9f;
    else if (first == 0xf0)
        low = 0x90;
    else if (first == 0xf4)
        high = 0x8f;
    return second >= low && second <= high;
}

size_t utf8_step(struct slice text)
{
    size_t len = text.len ? length_of(text.data[0]) : 0;

    if (len > text.len)
        return 0;
    if (len > 1 && !second_fits(text.data[0], text.data[1]))
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((text.data[i] & 0xc0) != 0x80)
            return 0;
    return len;
}

uint32_t utf8_point(struct slice text, size_t len)
{
    static const uint8_t mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t point = text.data[0] & mask[len];

    for (size_t i = 1; i < len; i++)
        point = point << 6 | (text.data[i] & 0x3f);
    return point;
}

size_t utf8_encode(uint32_t point, uint8_t bytes[4])
{
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t len = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;

    for (size_t i = len; i-- > 1; point >>= 6)
        bytes[i] = (uint8_t)(0x80 | (point & 0x3f));
    bytes[0] = (uint8_t)(lead[len] | point);
    return len;
}
