/* SPDX-License-Identifier: MIT */
/* See shrink.h. Start at shrink() below. */
#include "fuzz/shrink.h"

#include "ref/base/xalloc.h"

struct shrinking {
    const struct target *target;
    struct symptom symptom; /* to be kept */
    uint8_t *bytes;         /* the least so far, of `len`; borrowed */
    size_t len;
    uint8_t *trial; /* room for the next */
    unsigned tries;
    unsigned tries_max;
};

/* Does the trial break the same? Then it is the least. */
static bool try_it(struct shrinking *s, size_t len)
{
    struct symptom got;

    if (s->tries >= s->tries_max)
        return false;
    s->tries++;
    got = symptom_of(s->target, slice_make(s->trial, len));
    if (!symptom_is_same(&got, &s->symptom))
        return false;
    if (len)
        memcpy(s->bytes, s->trial, len);
    s->len = len;
    return true;
}

/* The trial is the least without `count` bytes from `at` on. */
static size_t leave_out(struct shrinking *s, size_t at, size_t count)
{
    memcpy(s->trial, s->bytes, at);
    memcpy(s->trial + at, s->bytes + at + count, s->len - at - count);
    return s->len - count;
}

static bool thin(struct shrinking *s)
{
    bool is_less = false;

    for (size_t run = s->len; run > 0; run /= 2)
        for (size_t at = 0; at < s->len;) {
            size_t count = s->len - at < run ? s->len - at : run;

            if (try_it(s, leave_out(s, at, count)))
                is_less = true;
            else
                at += run;
        }
    return is_less;
}

/* The byte at `at` may be the length of a piece behind it. */
static bool shorten_piece(struct shrinking *s, size_t at)
{
    bool is_less = false;

    for (size_t run = s->bytes[at]; run > 0; run /= 2)
        for (size_t from = at + 1;
             from + run <= at + 1 + s->bytes[at] && from + run <= s->len;) {
            size_t len = leave_out(s, from, run);

            s->trial[at] = (uint8_t)(s->trial[at] - run);
            if (try_it(s, len))
                is_less = true;
            else
                from += run;
        }
    return is_less;
}

static bool shorten_pieces(struct shrinking *s)
{
    bool is_less = false;

    for (size_t at = 0; at + 1 < s->len; at++)
        if (at + s->bytes[at] < s->len)
            is_less |= shorten_piece(s, at);
    return is_less;
}

static bool clear_bytes(struct shrinking *s)
{
    bool is_less = false;

    for (size_t at = 0; at < s->len; at++)
        if (s->bytes[at] != 0) {
            (void)leave_out(s, s->len, 0);
            s->trial[at] = 0;
            is_less |= try_it(s, s->len);
        }
    return is_less;
}

struct shrink_result shrink(const struct target *t, struct buf *bytes,
                            unsigned tries_max)
{
    struct shrinking s = {.target = t,
                          .symptom = symptom_of(t, buf_slice(bytes)),
                          .bytes = bytes->data,
                          .len = bytes->len,
                          .tries_max = tries_max};
    bool is_less = s.symptom.text[0] != '\0';

    s.trial = xalloc(s.len + 1, 1);
    while (is_less && s.tries < tries_max) {
        is_less = thin(&s);
        is_less |= shorten_pieces(&s);
        is_less |= clear_bytes(&s);
    }
    xalloc_free(s.trial);
    bytes->len = s.len;
    return (struct shrink_result){s.symptom, s.tries, !is_less};
}
