/* SPDX-License-Identifier: MIT */
/*
 * A descent over the text, one function for each thing the grammar of RFC 8259
 * names (strings are json_text's). Read it from json_parse() upwards.
 *
 * A refusal is noted once, with the place where the reader stood, and every
 * function above it just returns false. Strings are checked first and decoded
 * second: most have no escapes and are then borrowed from the text. Depth is
 * counted before the descent, so the caller's number bounds the stack.
 */
#include "conformance/json.h"

#include <float.h>
#include <stdlib.h>

#include "conformance/json_text.h"
#include "ref/base/xalloc.h"

struct parser {
    struct arena *arena; /* where the tree grows */
    struct slice text;   /* all of it, borrowed */
    size_t at;           /* where we stand */
    size_t depth;        /* containers open around us */
    size_t depth_max;    /* how many may be */
    size_t depth_built;  /* up to here what is in a container is built */
    size_t values;       /* built so far */
    const char *why;     /* static text once refused */
};

static bool refuse(struct parser *p, const char *why)
{
    p->why = why;
    return false;
}

/* The byte we stand on, or -1 behind the end. */
static int peek(const struct parser *p)
{
    return p->at < p->text.len ? p->text.data[p->at] : -1;
}

static bool take(struct parser *p, char wanted)
{
    if (peek(p) != wanted)
        return false;
    p->at++;
    return true;
}

static void skip_blanks(struct parser *p)
{
    int c = peek(p);

    while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        p->at++;
        c = peek(p);
    }
}

static struct slice rest(const struct parser *p)
{
    return slice_skip(p->text, p->at);
}

static struct slice since(const struct parser *p, size_t from)
{
    return slice_make(p->text.data + from, p->at - from);
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* `is_built` false: checked only, `*ret` is as written. */
static bool parse_string(struct parser *p, bool is_built, struct slice *ret)
{
    bool has_escapes;
    const char *why;

    if (!take(p, '"'))
        return refuse(p, "a string was expected");
    if (!json_text_check(rest(p), &ret->len, &has_escapes, &why)) {
        p->at += ret->len;
        return refuse(p, why);
    }
    ret->data = p->text.data + p->at;
    p->at += ret->len + 1;
    if (has_escapes && is_built)
        *ret = json_text_decode(p->arena, *ret);
    return true;
}

static bool skip_digits(struct parser *p)
{
    if (!is_digit(peek(p)))
        return refuse(p, "a digit was expected");
    while (is_digit(peek(p)))
        p->at++;
    return true;
}

static bool skip_number(struct parser *p)
{
    (void)take(p, '-');
    if (take(p, '0')) {
        if (is_digit(peek(p)))
            return refuse(p, "a number begins with a zero too many");
    } else if (!skip_digits(p)) {
        return false;
    }
    if (take(p, '.') && !skip_digits(p))
        return false;
    if (take(p, 'e') || take(p, 'E')) {
        if (!take(p, '+'))
            (void)take(p, '-');
        return skip_digits(p);
    }
    return true;
}

static double to_double(struct slice written)
{
    char near[64];
    char *text = near;
    double number;

    if (written.len >= sizeof near)
        text = xalloc(written.len + 1, 1);
    memcpy(text, written.data, written.len);
    text[written.len] = '\0';
    number = strtod(text, NULL);
    if (text != near)
        xalloc_free(text);
    return number;
}

static bool parse_number(struct parser *p, struct json *ret)
{
    size_t from = p->at;

    ret->kind = JSON_NUMBER;
    if (!skip_number(p))
        return false;
    ret->text = since(p, from);
    ret->number = to_double(ret->text);
    if (ret->number > DBL_MAX || ret->number < -DBL_MAX)
        return refuse(p, "a number is larger than any double");
    return true;
}

static bool parse_word(struct parser *p, struct json *ret)
{
    static const struct word {
        const char *text;    /* as it is written */
        enum json_kind kind; /* what it is */
        bool is_true;        /* and, of a bool, which */
    } words[] = {
        {"null", JSON_NULL, false},
        {"true", JSON_BOOL, true},
        {"false", JSON_BOOL, false},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!slice_starts(rest(p), slice_of(words[i].text)))
            continue;
        ret->kind = words[i].kind;
        ret->is_true = words[i].is_true;
        p->at += strlen(words[i].text);
        return true;
    }
    return refuse(p, "a value was expected");
}

