/* SPDX-License-Identifier: MIT */
/* See jansson_note.h. Members come in the order in which jansson keeps them,
 * which is that of their first mention. */
#include "fuzz/readers/jansson_note.h"

#include "ref/base/value.h"

static void note_bytes(struct buf *out, char letter, const void *bytes,
                       size_t len)
{
    buf_put_byte(out, (uint8_t)letter);
    buf_put_slice(out, slice_make(bytes, len));
}

void jansson_note_string(struct buf *out, struct slice text)
{
    note_bytes(out, '"', &text.len, sizeof text.len);
    buf_put_slice(out, text);
}

void jansson_note_integer(struct buf *out, int64_t number)
{
    note_bytes(out, 'i', &number, sizeof number);
}

void jansson_note_real(struct buf *out, double number)
{
    note_bytes(out, 'r', &number, sizeof number);
}

static size_t deeper(size_t depth, size_t inside)
{
    return inside + 1 > depth ? inside + 1 : depth;
}

/* Returns how deep it is. */
static size_t note(const json_t *v, struct buf *out);

static size_t note_items(const json_t *list, struct buf *out)
{
    size_t depth = 1;

    buf_put_byte(out, '[');
    for (size_t i = 0; i < json_array_size(list); i++)
        depth = deeper(depth, note(json_array_get(list, i), out));
    buf_put_byte(out, ']');
    return depth;
}

static size_t note_members(const json_t *object, struct buf *out)
{
    size_t depth = 1;
    const char *name;
    json_t *value;

    buf_put_byte(out, '{');
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        jansson_note_string(out, slice_of(name));
        depth = deeper(depth, note(value, out));
    }
    buf_put_byte(out, '}');
    return depth;
}

static size_t note(const json_t *v, struct buf *out)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        return note_members(v, out);
    case JSON_ARRAY:
        return note_items(v, out);
    case JSON_STRING:
        jansson_note_string(out, value_string(v));
        break;
    case JSON_INTEGER:
        jansson_note_integer(out, json_integer_value(v));
        break;
    case JSON_REAL:
        jansson_note_real(out, json_real_value(v));
        break;
    case JSON_TRUE:
        buf_put_byte(out, 't');
        break;
    case JSON_FALSE:
        buf_put_byte(out, 'f');
        break;
    case JSON_NULL:
        buf_put_byte(out, 'n');
        break;
    }
    return 0;
}

void jansson_note_setup(void)
{
    value_setup(1);
}

struct jansson_note jansson_note(struct slice text, struct buf *out)
{
    struct failure ignored;
    json_t *tree = value_parse(text, &ignored);
    struct jansson_note seen = {.is_read = tree != NULL};

    if (tree)
        seen.depth = note(tree, out);
    json_decref(tree);
    return seen;
}
