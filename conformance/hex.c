/* SPDX-License-Identifier: MIT */
/* Digits one by one; upper case is none of ours. */
#include "conformance/hex.h"

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_read(struct slice digits, uint8_t *ret, size_t len)
{
    if (digits.len != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        int high = digit(digits.data[2 * i]);
        int low = digit(digits.data[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        ret[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
