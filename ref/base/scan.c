/* SPDX-License-Identifier: MIT */
/*
 * A cursor walks the text once. Each leaf moves the cursor over one thing, or
 * leaves a reason in it and says false; the first reason stands. Nesting is
 * true recursion, bounded by BOUNDS_DEPTH_MAX.
 *
 * It does not know what the members mean, and a repeated name is counted, not
 * judged: the envelope refuses a second "type", a payload lets the last win.
 *
 * Start reading at the end.
 */
#include "ref/base/scan.h"
#include "ref/base/bounds.h"
#include "ref/base/jstring.h"

#include <math.h>
#include <stdlib.h>

struct cursor {
    const uint8_t *at;  /* next byte */
    const uint8_t *end; /* one past the last */
    unsigned depth;     /* containers we are in */
    const char *why;    /* the first reason to refuse, or NULL */
};

static bool refuse(struct cursor *c, const char *why)
{
    if (!c->why)
        c->why = why;
    return false;
}

static void skip_space(struct cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' ||
                              *c->at == '\r' || *c->at == '\t'))
        c->at++;
}

static bool skip_byte(struct cursor *c, uint8_t byte)
{
    if (c->at == c->end || *c->at != byte)
        return false;
    c->at++;
    return true;
}

static bool is_digit(const struct cursor *c)
{
    return c->at < c->end && *c->at >= '0' && *c->at <= '9';
}

static bool skip_string(struct cursor *c, bool *ret_has_escapes)
{
    const char *why = jstring_skip(&c->at, c->end, ret_has_escapes);

    return !why || refuse(c, why);
}

/* ------------------------------------------------------------- numbers */

/* Enough digits to tell a number that a double can hold from the smallest one
 * that it cannot: that is an integer of 309 digits. */
#define DIGITS_MAX 400

/* Would a double hold it? `magnitude` is E in 0.ddd × 10^E. Everything up to
 * 308 fits, everything from 310 does not; between them the library is asked
 * about the digits, however the text spelled them. */
static bool fits_double(const uint8_t *at, const uint8_t *digits_end,
                        long magnitude)
{
    char text[2 + DIGITS_MAX + sizeof "e309"] = "0.";
    size_t len = 2;

    if (magnitude != 309)
        return magnitude < 309;
    for (; at < digits_end && len < 2 + DIGITS_MAX; at++)
        if (*at >= '0' && *at <= '9' && (len > 2 || *at != '0'))
            text[len++] = (char)*at;
    memcpy(text + len, "e309", sizeof "e309");
    return isfinite(strtod(text, NULL));
}

/* Digits; returns how many there were before the first that is not zero, or
 * -1 when all are. */
static long skip_digits(struct cursor *c)
{
    const uint8_t *start = c->at;
    long zeros = -1;

    for (; is_digit(c); c->at++)
        if (zeros < 0 && *c->at != '0')
            zeros = c->at - start;
    return zeros;
}

/* The digits of an exponent, held below a billion: no text of ours has so many
 * digits, so beyond that only the sign matters. False when there are none. */
static bool skip_exponent(struct cursor *c, long *ret_exponent)
{
    bool is_negative = c->at < c->end && *c->at == '-';
    long value = 0;

    if (c->at < c->end && (*c->at == '+' || *c->at == '-'))
        c->at++;
    if (!is_digit(c))
        return refuse(c, "a number without digits");
    for (; is_digit(c); c->at++)
        value = value < 99999999 ? value * 10 + (*c->at - '0') : 999999999;
    *ret_exponent = is_negative ? -value : value;
    return true;
}

/* [EN-15] JSON's grammar, and nothing that would become infinite. */
static bool skip_number(struct cursor *c)
{
    const uint8_t *whole, *digits_end;
    long whole_zeros, fraction_zeros = -1, exponent = 0, magnitude;

    (void)skip_byte(c, '-');
    whole = c->at;
    if (!is_digit(c))
        return refuse(c, "a number without digits");
    if (*c->at == '0' && c->end - c->at > 1 && c->at[1] >= '0' &&
        c->at[1] <= '9')
        return refuse(c, "a number with a leading zero");
    whole_zeros = skip_digits(c);
    magnitude = whole_zeros < 0 ? 0 : (long)(c->at - whole);
    if (skip_byte(c, '.')) {
        if (!is_digit(c))
            return refuse(c, "a number without digits");
        fraction_zeros = skip_digits(c);
        if (whole_zeros < 0 && fraction_zeros >= 0)
            magnitude = -fraction_zeros;
    }
    digits_end = c->at;
    if ((skip_byte(c, 'e') || skip_byte(c, 'E')) &&
        !skip_exponent(c, &exponent))
        return false;
    if (whole_zeros < 0 && fraction_zeros < 0)
        return true;
    return fits_double(whole, digits_end, magnitude + exponent) ||
           refuse(c, "a number too large for a double");
}

static bool skip_literal(struct cursor *c, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(c->end - c->at) < len || memcmp(c->at, word, len) != 0)
        return refuse(c, "a word that JSON does not have");
    c->at += len;
    return true;
}

static struct scan_member *find_wanted(struct scan_member *wanted, size_t count,
                                       struct slice text)
{
    for (size_t i = 0; i < count; i++)
        if (jstring_is(text, wanted[i].name))
            return &wanted[i];
    return NULL;
}

