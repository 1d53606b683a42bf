/* SPDX-License-Identifier: MIT */
/* See edit.h. A change is a hole in the text and what is put there. */
#include "fuzz/mutator/edit.h"

#include "fuzz/mutator/grammar.h"
#include "fuzz/mutator/values.h"

#define DEPTH_MAX 140 /* a little more than a reader has to follow */
#define BLOCK_MAX 64

/* A text and where its values stand. */
struct map {
    struct slice text;
    struct value found[VALUES_MAX];
    size_t count;
};

static void map_read(struct map *m, struct slice text)
{
    m->text = text;
    m->count = values_find(text, m->found);
}

/* What stands before the hole, and behind it. */
static struct slice before(struct slice text, struct slice hole)
{
    return slice_head(text, (size_t)(hole.data - text.data));
}

static struct slice after(struct slice text, struct slice hole)
{
    return slice_skip(text, (size_t)(hole.data - text.data) + hole.len);
}

static void replace(struct slice text, struct slice hole, struct slice with,
                    struct buf *out)
{
    buf_put_slice(out, before(text, hole));
    buf_put_slice(out, with);
    buf_put_slice(out, after(text, hole));
}

/* ------------------------------------------------------------- bytes */

static struct slice some_block(struct chance *c, struct slice bytes)
{
    size_t at = chance_below(c, bytes.len + 1), most = bytes.len - at;

    if (most > BLOCK_MAX)
        most = BLOCK_MAX;
    return slice_head(slice_skip(bytes, at), chance_below(c, most + 1));
}

static uint8_t changed(struct chance *c, uint8_t byte)
{
    switch (chance_below(c, 4)) {
    case 0:
        return (uint8_t)(byte ^ 1u << chance_below(c, 8));
    case 1:
        return (uint8_t)(byte + 1);
    case 2:
        return (uint8_t)(byte - 1);
    default:
        return (uint8_t)chance_number(c);
    }
}

static void change_one(struct chance *c, struct slice bytes, struct buf *out)
{
    const size_t at = chance_below(c, bytes.len);
    const uint8_t byte = changed(c, bytes.data[at]);

    replace(bytes, slice_make(bytes.data + at, 1), slice_make(&byte, 1), out);
}

/* At a place of its own, and nothing is lost. */
static void put_in(struct chance *c, struct slice bytes, struct slice block,
                   struct buf *out)
{
    const size_t at = chance_below(c, bytes.len + 1);

    buf_put_slice(out, slice_head(bytes, at));
    buf_put_slice(out, block);
    buf_put_slice(out, slice_skip(bytes, at));
}

static void put_in_any(struct chance *c, struct slice bytes, struct buf *out)
{
    const uint64_t any = chance_number(c);

    put_in(c, bytes, slice_make(&any, 1 + chance_below(c, 8)), out);
}

void edit_bytes(struct chance *c, struct slice text, struct slice other,
                struct buf *out)
{
    const size_t what = text.len ? chance_below(c, 8) : 3;
    struct slice hole;

    switch (what) {
    case 0:
    case 1:
    case 2:
        change_one(c, text, out);
        break;
    case 3:
        put_in_any(c, text, out);
        break;
    case 4:
        replace(text, some_block(c, text), slice_make(NULL, 0), out);
        break;
    case 5:
        put_in(c, text, some_block(c, text), out);
        break;
    case 6:
        put_in(c, text, some_block(c, other), out);
        break;
    default:
        hole = some_block(c, text);
        replace(text, hole, some_block(c, text), out);
        break;
    }
}

/* ------------------------------------------------------------- events */

static void put_new(struct slice text, struct slice hole, struct chance *c,
                    void (*grammar)(struct chance *c, struct buf *out),
                    struct buf *out)
{
    buf_put_slice(out, before(text, hole));
    grammar(c, out);
    buf_put_slice(out, after(text, hole));
}

/* Of the outermost object; empty: it has none of that name. */
static struct slice member(struct slice text, const char *name)
{
    struct map m;
    size_t i;

    map_read(&m, text);
    i = values_member(m.found, m.count, name);
    return i < m.count ? m.found[i].text : slice_make(NULL, 0);
}

struct slice edit_id_of(struct slice text)
{
    return member(text, "id");
}

void edit_type(struct chance *c, struct slice text, struct slice other,
               struct buf *out)
{
    struct slice hole = member(text, "type");

    (void)other;
    if (hole.len)
        put_new(text, hole, c, grammar_type, out);
    else
        buf_put_slice(out, text);
}

void edit_id(struct chance *c, struct slice text, struct slice other,
             struct buf *out)
{
    struct slice hole = edit_id_of(text), theirs = edit_id_of(other);

    if (hole.len == 0)
        buf_put_slice(out, text);
    else if (theirs.len && !chance_once_in(c, 3))
        replace(text, hole, theirs, out);
    else
        put_new(text, hole, c, grammar_id, out);
}

