/* SPDX-License-Identifier: MIT */
/* See secret.h. */
#include "ref/model/secret.h"

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

bool secret_is_redacted(struct slice text)
{
    while (text.len && is_blank(text.data[0]))
        text = slice_skip(text, 1);
    while (text.len && is_blank(text.data[text.len - 1]))
        text.len--;
    return slice_equal(text, slice_of(SECRET_REDACTED));
}

bool secret_check(struct slice text, struct failure *ret_failure)
{
    return !secret_is_redacted(text) ||
           failure_say(ret_failure, "expected a secret, not what is printed "
                                    "instead of one");
}
