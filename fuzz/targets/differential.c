/* SPDX-License-Identifier: MIT */
/*
 * Three readers of JSON that have nothing in common, on any bytes: the scanner
 * of the reference, the judge's, and jansson. What is JSON for one is JSON for
 * all, and says the same. Where they may differ is named here, and only there:
 *
 *   jansson takes what is nested more deeply than the protocol allows;
 *   it refuses integers that 64 bits do not hold, and a NUL in a name;
 *   nobody else counts values, and no input here has so many.
 */
#include "conformance/json.h"
#include "fuzz/broken.h"
#include "fuzz/readers/jansson_note.h"
#include "fuzz/target.h"
#include "ref/base/bounds.h"
#include "ref/base/scan.h"

#define INPUT_MAX (256u * 1024) /* fewer values than anybody counts */

/* How the judge's tree differs from anything that jansson reads. */
static bool is_beyond_jansson(const struct json *v)
{
    int64_t ignored;

    if (v->kind == JSON_NUMBER)
        return !memchr(v->text.data, '.', v->text.len) &&
               !memchr(v->text.data, 'e', v->text.len) &&
               !memchr(v->text.data, 'E', v->text.len) &&
               !json_get_i64(v, &ignored);
    for (const struct json *in = v->first; in; in = in->next)
        if ((in->name.len && memchr(in->name.data, '\0', in->name.len)) ||
            is_beyond_jansson(in))
            return true;
    return false;
}

/* ------------------------------------------------- the judge's note */

static void note(const struct json *v, struct buf *out);

static bool is_first_of_its_name(const struct json *object,
                                 const struct json *member)
{
    const struct json *m = object->first;

    while (!slice_equal(m->name, member->name))
        m = m->next;
    return m == member;
}

static void note_members(const struct json *object, struct buf *out)
{
    for (const struct json *m = object->first; m; m = m->next)
        if (is_first_of_its_name(object, m)) {
            jansson_note_string(out, m->name);
            note(json_find_slice(object, m->name), out);
        }
}

static void note_number(const struct json *v, struct buf *out)
{
    int64_t number;

    if (json_get_i64(v, &number))
        jansson_note_integer(out, number);
    else
        jansson_note_real(out, v->number);
}

static void note(const struct json *v, struct buf *out)
{
    switch (v->kind) {
    case JSON_OBJECT:
        buf_put_byte(out, '{');
        note_members(v, out);
        buf_put_byte(out, '}');
        break;
    case JSON_ARRAY:
        buf_put_byte(out, '[');
        for (const struct json *item = v->first; item; item = item->next)
            note(item, out);
        buf_put_byte(out, ']');
        break;
    case JSON_STRING:
        jansson_note_string(out, v->text);
        break;
    case JSON_NUMBER:
        note_number(v, out);
        break;
    case JSON_BOOL:
        buf_put_byte(out, v->is_true ? 't' : 'f');
        break;
    case JSON_NULL:
        buf_put_byte(out, 'n');
        break;
    }
}

/* ------------------------------------------------- the scanner's finds */

static bool is_kind(enum scan_kind kind, const struct json *v)
{
    static const enum json_kind kinds[] = {
        [SCAN_NULL] = JSON_NULL,     [SCAN_FALSE] = JSON_BOOL,
        [SCAN_TRUE] = JSON_BOOL,     [SCAN_NUMBER] = JSON_NUMBER,
        [SCAN_STRING] = JSON_STRING, [SCAN_ARRAY] = JSON_ARRAY,
        [SCAN_OBJECT] = JSON_OBJECT,
    };

    if (kind == SCAN_NONE || !v)
        return kind == SCAN_NONE && !v;
    return kinds[kind] == v->kind &&
           (v->kind != JSON_BOOL || v->is_true == (kind == SCAN_TRUE));
}

static void check_string(const struct scan_value *string, struct slice wanted,
                         struct buf *scratch)
{
    struct slice got;

    buf_reset(scratch);
    (void)buf_reserve(scratch, string->text.len);
    got = scan_string(string, scratch);
    broken_unless(slice_equal(got, wanted), "EN-14",
                  "%.*s says something else to each", (int)string->text.len,
                  (const char *)string->text.data);
}

