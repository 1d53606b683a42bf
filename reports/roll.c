/* SPDX-License-Identifier: MIT */
/* Instances of a case come one after the other, so a line is finished when
 * another case begins. */
#include "reports/roll.h"

#include "reports/text.h"

#define ID_SHOWN 200 /* bytes of an id */

void roll_init(struct roll *r)
{
    *r = (struct roll){0};
    buf_init(&r->blocks, SIZE_MAX / 2);
    buf_init(&r->lines, SIZE_MAX / 2);
    buf_init(&r->id, SIZE_MAX / 2);
}

void roll_clear(struct roll *r)
{
    buf_clear(&r->blocks);
    buf_clear(&r->lines);
    buf_clear(&r->id);
}

static void end_line(struct roll *r)
{
    if (r->alike == 0)
        return;
    buf_put(&r->lines, verdict_name(r->verdict));
    buf_put(&r->lines, " ");
    text_clean(&r->lines, buf_slice(&r->id), ID_SHOWN);
    if (r->alike > 1) {
        buf_put(&r->lines, "  ");
        buf_put_u64(&r->lines, r->alike);
        buf_put(&r->lines, " times");
    }
    buf_put(&r->lines, "\n");
    r->alike = 0;
}

void roll_add(struct roll *r, struct slice id, enum verdict verdict,
              struct slice block)
{
    if (verdict != r->verdict || !slice_equal(id, buf_slice(&r->id)))
        end_line(r);
    buf_reset(&r->id);
    buf_put_slice(&r->id, id);
    r->verdict = verdict;
    r->alike++;
    if (++r->count <= ROLL_WHOLE_MAX)
        buf_put_slice(&r->blocks, block);
}

void roll_print(struct buf *b, struct roll *r)
{
    end_line(r);
    if (r->count == 0)
        return;
    buf_put(b, "\nwhat did not pass:\n\n");
    buf_put_slice(
        b, buf_slice(r->count <= ROLL_WHOLE_MAX ? &r->blocks : &r->lines));
    buf_put(b, "\n");
}
