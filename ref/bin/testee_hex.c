/* SPDX-License-Identifier: MIT */
/* See testee_hex.h. */
#include "ref/bin/testee_hex.h"

bool testee_hex(const json_t *hex, struct buf *ret, struct failure *f)
{
    static const char digits[] = "0123456789abcdef";
    struct slice text = value_string(hex);

    buf_init(ret, text.len / 2);
    for (size_t i = 0; i + 1 < text.len; i += 2) {
        const char *high = text.data[i] ? strchr(digits, text.data[i]) : NULL;
        const char *low =
            text.data[i + 1] ? strchr(digits, text.data[i + 1]) : NULL;

        if (!high || !low)
            break;
        buf_put_byte(ret, (uint8_t)((high - digits) << 4 | (low - digits)));
    }
    if (2 * ret->len == text.len)
        return true;
    buf_clear(ret);
    return failure_say(f, "expected lower-case hex digits in pairs");
}

json_t *testee_hex_tree(struct slice bytes)
{
    struct buf text;
    json_t *tree;

    buf_init(&text, 2 * bytes.len);
    buf_put_hex(&text, bytes);
    tree =
        json_stringn_nocheck(text.len ? (const char *)text.data : "", text.len);
    buf_clear(&text);
    return tree;
}
