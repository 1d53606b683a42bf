/* SPDX-License-Identifier: MIT */
/* See numeral.h. */
#include "netsim/numeral.h"

#include <inttypes.h>
#include <stdio.h>

#define TEXT_LEN 24 /* room for the digits of any number, and a NUL */

bool numeral_read(struct slice text, uint64_t *ret)
{
    uint64_t number = 0;

    if (text.len == 0 || (text.len > 1 && text.data[0] == '0'))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        uint64_t digit = (uint64_t)text.data[i] - '0';

        if (digit > 9 || number > (UINT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *ret = number;
    return true;
}

bool numeral_read_string(const json_t *string, uint64_t *ret)
{
    return json_is_string(string) && numeral_read(value_string(string), ret);
}

json_t *numeral_string(uint64_t number)
{
    char text[TEXT_LEN];

    (void)snprintf(text, sizeof text, "%" PRIu64, number);
    return value_new_string(slice_of(text));
}

json_t *numeral_count(uint64_t count)
{
    assert(count <= INT64_MAX);
    return json_integer((json_int_t)count);
}

json_t *numeral_hash(uint64_t hash)
{
    char text[TEXT_LEN];

    (void)snprintf(text, sizeof text, "%016" PRIx64, hash);
    return value_new_string(slice_of(text));
}

bool numeral_read_hash(const json_t *string, uint64_t *ret)
{
    static const char digits[] = "0123456789abcdef";
    struct slice text = value_string(string);
    uint64_t hash = 0;

    if (text.len != 16)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = text.data[i] ? strchr(digits, text.data[i]) : NULL;

        if (!digit)
            return false;
        hash = hash << 4 | (uint64_t)(digit - digits);
    }
    *ret = hash;
    return true;
}
