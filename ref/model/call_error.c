/* SPDX-License-Identifier: MIT */
/*
 * The four members of a call.error, read and written. Which situation gives
 * which code is said where the situation arises (rules, session); here stands
 * only what is true of each code wherever it comes from.
 */
#include "ref/model/call_error.h"
#include "ref/base/jstring.h"
#include "ref/base/scan.h"

/* [EC-2] only TIMEOUT may be tried again as it stands. */
static const struct {
    const char *text;
    bool retryable;
} codes[] = {
    [CALL_ERROR_NOT_FOUND] = {"NOT_FOUND", false},
    [CALL_ERROR_FORBIDDEN] = {"FORBIDDEN", false},
    [CALL_ERROR_INVALID_INPUT] = {"INVALID_INPUT", false},
    [CALL_ERROR_INVALID_OPERATION_TYPE] = {"INVALID_OPERATION_TYPE", false},
    [CALL_ERROR_INTERNAL] = {"INTERNAL", false},
    [CALL_ERROR_TIMEOUT] = {"TIMEOUT", true},
};

#define CODES (sizeof codes / sizeof *codes)

struct call_error call_error_make(enum call_error_code code,
                                  struct slice message)
{
    assert((size_t)code < CODES);
    return (struct call_error){slice_of(codes[code].text), message,
                               codes[code].retryable, slice_make(NULL, 0)};
}

bool call_error_is_protocol(struct slice code)
{
    for (size_t i = 0; i < CODES; i++)
        if (slice_equal(code, slice_of(codes[i].text)))
            return true;
    return false;
}

bool call_error_parse(struct slice payload, struct buf *scratch,
                      struct call_error *ret)
{
    enum { CODE, MESSAGE, RETRYABLE, DETAILS, MEMBERS };
    struct scan_member m[MEMBERS] = {
        [CODE] = {.name = "code"},
        [MESSAGE] = {.name = "message"},
        [RETRYABLE] = {.name = "retryable"},
        [DETAILS] = {.name = "details"},
    };
    enum scan_kind retryable, details;
    const char *why;

    if (!scan_object(payload, m, MEMBERS, &why))
        return false;
    retryable = m[RETRYABLE].value.kind;
    details = m[DETAILS].value.kind;
    /* [ER-4] all three are always sent, so without one it is no error of ours
     * to understand. */
    if (m[CODE].value.kind != SCAN_STRING ||
        m[MESSAGE].value.kind != SCAN_STRING ||
        (retryable != SCAN_TRUE && retryable != SCAN_FALSE))
        return false;
    ret->code = scan_string(&m[CODE].value, scratch);
    ret->message = scan_string(&m[MESSAGE].value, scratch);
    ret->retryable = retryable == SCAN_TRUE;
    ret->details = details == SCAN_NULL || details == SCAN_NONE /* [ER-2] */
                       ? slice_make(NULL, 0)
                       : m[DETAILS].value.text;
    return true;
}

bool call_error_print(const struct call_error *e, struct buf *out)
{
    return buf_add(out, slice_of("{\"code\":")) &&
           jstring_quote(out, e->code) &&
           buf_add(out, slice_of(",\"message\":")) &&
           jstring_quote(out, e->message) &&
           buf_add(out, slice_of(",\"retryable\":")) &&
           buf_add(out, slice_of(e->retryable ? "true" : "false")) &&
           /* [ER-1] left out, not null, when there are none */
           (e->details.len == 0 || (buf_add(out, slice_of(",\"details\":")) &&
                                    buf_add(out, e->details))) &&
           buf_add(out, slice_of("}"));
}