/* Every string of a text, wherever it stands. */
static void check_strings(const struct json *v, struct buf *scratch)
{
    if (v->kind == JSON_STRING) {
        const struct scan_value string = {
            SCAN_STRING, v->source,
            memchr(v->source.data, '\\', v->source.len) != NULL};

        check_string(&string, v->text, scratch);
    }
    for (const struct json *in = v->first; in; in = in->next)
        check_strings(in, scratch);
}

static void check_found(const struct scan_member *wanted, size_t count,
                        const struct json *object, struct buf *scratch)
{
    for (size_t i = 0; i < count; i++) {
        const struct scan_member *w = &wanted[i];
        const struct json *v = json_find(object, w->name);

        broken_unless(w->count == json_count(object, w->name), "EN-7",
                      "\"%s\" is there %u times", w->name, w->count);
        broken_unless(is_kind(w->value.kind, v), "FR-10",
                      "\"%s\" is of another kind", w->name);
        if (!v)
            continue;
        broken_unless(w->value.text.data == v->source.data &&
                          w->value.text.len == v->source.len,
                      "EN-8", "\"%s\" stands elsewhere", w->name);
        if (v->kind == JSON_STRING)
            check_string(&w->value, v->text, scratch);
    }
}

static void check_members(struct slice text, const struct json *tree,
                          struct buf *scratch)
{
    struct scan_member in[] = {{.name = "a"}, {.name = ""}, {.name = "input"}};
    struct scan_member top[] = {
        {.name = "type"},
        {.name = "a"},
        {.name = ""},
        {.name = "payload", .inside = in, .inside_count = 3}};
    const char *why;
    bool is_found = scan_object(text, top, 4, &why);

    broken_unless(is_found == (tree->kind == JSON_OBJECT), "EN-11",
                  "is it an object?");
    if (!is_found)
        return;
    check_found(top, 4, tree, scratch);
    check_found(in, 3, json_find(tree, "payload"), scratch);
}

/* ------------------------------------------------- all three */

static void compare(struct slice text, struct arena *arena,
                    struct buf notes[static 2], struct buf *scratch)
{
    struct json_error error = {"", 0};
    const struct json *tree = NULL;
    struct jansson_note third = jansson_note(text, &notes[0]);
    const char *why = "";
    bool is_scanned = scan_text(text, &why),
         is_judged = json_parse(arena, text, BOUNDS_DEPTH_MAX, &tree, &error);

    broken_unless(is_scanned == is_judged, "FR-3",
                  "scanned: %s; judged: %s, at %zu", is_scanned ? "JSON" : why,
                  is_judged ? "JSON" : error.why, error.offset);
    if (!is_judged) {
        broken_unless(!third.is_read || third.depth > BOUNDS_DEPTH_MAX, "FR-3",
                      "jansson alone reads it: %s", why);
        return;
    }
    broken_unless(third.is_read == !is_beyond_jansson(tree), "EN-15",
                  "jansson %s it", third.is_read ? "reads" : "does not read");
    check_members(text, tree, scratch);
    check_strings(tree, scratch);
    if (!third.is_read)
        return;
    note(tree, &notes[1]);
    broken_unless(slice_equal(buf_slice(&notes[0]), buf_slice(&notes[1])),
                  "FR-3", "jansson sees something else in it");
}

static void run(struct slice input)
{
    struct arena arena = {0};
    struct buf notes[2], scratch;

    if (input.len > INPUT_MAX)
        return;
    buf_init(&notes[0], SIZE_MAX);
    buf_init(&notes[1], SIZE_MAX);
    buf_init(&scratch, SIZE_MAX);
    compare(input, &arena, notes, &scratch);
    arena_clear(&arena);
    buf_clear(&notes[0]);
    buf_clear(&notes[1]);
    buf_clear(&scratch);
}

const struct target target_differential = {
    .name = "differential",
    .promise = "Scanner, judge and jansson agree about what is JSON, where its "
               "members stand and what it says.",
    .rules = "FR-3 FR-10 EN-7 EN-8 EN-11 EN-14 EN-15",
    .setup = jansson_note_setup,
    .run = run,
};
