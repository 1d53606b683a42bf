/* SPDX-License-Identifier: MIT */
/* See digest.h. */
#include "ref/base/digest.h"

#include <nettle/memops.h>
#include <nettle/sha2.h>

void digest_sha256(struct slice bytes, uint8_t ret[DIGEST_LEN])
{
    struct sha256_ctx context;

    sha256_init(&context);
    sha256_update(&context, bytes.len, bytes.data);
    sha256_digest(&context, DIGEST_LEN, ret);
}

bool digest_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memeql_sec(a.data, b.data, a.len));
}