void edit_event(struct chance *c, struct slice text, struct slice other,
                struct buf *out)
{
    struct slice id = edit_id_of(text);

    (void)other;
    if (chance_once_in(c, 3))
        id = slice_make(NULL, 0);
    grammar_event(c, id, out);
}

/* ------------------------------------------------------------- values */

/* Any, but seldom the outermost; NULL: there is none. */
static const struct value *some_value(struct chance *c, const struct map *m)
{
    if (m->count == 0)
        return NULL;
    if (m->count > 1 && !chance_once_in(c, 16))
        return &m->found[1 + chance_below(c, m->count - 1)];
    return &m->found[0];
}

static void put_of_its_kind(struct chance *c, struct slice value,
                            struct buf *out)
{
    if (value.data[0] == '"')
        grammar_string(c, out);
    else if (value.data[0] == '-' ||
             (value.data[0] >= '0' && value.data[0] <= '9'))
        grammar_number(c, out);
    else
        grammar_value(c, out);
}

void edit_value(struct chance *c, struct slice text, struct slice other,
                struct buf *out)
{
    struct map m, theirs;
    const struct value *v, *lent;

    map_read(&m, text);
    map_read(&theirs, other);
    v = some_value(c, &m);
    lent = chance_once_in(c, 3) ? some_value(c, &theirs) : NULL;
    if (!v) {
        grammar_value(c, out);
        return;
    }
    buf_put_slice(out, before(text, v->text));
    if (lent)
        buf_put_slice(out, lent->text);
    else if (chance_once_in(c, 2))
        put_of_its_kind(c, v->text, out);
    else
        grammar_value(c, out);
    buf_put_slice(out, after(text, v->text));
}

/* With the comma that would be left over. */
static struct slice with_comma(struct slice text, struct slice hole)
{
    const uint8_t *end = text.data + text.len, *p = hole.data + hole.len;

    if (p < end && *p == ',')
        return slice_make(hole.data, hole.len + 1);
    if (hole.data > text.data && hole.data[-1] == ',')
        return slice_make(hole.data - 1, hole.len + 1);
    return hole;
}

static void say_twice(struct slice text, struct slice hole, struct buf *out)
{
    buf_put_slice(out, before(text, hole));
    buf_put_slice(out, hole);
    buf_put(out, ",");
    buf_put_slice(out, hole);
    buf_put_slice(out, after(text, hole));
}

void edit_member(struct chance *c, struct slice text, struct slice other,
                 struct buf *out)
{
    struct map m;
    const struct value *v;

    (void)other;
    map_read(&m, text);
    v = some_value(c, &m);
    if (!v || v == m.found)
        buf_put_slice(out, text);
    else if (v->name.len && chance_once_in(c, 2))
        put_new(text, v->name, c, grammar_name, out);
    else if (chance_once_in(c, 2))
        say_twice(text, values_whole(v), out);
    else
        replace(text, with_comma(text, values_whole(v)), slice_make(NULL, 0),
                out);
}

void edit_nest(struct chance *c, struct slice text, struct slice other,
               struct buf *out)
{
    struct map m;
    const struct value *v;
    const bool is_list = chance_once_in(c, 2);
    const size_t depth =
        1 + chance_below(c, chance_once_in(c, 2) ? 4 : DEPTH_MAX);

    (void)other;
    map_read(&m, text);
    v = some_value(c, &m);
    if (!v) {
        buf_put_slice(out, text);
        return;
    }
    buf_put_slice(out, before(text, v->text));
    for (size_t i = 0; i < depth; i++)
        buf_put(out, is_list ? "[" : "{\"a\":");
    buf_put_slice(out, v->text);
    for (size_t i = 0; i < depth; i++)
        buf_put(out, is_list ? "]" : "}");
    buf_put_slice(out, after(text, v->text));
}

/* A string, or the name of a member; empty: none was met. */
static struct slice some_string(struct chance *c, const struct map *m)
{
    for (int tries = 0; tries < 8 && m->count; tries++) {
        const struct value *v = &m->found[chance_below(c, m->count)];

        if (v->name.len > 1 && chance_once_in(c, 3))
            return v->name;
        if (v->text.len > 1 && v->text.data[0] == '"')
            return v->text;
    }
    return slice_make(NULL, 0);
}

void edit_string(struct chance *c, struct slice text, struct slice other,
                 struct buf *out)
{
    struct map m;
    struct slice string;
    size_t at;

    (void)other;
    map_read(&m, text);
    string = some_string(c, &m);
    if (string.len == 0) {
        buf_put_slice(out, text);
        return;
    }
    at = 1 + chance_below(c, string.len - 1);
    put_new(text, slice_make(string.data + at, 0), c, grammar_trouble, out);
}
