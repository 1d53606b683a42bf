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

#define KEY_HEAD "ed25519:" /* [FP-1] a key is as long as a hash */
#define HASH_HEAD "SHA256:" /* [FP-2] */

/* SEQUENCE(42) { SEQUENCE(5) { OID(3) 1.3.101.112 } BIT STRING(33) 00 … } */
static const uint8_t spki_head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                    0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

struct fingerprint fingerprint_of(struct slice der)
{
    struct fingerprint f;
    uint8_t hash[DIGEST_LEN];

    if (der.len >= sizeof spki_head + DIGEST_LEN &&
        memcmp(der.data, spki_head, sizeof spki_head) == 0) {
        digest_spell(KEY_HEAD, der.data + sizeof spki_head, f.text);
    } else {
        digest_sha256(der, hash);
        digest_spell(HASH_HEAD, hash, f.text);
    }
    return f;
}

bool fingerprint_is_valid(struct slice text)
{
    return digest_is_spelt(KEY_HEAD, text) || digest_is_spelt(HASH_HEAD, text);
}
