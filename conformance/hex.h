/* SPDX-License-Identifier: MIT */
/* Lower-case hexadecimal digits, two for a byte. */
#ifndef CONFORMANCE_HEX_H
#define CONFORMANCE_HEX_H

#include "ref/base/slice.h"

/* Reads exactly `len` bytes out of twice as many digits. False when there are
 * more or fewer, or others; `ret` is then of no use. */
bool hex_read(struct slice digits, uint8_t *ret, size_t len);

#endif