static bool parse_value(struct parser *p, struct json *ret);

/* `"name" :` */
static bool parse_name(struct parser *p, bool is_built, struct slice *ret)
{
    skip_blanks(p);
    if (!parse_string(p, is_built, ret))
        return false;
    skip_blanks(p);
    return take(p, ':') || refuse(p, "a colon was expected");
}

/* One item or member, in memory only where the tree is built. */
static bool parse_item(struct parser *p, struct json *container,
                       const struct json ***end)
{
    bool is_built = p->depth <= p->depth_built;
    struct json scratch = {0};
    struct json *item = &scratch;

    if (is_built) {
        if (++p->values > JSON_VALUES_MAX)
            return refuse(p, "more values than we keep in memory");
        item = arena_new(p->arena, 1, sizeof *item);
    }
    if (container->kind == JSON_OBJECT && !parse_name(p, is_built, &item->name))
        return false;
    if (!parse_value(p, item))
        return false;
    if (is_built) {
        **end = item;
        *end = &item->next;
        container->count++;
    }
    return true;
}

static bool parse_container(struct parser *p, struct json *ret)
{
    bool is_object = take(p, '{');
    char closer = is_object ? '}' : ']';
    const struct json **end = &ret->first;

    ret->kind = is_object ? JSON_OBJECT : JSON_ARRAY;
    if (!is_object)
        (void)take(p, '[');
    if (++p->depth > p->depth_max)
        return refuse(p, "nested too deeply");
    skip_blanks(p);
    if (!take(p, closer)) {
        do {
            if (!parse_item(p, ret, &end))
                return false;
        } while (take(p, ','));
        if (!take(p, closer))
            return refuse(p, "a comma or an end was expected");
    }
    p->depth--;
    return true;
}

/* A value with the blanks around it. */
static bool parse_value(struct parser *p, struct json *ret)
{
    size_t from;
    int first;
    bool is_read;

    skip_blanks(p);
    from = p->at;
    first = peek(p);
    switch (first) {
    case '{':
    case '[':
        is_read = parse_container(p, ret);
        break;
    case '"':
        ret->kind = JSON_STRING;
        is_read = parse_string(p, p->depth <= p->depth_built, &ret->text);
        break;
    default:
        is_read = is_digit(first) || first == '-' ? parse_number(p, ret)
                                                  : parse_word(p, ret);
    }
    if (!is_read)
        return false;
    ret->source = since(p, from);
    skip_blanks(p);
    return true;
}

static bool parse(struct parser *p, const struct json **ret,
                  struct json_error *ret_error)
{
    struct json *root = arena_new(p->arena, 1, sizeof *root);
    bool is_read = parse_value(p, root);

    if (is_read && p->at < p->text.len)
        is_read = refuse(p, "something follows the value");
    if (ret_error)
        *ret_error = (struct json_error){p->why, p->at};
    if (is_read)
        *ret = root;
    return is_read;
}

bool json_parse(struct arena *arena, struct slice text, size_t depth_max,
                const struct json **ret, struct json_error *ret_error)
{
    struct parser p = {arena, text, .depth_max = depth_max,
                       .depth_built = SIZE_MAX};

    return parse(&p, ret, ret_error);
}

bool json_parse_shallow(struct arena *arena, struct slice text,
                        size_t depth_max, size_t levels,
                        const struct json **ret, struct json_error *ret_error)
{
    struct parser p = {arena, text, .depth_max = depth_max,
                       .depth_built = levels};

    return parse(&p, ret, ret_error);
}

bool json_is(const struct json *v, enum json_kind kind)
{
    return v && v->kind == kind;
}

const struct json *json_find_slice(const struct json *object, struct slice name)
{
    const struct json *found = NULL;

    if (!json_is(object, JSON_OBJECT))
        return NULL;
    for (const struct json *m = object->first; m; m = m->next)
        if (slice_equal(m->name, name))
            found = m;
    return found;
}

