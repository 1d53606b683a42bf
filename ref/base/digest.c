/* SPDX-License-Identifier: MIT */
/* See digest.h. */
#include "ref/base/digest.h"

#include <nettle/memops.h>
#include <nettle/sha2.h>

void digest_sha256(struct slice bytes, uint8_t ret[DIGEST_LEN])
{
    digest_secretly(slice_make(NULL, 0), bytes, ret);
}

void digest_secretly(struct slice secret, struct slice bytes,
                     uint8_t ret[DIGEST_LEN])
{
    struct sha256_ctx context;

    sha256_init(&context);
    sha256_update(&context, secret.len, secret.data);
    sha256_update(&context, bytes.len, bytes.data);
    sha256_digest(&context, DIGEST_LEN, ret);
}

bool digest_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memeql_sec(a.data, b.data, a.len));
}

static const char hex_digits[] = "0123456789abcdef";

void digest_spell(const char *head, const uint8_t bytes[DIGEST_LEN], char *ret)
{
    size_t at = strlen(head);

    memcpy(ret, head, at);
    for (size_t i = 0; i < DIGEST_LEN; i++) {
        ret[at++] = hex_digits[bytes[i] >> 4];
        ret[at++] = hex_digits[bytes[i] & 15];
    }
    ret[at] = '\0';
}

bool digest_is_spelt(const char *head, struct slice text)
{
    struct slice start = slice_of(head);

    if (!slice_starts(text, start) ||
        text.len != start.len + (size_t)2 * DIGEST_LEN)
        return false;
    for (size_t i = start.len; i < text.len; i++)
        if (!memchr(hex_digits, text.data[i], sizeof hex_digits - 1))
            return false;
    return true;
}
