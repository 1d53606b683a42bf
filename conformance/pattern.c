/* SPDX-License-Identifier: MIT */
/* Matching segment by segment, and files that hold patterns. */
#include "conformance/pattern.h"

#include "conformance/file.h"

#include <stdio.h>

#include "conformance/json.h"
#include "ref/base/buf.h"

#define WORD_MAX 128

/* `*` is any run of characters. */
static bool glob(struct slice pattern, struct slice text)
{
    while (pattern.len > 0 && pattern.data[0] != '*') {
        if (text.len == 0 || text.data[0] != pattern.data[0])
            return false;
        pattern = slice_skip(pattern, 1);
        text = slice_skip(text, 1);
    }
    if (pattern.len == 0)
        return text.len == 0;
    for (size_t n = 0; n <= text.len; n++) {
        if (glob(slice_skip(pattern, 1), slice_skip(text, n)))
            return true;
    }
    return false;
}

static struct slice take_until(struct slice *text, char end)
{
    const uint8_t *hit = text->len ? memchr(text->data, end, text->len) : NULL;
    struct slice head =
        slice_head(*text, hit ? (size_t)(hit - text->data) : text->len);

    *text = slice_skip(*text, head.len + (hit ? 1 : 0));
    return head;
}

/* A pattern that ends early means all that lies below. */
static bool segments_match(struct slice pattern, struct slice id)
{
    while (pattern.len > 0) {
        struct slice segment = take_until(&pattern, '.');

        if (slice_equal(segment, slice_of("**"))) {
            for (;;) {
                if (segments_match(pattern, id))
                    return true;
                if (id.len == 0)
                    return false;
                (void)take_until(&id, '.');
            }
        }
        if (id.len == 0 || !glob(segment, take_until(&id, '.')))
            return false;
    }
    return true;
}

static bool axes_match(struct slice axes, const struct instance *i)
{
    while (axes.len > 0) {
        struct slice value = take_until(&axes, ',');
        struct slice name = take_until(&value, '=');
        const char *actual = instance_axis(i, name);

        if (!actual || !glob(value, slice_of(actual)))
            return false;
    }
    return true;
}

static bool rule_matches(struct slice pattern, const struct instance *i)
{
    struct slice words = slice_of(i->of->rules);
    struct slice rule;

    while ((rule = case_word(&words)).len > 0) {
        if (glob(pattern, rule))
            return true;
    }
    return false;
}

bool pattern_means(const char *text, const struct instance *i)
{
    struct slice axes = slice_of(text);
    struct slice id;

    if (strncmp(text, "rule:", 5) == 0)
        return rule_matches(slice_of(text + 5), i);
    id = take_until(&axes, '@');
    return segments_match(id, slice_of(i->of->id)) && axes_match(axes, i);
}

bool pattern_matches(struct pattern *list, const struct instance *i)
{
    bool matches = false;

    for (struct pattern *p = list; p; p = p->next) {
        if (pattern_means(p->text, i)) {
            p->has_matched = true;
            matches = true;
        }
    }
    return matches;
}

/* --- files */

static void add(struct arena *arena, struct pattern **list, const char *text,
                const char *source)
{
    struct pattern *p = arena_new(arena, 1, sizeof *p);

    p->text = text;
    p->source = source;
    p->next = *list;
    *list = p;
}

static bool is_failure(const struct json *v)
{
    static const char *const bad[] = {
        "FAIL", "WARN", "CRASH", "TIMEOUT", "UNTESTABLE", "NONDET", "HARNESS"};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (json_is_text(v, bad[i]))
            return true;
    }
    return false;
}

/* A line of an earlier run's log: the instance that went wrong, or NULL. */
static const char *failed_in(struct arena *arena, struct slice line)
{
    const struct json *tree = NULL;
    struct slice name;

    if (!json_parse(arena, line, JSON_DEPTH_MAX, &tree, NULL) ||
        !is_failure(json_find(tree, "verdict")) ||
        !json_get_text(json_find(tree, "instance"), &name))
        return NULL;
    return (const char *)arena_copy(arena, name).data;
}

static const char *plain_line(struct arena *arena, struct slice line)
{
    while (line.len > 0 && line.data[line.len - 1] <= ' ')
        line = slice_head(line, line.len - 1);
    if (line.len == 0 || line.data[0] == '#')
        return NULL;
    return (const char *)arena_copy(arena, line).data;
}

static bool add_file(struct arena *arena, struct pattern **list,
                     const char *path, bool is_log, struct failure *ret_failure)
{
    size_t before = 0;
    struct slice text;

    if (!file_read(arena, path, &text, ret_failure))
        return false;
    while (text.len > 0) {
        struct slice line = take_until(&text, '\n');
        const char *found =
            is_log ? failed_in(arena, line) : plain_line(arena, line);

        if (found) {
            add(arena, list, found, path);
            before++;
        }
    }
    if (before == 0)
        return failure_say(ret_failure, "%s names no instance", path);
    return true;
}

bool pattern_add(struct arena *arena, struct pattern **list, const char *text,
                 struct failure *ret_failure)
{
    if (strncmp(text, "failed:", 7) == 0)
        return add_file(arena, list, text + 7, true, ret_failure);
    if (text[0] == '@' && !strchr(text, '='))
        return add_file(arena, list, text + 1, false, ret_failure);
    add(arena, list, text, NULL);
    return true;
}

/* --- nearness */

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

size_t pattern_distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1];
    size_t len = strlen(b) > WORD_MAX ? WORD_MAX : strlen(b);

    for (size_t j = 0; j <= len; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t corner = row[0];

        row[0] = i + 1;
        for (size_t j = 1; j <= len; j++) {
            size_t above = row[j];

            row[j] =
                least(above + 1, row[j - 1] + 1, corner + (a[i] != b[j - 1]));
            corner = above;
        }
    }
    return row[len];
}
