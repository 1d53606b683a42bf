/* SPDX-License-Identifier: MIT */
/*
 * See mutator.h. An input is taken apart, one thing is done to its parts, and
 * they are put together again; every third time the same is done once more.
 */
#include "fuzz/mutator/mutator.h"

#include "fuzz/mutator/edit.h"
#include "fuzz/mutator/grammar.h"
#include "fuzz/mutator/parts.h"

#define ROOM (PARTS_MAX + 2) /* so that something can be put in */
#define LEAD_MAX 4           /* bytes of a step before its piece */
#define TRIES 12             /* until something fits */
#define GROWN 128            /* bytes that a change adds at most, mostly */

struct bench {
    struct chance chance;
    struct part parts[ROOM]; /* of the input */
    size_t count;
    struct part others[PARTS_MAX]; /* of the other */
    size_t other_count;
    struct buf text; /* what is new; a part may stand in it */
};

/* ------------------------------------------------------------- looking */

static bool is_text(struct slice s)
{
    return s.len && (s.data[0] == '{' || s.data[0] == '[');
}

/* The text of a part, of a piece with frames the first one's; or empty. */
static struct slice text_of(const struct part *part)
{
    struct part inner[PARTS_MAX];

    if (part->kind == PART_BYTES)
        return slice_make(NULL, 0);
    if (part->kind == PART_PIECE && !is_text(part->inside)) {
        (void)parts_read(part->inside, inner);
        return inner[0].inside;
    }
    return part->inside;
}

/* One that is more than bytes; `count`: there is none. */
static size_t some_part(struct chance *c, const struct part *parts,
                        size_t count)
{
    const size_t from = chance_below(c, count);

    for (size_t i = 0; i < count; i++)
        if (parts[(from + i) % count].kind != PART_BYTES)
            return (from + i) % count;
    return count;
}

static size_t some_of_ours(struct bench *b)
{
    return some_part(&b->chance, b->parts, b->count);
}

/* A text to borrow from: of the other input, or from elsewhere in ours. */
static struct slice some_text(struct bench *b)
{
    size_t i;

    if (chance_once_in(&b->chance, 2)) {
        i = some_part(&b->chance, b->others, b->other_count);
        if (i < b->other_count)
            return text_of(&b->others[i]);
    }
    i = some_of_ours(b);
    return i < b->count ? text_of(&b->parts[i]) : slice_make(NULL, 0);
}

/* The bytes before a piece that say what is done with it, more or less. */
static struct slice lead_of(struct bench *b, const struct part *parts, size_t i)
{
    const size_t len = LEAD_MAX - chance_below(&b->chance, 2);
    struct slice bytes;

    if (parts[i].kind != PART_PIECE || i == 0 ||
        parts[i - 1].kind != PART_BYTES || parts[i - 1].inside.len < len)
        return slice_make(NULL, 0);
    bytes = parts[i - 1].inside;
    return slice_skip(bytes, bytes.len - len);
}

/* ------------------------------------------------------------- moving */

static void take_out(struct bench *b, size_t at)
{
    memmove(&b->parts[at], &b->parts[at + 1],
            (b->count - at - 1) * sizeof *b->parts);
    b->count--;
}

/* What stands in `text` becomes a part there. */
static bool put_in(struct bench *b, size_t at)
{
    if (b->count == ROOM)
        return false;
    memmove(&b->parts[at + 1], &b->parts[at],
            (b->count - at) * sizeof *b->parts);
    b->parts[at] = (struct part){PART_BYTES, buf_slice(&b->text)};
    b->count++;
    return true;
}

/* Behind some part that is more than bytes, or at the end. */
static bool put_anywhere(struct bench *b)
{
    const size_t i = some_of_ours(b);

    return put_in(b, i < b->count ? i + 1 : b->count);
}

/* As what the parts of an input come: where none is, as anything. */
static enum part_kind form_of(struct bench *b)
{
    const size_t i = some_of_ours(b);

    if (i < b->count)
        return b->parts[i].kind;
    return chance_once_in(&b->chance, 2) ? PART_FRAME : PART_PIECE;
}

/* ------------------------------------------------------------- changes */

/* One frame of a piece is changed, the others stay. */
static void edit_within(struct bench *b, struct slice piece, edit_how *how)
{
    struct part inner[PARTS_MAX];
    const size_t count = parts_read(piece, inner),
                 which = some_part(&b->chance, inner, count);
    struct buf text;

    buf_init(&text, SIZE_MAX);
    for (size_t i = 0; i < count; i++) {
        struct part part = inner[i];

        if (i == which) {
            how(&b->chance, part.inside, some_text(b), &text);
            part.inside = buf_slice(&text);
        }
        parts_write(&part, &b->text);
    }
    buf_clear(&text);
}

static bool edit_one(struct bench *b, edit_how *how)
{
    const size_t i = some_of_ours(b);
    struct part *part = &b->parts[i];

    if (i == b->count)
        return false;
    if (part->kind == PART_PIECE && !is_text(part->inside))
        edit_within(b, part->inside, how);
    else
        how(&b->chance, part->inside, some_text(b), &b->text);
    part->inside = buf_slice(&b->text);
    return true;
}

