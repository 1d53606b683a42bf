/* SPDX-License-Identifier: MIT */
/* See fingerprint.h. Only lengths of one byte are read: what needs a longer
 * one is longer than any Ed25519 key. */
#include "conformance/fingerprint.h"

#include "conformance/transcript.h"

#include <stdio.h>

#define KEY_LEN 32

enum der_tag { BIT_STRING = 0x03, OBJECT_ID = 0x06, SEQUENCE = 0x30 };

/* Takes the value with that tag off the front. False: something else there. */
static bool take(struct slice *from, enum der_tag tag, struct slice *ret)
{
    if (from->len < 2 || from->data[0] != tag || from->data[1] >= 0x80 ||
        from->data[1] > from->len - 2)
        return false;
    *ret = slice_make(from->data + 2, from->data[1]);
    *from = slice_skip(*from, 2 + ret->len);
    return true;
}

/* The 32 bytes of a raw Ed25519 key, if this is one. */
static bool is_raw_key(struct slice der, struct slice *ret)
{
    static const uint8_t ed25519[] = {0x2b, 0x65, 0x70}; /* 1.3.101.112 */
    struct slice info, algorithm, id, bits;

    if (!take(&der, SEQUENCE, &info) || !take(&info, SEQUENCE, &algorithm) ||
        !take(&algorithm, OBJECT_ID, &id) || !take(&info, BIT_STRING, &bits))
        return false;
    if (!slice_equal(id, slice_make(ed25519, sizeof ed25519)) ||
        algorithm.len > 0 || info.len > 0)
        return false;
    if (bits.len != 1 + KEY_LEN || bits.data[0] != 0)
        return false;
    *ret = slice_skip(bits, 1);
    return true;
}

const char *fingerprint_text(struct arena *arena, struct slice der)
{
    char hash[TRANSCRIPT_HASH_LEN];
    char digits[2 * KEY_LEN + 1];
    struct slice key;

    if (!is_raw_key(der, &key)) {
        transcript_digest(der, hash);
        return arena_text(arena, "SHA256:%s", hash);
    }
    for (size_t i = 0; i < KEY_LEN; i++)
        (void)snprintf(digits + 2 * i, 3, "%02x", key.data[i]);
    return arena_text(arena, "ed25519:%s", digits);
}
