/* SPDX-License-Identifier: MIT */
/* See uuid.h. */
#include "ref/base/uuid.h"

void uuid_put(struct buf *out, const struct entropy_source *entropy)
{
    uint8_t bytes[16];

    entropy_fill(entropy, bytes, sizeof bytes);
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40); /* version 4 */
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80); /* its variant */
    for (size_t i = 0; i < sizeof bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            buf_put_byte(out, '-');
        buf_put_hex(out, slice_make(bytes + i, 1));
    }
}