static void put_all(const struct bench *b, struct buf *out)
{
    for (size_t i = 0; i < b->count; i++)
        parts_write(&b->parts[i], out);
}

/* Mostly within a part, so that its length follows; else anywhere. */
static bool change_bytes(struct bench *b)
{
    struct part *part = &b->parts[chance_below(&b->chance, b->count)];
    struct buf all;

    if (!chance_once_in(&b->chance, 4)) {
        edit_bytes(&b->chance, part->inside, b->others[0].inside, &b->text);
        part->inside = buf_slice(&b->text);
        return true;
    }
    buf_init(&all, SIZE_MAX);
    put_all(b, &all);
    edit_bytes(&b->chance, buf_slice(&all), b->others[0].inside, &b->text);
    buf_clear(&all);
    b->parts[0] = (struct part){PART_BYTES, buf_slice(&b->text)};
    b->count = 1;
    return true;
}

/* Bytes are cut anywhere, everything else between its parts. */
static bool splice(struct bench *b)
{
    size_t here = chance_below(&b->chance, b->count + 1),
           there = chance_below(&b->chance, b->other_count);

    if (b->count == 1 && b->other_count == 1) {
        struct part *ours = &b->parts[0];
        struct slice theirs = b->others[0].inside;

        if (ours->kind != PART_BYTES || theirs.len == 0)
            return false;
        buf_put_slice(&b->text, slice_head(ours->inside,
                                           chance_below(&b->chance,
                                                        ours->inside.len + 1)));
        buf_put_slice(&b->text,
                      slice_skip(theirs, chance_below(&b->chance, theirs.len)));
        ours->inside = buf_slice(&b->text);
        return true;
    }
    for (b->count = here; there < b->other_count && b->count < ROOM; there++)
        b->parts[b->count++] = b->others[there];
    return b->count > 0;
}

static bool borrow(struct bench *b)
{
    const size_t i = some_part(&b->chance, b->others, b->other_count);
    enum part_kind form = form_of(b);

    if (i == b->other_count)
        return false;
    if (form == PART_BODY)
        return edit_one(b, edit_value);
    if (form == b->others[i].kind) {
        buf_put_slice(&b->text, lead_of(b, b->others, i));
        parts_write(&b->others[i], &b->text);
    } else {
        parts_write(&(struct part){form, text_of(&b->others[i])}, &b->text);
    }
    return put_anywhere(b);
}

static bool add_dialogue(struct bench *b)
{
    const enum part_kind form = form_of(b);
    const uint64_t any = chance_number(&b->chance);
    const size_t i = some_of_ours(b);
    struct slice lead =
        i < b->count ? lead_of(b, b->parts, i) : slice_make(&any, LEAD_MAX - 1);

    if (form == PART_BODY)
        return false;
    if (form == PART_FRAME)
        lead.len = 0;
    grammar_dialogue(&b->chance, form, lead, &b->text);
    return put_anywhere(b);
}

static bool add_answer(struct bench *b)
{
    const size_t i = some_of_ours(b);
    struct slice text, id = slice_make(NULL, 0);
    struct buf body;
    bool is_added;

    if (i == b->count || b->parts[i].kind == PART_BODY)
        return false;
    text = text_of(&b->parts[i]);
    id = edit_id_of(text);
    if (id.len == 0)
        return false;
    buf_init(&body, SIZE_MAX);
    grammar_answer(&b->chance, id, &body);
    buf_put_slice(&b->text, lead_of(b, b->parts, i));
    parts_write(&(struct part){b->parts[i].kind, buf_slice(&body)}, &b->text);
    is_added = put_in(b, i + 1 + chance_below(&b->chance, b->count - i));
    buf_clear(&body);
    return is_added;
}

static bool say_twice(struct bench *b)
{
    const size_t i = some_of_ours(b);

    if (i == b->count || b->parts[i].kind == PART_BODY)
        return false;
    buf_put_slice(&b->text, lead_of(b, b->parts, i));
    parts_write(&b->parts[i], &b->text);
    return put_in(b, chance_once_in(&b->chance, 2) ? i + 1 : b->count);
}

static bool drop(struct bench *b)
{
    const size_t i = some_of_ours(b);

    if (i == b->count || b->count == 1)
        return false;
    if (i > 0)
        b->parts[i - 1].inside.len -= lead_of(b, b->parts, i).len;
    take_out(b, i);
    return true;
}

static bool move(struct bench *b)
{
    const size_t i = some_of_ours(b), j = some_of_ours(b);
    struct part part;

    if (i == j)
        return false;
    part = b->parts[i];
    b->parts[i] = b->parts[j];
    b->parts[j] = part;
    return true;
}

