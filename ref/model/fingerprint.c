/* SPDX-License-Identifier: MIT */
/*
 * A raw Ed25519 key is recognised by its structure [FP-3]: a SEQUENCE that
 * holds a SEQUENCE with the object identifier 1.3.101.112 and a BIT STRING of
 * 33 bytes whose first says that no bit is unused. A certificate that carries
 * an Ed25519 key does not look like that from outside, so it is hashed whole,
 * and the two never share a fingerprint [FP-5].
 */
#include "ref/model/fingerprint.h"
#include "ref/base/digest.h"

#define KEY_LEN 32

/* SEQUENCE(42) { SEQUENCE(5) { OID(3) 1.3.101.112 } BIT STRING(33) 00 … } */
static const uint8_t spki_head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                    0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

static struct fingerprint spell(const char *kind, struct slice bytes)
{
    static const char digits[] = "0123456789abcdef";
    struct fingerprint f = {""};
    size_t at = strlen(kind);

    assert(at + 2 * bytes.len <= FINGERPRINT_MAX);
    memcpy(f.text, kind, at);
    for (size_t i = 0; i < bytes.len; i++) {
        f.text[at++] = digits[bytes.data[i] >> 4];
        f.text[at++] = digits[bytes.data[i] & 15];
    }
    return f;
}

struct fingerprint fingerprint_of(struct slice der)
{
    uint8_t hash[DIGEST_LEN];

    if (der.len >= sizeof spki_head + KEY_LEN &&
        memcmp(der.data, spki_head, sizeof spki_head) == 0)
        return spell("ed25519:", /* [FP-1] */
                     slice_make(der.data + sizeof spki_head, KEY_LEN));
    digest_sha256(der, hash);
    return spell("SHA256:", slice_make(hash, DIGEST_LEN)); /* [FP-2] */
}

bool fingerprint_is_valid(struct slice text)
{
    struct slice ed25519 = slice_of("ed25519:"), sha256 = slice_of("SHA256:");
    size_t head = slice_starts(text, ed25519)  ? ed25519.len
                  : slice_starts(text, sha256) ? sha256.len
                                               : 0;

    if (!head || text.len != head + 64)
        return false;
    for (size_t i = head; i < text.len; i++)
        if (!strchr("0123456789abcdef", text.data[i]) || !text.data[i])
            return false;
    return true;
}