static void forget(struct scan_member *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        wanted[i].count = 0;
        wanted[i].value = (struct scan_value){SCAN_NONE, {NULL, 0}, false};
        forget(wanted[i].inside, wanted[i].inside_count);
    }
}

/* ------------------------------------------------------------- values */

static bool skip_value(struct cursor *c, struct scan_value *ret,
                       struct scan_member *wanted, size_t count);

static bool enter(struct cursor *c)
{
    c->at++;
    return ++c->depth <= BOUNDS_DEPTH_MAX || refuse(c, "nested too deeply");
}

static bool skip_array(struct cursor *c)
{
    struct scan_value item;

    if (!enter(c))
        return false;
    skip_space(c);
    if (!skip_byte(c, ']')) {
        do {
            if (!skip_value(c, &item, NULL, 0))
                return false;
        } while (skip_byte(c, ','));
        if (!skip_byte(c, ']'))
            return refuse(c, "expected ',' or ']' in an array");
    }
    c->depth--;
    return true;
}

/* One "name": value; what was wanted is noted, the last one stays. */
static bool skip_member(struct cursor *c, struct scan_member *wanted,
                        size_t count)
{
    struct scan_member *member;
    struct scan_value value;
    const uint8_t *start;
    bool has_escapes;

    skip_space(c);
    start = c->at;
    if (!skip_string(c, &has_escapes))
        return false;
    member =
        find_wanted(wanted, count, slice_make(start, (size_t)(c->at - start)));
    skip_space(c);
    if (!skip_byte(c, ':'))
        return refuse(c, "expected ':' after a name");
    if (!member)
        return skip_value(c, &value, NULL, 0);
    member->count++;
    forget(member->inside, member->inside_count);
    return skip_value(c, &member->value, member->inside, member->inside_count);
}

static bool skip_object(struct cursor *c, struct scan_member *wanted,
                        size_t count)
{
    if (!enter(c))
        return false;
    skip_space(c);
    if (!skip_byte(c, '}')) {
        do {
            if (!skip_member(c, wanted, count))
                return false;
        } while (skip_byte(c, ','));
        if (!skip_byte(c, '}'))
            return refuse(c, "expected ',' or '}' in an object");
    }
    c->depth--;
    return true;
}

static enum scan_kind kind_of(uint8_t first)
{
    switch (first) {
    case '{':
        return SCAN_OBJECT;
    case '[':
        return SCAN_ARRAY;
    case '"':
        return SCAN_STRING;
    case 't':
        return SCAN_TRUE;
    case 'f':
        return SCAN_FALSE;
    case 'n':
        return SCAN_NULL;
    default:
        return SCAN_NUMBER;
    }
}

static bool skip_kind(struct cursor *c, struct scan_value *ret,
                      struct scan_member *wanted, size_t count)
{
    switch (ret->kind) {
    case SCAN_OBJECT:
        return skip_object(c, wanted, count);
    case SCAN_ARRAY:
        return skip_array(c);
    case SCAN_STRING:
        return skip_string(c, &ret->has_escapes);
    case SCAN_TRUE:
        return skip_literal(c, "true");
    case SCAN_FALSE:
        return skip_literal(c, "false");
    case SCAN_NULL:
        return skip_literal(c, "null");
    case SCAN_NUMBER:
    case SCAN_NONE:
        break;
    }
    return skip_number(c);
}

/* A value with the space around it. */
static bool skip_value(struct cursor *c, struct scan_value *ret,
                       struct scan_member *wanted, size_t count)
{
    const uint8_t *start;

    skip_space(c);
    if (c->at == c->end)
        return refuse(c, "the text ends too early");
    start = c->at;
    *ret = (struct scan_value){kind_of(*start), {NULL, 0}, false};
    if (!skip_kind(c, ret, wanted, count))
        return false;
    ret->text = slice_make(start, (size_t)(c->at - start));
    skip_space(c);
    return true;
}

/* [EN-13] one value, then nothing but space; [EN-12] a mark before it is
 * neither. */
static bool scan_all(struct slice text, struct scan_value *ret,
                     struct scan_member *wanted, size_t count,
                     const char **ret_why)
{
    struct cursor c = {text.data, text.data + text.len, 0, NULL};
    bool is_whole;

    if (text.len == 0) {
        *ret_why = "the text is empty";
        return false;
    }
    is_whole = skip_value(&c, ret, wanted, count) &&
               (c.at == c.end || refuse(&c, "something follows the value"));
    if (!is_whole)
        *ret_why = c.why;
    return is_whole;
}

bool scan_object(struct slice text, struct scan_member *wanted, size_t count,
                 const char **ret_why)
{
    struct scan_value value;

    forget(wanted, count);
    if (!scan_all(text, &value, wanted, count, ret_why))
        return false;
    if (value.kind != SCAN_OBJECT) {
        *ret_why = "not an object";
        return false;
    }
    return true;
}

bool scan_text(struct slice text, const char **ret_why)
{
    struct scan_value value;

    return scan_all(text, &value, NULL, 0, ret_why);
}

struct slice scan_string(const struct scan_value *string, struct buf *scratch)
{
    assert(string->kind == SCAN_STRING && string->text.len >= 2);
    if (!string->has_escapes)
        return slice_make(string->text.data + 1, string->text.len - 2);
    return jstring_decode(string->text, scratch);
}