const struct json *json_find(const struct json *object, const char *name)
{
    return json_find_slice(object, slice_of(name));
}

size_t json_count(const struct json *object, const char *name)
{
    size_t count = 0;

    if (!json_is(object, JSON_OBJECT))
        return 0;
    for (const struct json *m = object->first; m; m = m->next)
        count += slice_equal(m->name, slice_of(name));
    return count;
}

const struct json *json_at(const struct json *array, size_t place)
{
    const struct json *item = json_is(array, JSON_ARRAY) ? array->first : NULL;

    while (item && place-- > 0)
        item = item->next;
    return item;
}

bool json_is_text(const struct json *v, const char *text)
{
    return json_is(v, JSON_STRING) && slice_equal(v->text, slice_of(text));
}

bool json_get_text(const struct json *v, struct slice *ret)
{
    if (!json_is(v, JSON_STRING))
        return false;
    *ret = v->text;
    return true;
}

bool json_get_bool(const struct json *v, bool *ret)
{
    if (!json_is(v, JSON_BOOL))
        return false;
    *ret = v->is_true;
    return true;
}

/* The digits of an integer that fits; a fraction or exponent is none. */
static bool magnitude(struct slice digits, uint64_t *ret)
{
    uint64_t number = 0;

    for (size_t i = 0; i < digits.len; i++) {
        uint64_t digit = (uint64_t)(digits.data[i] - '0');

        if (!is_digit(digits.data[i]) || number > (UINT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *ret = number;
    return true;
}

static bool is_negative(const struct json *number)
{
    return number->text.data[0] == '-';
}

/* Sign and size of an integer of up to 64 bits; zero has no sign. */
static bool integer(const struct json *v, bool *ret_is_negative, uint64_t *ret)
{
    if (!json_is(v, JSON_NUMBER) ||
        !magnitude(slice_skip(v->text, is_negative(v)), ret))
        return false;
    *ret_is_negative = is_negative(v) && *ret > 0;
    return true;
}

bool json_get_u64(const struct json *v, uint64_t *ret)
{
    bool negative;
    uint64_t size;

    if (!integer(v, &negative, &size) || negative)
        return false;
    *ret = size;
    return true;
}

bool json_get_i64(const struct json *v, int64_t *ret)
{
    bool negative;
    uint64_t size;

    if (!integer(v, &negative, &size) || size > (uint64_t)INT64_MAX + negative)
        return false;
    *ret = negative ? -(int64_t)(size - 1) - 1 : (int64_t)size;
    return true;
}

static bool same_numbers(const struct json *a, const struct json *b)
{
    bool a_negative, b_negative;
    uint64_t a_size, b_size;

    if (integer(a, &a_negative, &a_size) && integer(b, &b_negative, &b_size))
        return a_negative == b_negative && a_size == b_size;
    return a->number == b->number;
}

static bool same_items(const struct json *a, const struct json *b)
{
    const struct json *y = b->first;

    if (a->count != b->count)
        return false;
    for (const struct json *x = a->first; x; x = x->next, y = y->next)
        if (!json_same(x, y))
            return false;
    return true;
}

/* Every name of `a` is one of `b`. */
static bool names_within(const struct json *a, const struct json *b)
{
    for (const struct json *m = a->first; m; m = m->next)
        if (!json_find_slice(b, m->name))
            return false;
    return true;
}

static bool same_members(const struct json *a, const struct json *b)
{
    if (!names_within(b, a))
        return false;
    for (const struct json *m = a->first; m; m = m->next)
        if (json_find_slice(a, m->name) == m &&
            !json_same(m, json_find_slice(b, m->name)))
            return false;
    return true;
}

bool json_same(const struct json *a, const struct json *b)
{
    if (!a || !b || a->kind != b->kind)
        return a == b;
    switch (a->kind) {
    case JSON_BOOL:
        return a->is_true == b->is_true;
    case JSON_NUMBER:
        return same_numbers(a, b);
    case JSON_STRING:
        return slice_equal(a->text, b->text);
    case JSON_ARRAY:
        return same_items(a, b);
    case JSON_OBJECT:
        return same_members(a, b);
    case JSON_NULL:
        break;
    }
    return true;
}