static bool spoil_length(struct bench *b)
{
    const size_t i = some_of_ours(b);
    const bool is_frame = i < b->count && b->parts[i].kind == PART_FRAME;
    static const uint32_t lengths[] = {
        0,     1,          2,          4095,       4096,       4097,
        65535, 0x04000000, 0x04000001, 0x7fffffff, 0x80000000, 0xffffffff};
    uint32_t len;

    if (i == b->count || b->parts[i].kind == PART_BODY)
        return false;
    parts_write(&b->parts[i], &b->text);
    len = chance_once_in(&b->chance, 2)
              ? chance_pick(&b->chance, lengths)
              : (uint32_t)(b->parts[i].inside.len +
                           chance_below(&b->chance, 7) - 3);
    if (!is_frame)
        b->text.data[0] = (uint8_t)len;
    for (int at = 0; is_frame && at < 4; at++)
        b->text.data[at] = (uint8_t)(len >> (24 - 8 * at));
    b->parts[i] = (struct part){PART_BYTES, buf_slice(&b->text)};
    return true;
}

/* ------------------------------------------------------------- the choice */

static bool apply(struct bench *b, enum mutator_kind kind)
{
    static bool (*const moves[MUTATOR_KINDS])(struct bench * b) = {
        [MUTATOR_BYTES] = change_bytes,  [MUTATOR_SPLICE] = splice,
        [MUTATOR_BORROW] = borrow,       [MUTATOR_DIALOGUE] = add_dialogue,
        [MUTATOR_ANSWER] = add_answer,   [MUTATOR_TWICE] = say_twice,
        [MUTATOR_DROP] = drop,           [MUTATOR_MOVE] = move,
        [MUTATOR_PREFIX] = spoil_length,
    };
    static edit_how *const edits[MUTATOR_KINDS] = {
        [MUTATOR_TYPE] = edit_type,   [MUTATOR_ID] = edit_id,
        [MUTATOR_VALUE] = edit_value, [MUTATOR_MEMBER] = edit_member,
        [MUTATOR_NEST] = edit_nest,   [MUTATOR_STRING] = edit_string,
        [MUTATOR_EVENT] = edit_event,
    };

    buf_reset(&b->text);
    return moves[kind] ? moves[kind](b) : edit_one(b, edits[kind]);
}

/* How often which. */
static enum mutator_kind some_kind(struct chance *c)
{
    static const uint8_t kinds[] = {
        MUTATOR_BYTES,    MUTATOR_BYTES,  MUTATOR_BYTES,  MUTATOR_SPLICE,
        MUTATOR_SPLICE,   MUTATOR_BORROW, MUTATOR_BORROW, MUTATOR_DIALOGUE,
        MUTATOR_DIALOGUE, MUTATOR_ANSWER, MUTATOR_ANSWER, MUTATOR_TWICE,
        MUTATOR_DROP,     MUTATOR_DROP,   MUTATOR_MOVE,   MUTATOR_MOVE,
        MUTATOR_PREFIX,   MUTATOR_TYPE,   MUTATOR_TYPE,   MUTATOR_ID,
        MUTATOR_ID,       MUTATOR_ID,     MUTATOR_VALUE,  MUTATOR_VALUE,
        MUTATOR_VALUE,    MUTATOR_MEMBER, MUTATOR_MEMBER, MUTATOR_NEST,
        MUTATOR_STRING,   MUTATOR_STRING, MUTATOR_EVENT};

    return (enum mutator_kind)chance_pick(c, kinds);
}

static enum mutator_kind mutate_once(struct chance *c, struct slice input,
                                     struct slice other, struct buf *out)
{
    struct bench b = {.chance = *c};
    enum mutator_kind kind = MUTATOR_BYTES;

    buf_init(&b.text, SIZE_MAX);
    (void)buf_reserve(&b.text, input.len + GROWN);
    b.count = parts_read(input, b.parts);
    b.other_count = parts_read(other, b.others);
    for (int tries = 0; tries <= TRIES; tries++) {
        kind = tries < TRIES ? some_kind(&b.chance) : MUTATOR_BYTES;
        if (apply(&b, kind))
            break;
    }
    put_all(&b, out);
    *c = b.chance;
    buf_clear(&b.text);
    return kind;
}

enum mutator_kind mutator_run(struct slice input, struct slice other,
                              uint64_t seed, size_t max, struct buf *out)
{
    struct chance c = chance_of(seed);
    enum mutator_kind kind = MUTATOR_BYTES;
    struct buf next;

    buf_init(&next, SIZE_MAX);
    (void)buf_reserve(&next, input.len + GROWN);
    buf_reset(out);
    buf_put_slice(out, slice_head(input, input.len < max ? input.len : max));
    do {
        buf_reset(&next);
        kind = mutate_once(&c, buf_slice(out), other, &next);
        if (next.len > 0 && next.len <= max) {
            struct buf old = *out;

            *out = next;
            next = old;
        }
    } while (chance_once_in(&c, 3));
    buf_clear(&next);
    if (out->len == 0 && max > 0)
        buf_put_byte(out, (uint8_t)chance_number(&c));
    return kind;
}
