/* SPDX-License-Identifier: MIT */
/* See resource_path.h. The path is walked as it is written; nothing is made of
 * it beforehand. */
#include "ref/model/resource_path.h"

#define DIGITS_MAX 9 /* of an index: more than any list has */

bool resource_path_is_valid(struct slice path)
{
    return path.len > 0 && path.data[0] == '$' &&
           !memchr(path.data, '\0', path.len);
}

/* One name of the path, in which "~1" and "~0" count as what they stand for. */
static bool is_named(struct slice segment, const char *name)
{
    size_t i = 0;

    for (; i < segment.len && *name; i++, name++) {
        char c = (char)segment.data[i];

        if (c == '~' && i + 1 < segment.len &&
            (segment.data[i + 1] == '0' || segment.data[i + 1] == '1'))
            c = segment.data[++i] == '0' ? '~' : '/';
        if (c != *name)
            return false;
    }
    return i == segment.len && !*name;
}

static const json_t *member(const json_t *object, struct slice segment)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        if (is_named(segment, name))
            return value;
    }
    return NULL;
}

/* An index is written without zeros in front. */
static const json_t *element(const json_t *list, struct slice segment)
{
    size_t index = 0;

    if (segment.len == 0 || segment.len > DIGITS_MAX ||
        (segment.len > 1 && segment.data[0] == '0'))
        return NULL;
    for (size_t i = 0; i < segment.len; i++) {
        if (segment.data[i] < '0' || segment.data[i] > '9')
            return NULL;
        index = 10 * index + (segment.data[i] - (size_t)'0');
    }
    return json_array_get(list, index);
}

/* Up to the next separator; `is_pointer`: dots are none. */
static size_t segment_end(struct slice path, bool is_pointer)
{
    size_t end = 0;

    while (end < path.len && path.data[end] != '/' &&
           (is_pointer || path.data[end] != '.'))
        end++;
    return end;
}

struct slice resource_path_find(struct slice path, const json_t *input)
{
    struct slice rest = slice_skip(path, 1);
    bool is_pointer = rest.len > 0 && rest.data[0] == '/';

    if (rest.len == 0)
        return slice_make(NULL, 0);
    if (is_pointer || rest.data[0] == '.')
        rest = slice_skip(rest, 1);
    for (;;) {
        size_t end = segment_end(rest, is_pointer);
        struct slice segment = slice_head(rest, end);

        input = json_is_array(input) ? element(input, segment)
                                     : member(input, segment);
        if (end == rest.len)
            break;
        rest = slice_skip(rest, end + 1);
    }
    return json_is_string(input) ? value_string(input) : slice_make(NULL, 0);
}
