/* SPDX-License-Identifier: MIT */
/*
 * Texts go in and out by one table, so that what is written is what is wanted
 * when it is read again. How one is made is in bundle_make.c.
 */
#include "conformance/bundle.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "conformance/file.h"
#include "conformance/json_out.h"
#include "reports/text.h"

#define AT(member) offsetof(struct bundle, member)

static const struct field {
    const char *name; /* in the file */
    size_t at;        /* in the struct */
} texts[] = {
    {"suite", AT(suite)},       {"suite_digest", AT(suite_digest)},
    {"spec", AT(spec)},         {"spec_digest", AT(spec_digest)},
    {"testee", AT(command)},    {"name", AT(name)},
    {"version", AT(version)},   {"language", AT(language)},
    {"instance", AT(instance)}, {"signature", AT(signature)},
    {"expected", AT(expected)}, {"observed", AT(observed)},
    {"trace_hash", AT(hash)},
};

/* How every file begins: then come the digest of all behind it, and the rest.
 * A bundle that was changed, by hand or by a bad disk, is not believed. */
#define HEAD "{\"format\":\"" BUNDLE_FORMAT "\",\"digest\":\""
#define HEAD_LEN (sizeof HEAD - 1 + TRANSCRIPT_HASH_LEN - 1 + 2)

#define TEXTS_COUNT (sizeof texts / sizeof texts[0])

const char *bundle_path(struct arena *arena, const char *dir,
                        const struct bundle *b)
{
    return arena_text(arena, "%s/%.*s.%" PRIu64 ".bundle", dir,
                      (int)b->instance.len, (const char *)b->instance.data,
                      b->seed);
}

/* --- writing */

static void put_script(struct json_out *out, const struct bundle *b)
{
    json_out_array(out, "script");
    for (size_t i = 0; i < b->script_count; i++)
        json_out_text(out, NULL, b->script[i]);
    json_out_end(out);
}

static void put_axes(struct json_out *out, struct slice instance)
{
    size_t at = slice_find(instance, slice_of("@"));
    struct slice rest = slice_skip(instance, at + (at < instance.len));

    json_out_object(out, "axes");
    while (rest.len > 0) {
        size_t end = slice_find(rest, slice_of(","));
        size_t is = slice_find(slice_head(rest, end), slice_of("="));
        char name[32];

        (void)snprintf(name, sizeof name, "%.*s", (int)is,
                       (const char *)rest.data);
        json_out_text(out, name, slice_skip(slice_head(rest, end), is + 1));
        rest = slice_skip(rest, end + (end < rest.len));
    }
    json_out_end(out);
}

/* All but its head. */
static void print(struct buf *buf, const struct bundle *b)
{
    size_t id_len = slice_find(b->instance, slice_of("@"));
    struct json_out out;
    char seed[32];

    (void)snprintf(seed, sizeof seed, "%" PRIu64, b->seed);
    json_out_begin(&out, buf);
    for (size_t i = 0; i < TEXTS_COUNT; i++)
        json_out_text(&out, texts[i].name,
                      *(const struct slice *)((const char *)b + texts[i].at));
    json_out_text(&out, "seed", slice_of(seed));
    json_out_text(&out, "case", slice_head(b->instance, id_len));
    put_axes(&out, b->instance);
    put_script(&out, b);
    if (b->dialogue)
        json_out_value(&out, "dialogue", b->dialogue);
    json_out_end(&out);
    buf_put(buf, "\n");
}

bool bundle_write(const struct bundle *b, const char *path,
                  struct failure *ret_failure)
{
    char hash[TRANSCRIPT_HASH_LEN];
    bool is_written;
    struct buf body, file;

    buf_init(&body, SIZE_MAX / 2);
    buf_init(&file, SIZE_MAX / 2);
    print(&body, b);
    buf_consume(&body, 1);
    transcript_digest(buf_slice(&body), hash);
    buf_put(&file, HEAD);
    buf_put(&file, hash);
    buf_put(&file, "\",");
    buf_put_slice(&file, buf_slice(&body));
    is_written = text_save(path, buf_slice(&file), ret_failure);
    buf_clear(&body);
    buf_clear(&file);
    return is_written;
}

/* --- reading */

static bool read_texts(const struct json *tree, struct bundle *b,
                       struct failure *ret_failure)
{
    for (size_t i = 0; i < TEXTS_COUNT; i++) {
        struct slice *place = (struct slice *)((char *)b + texts[i].at);

        if (!json_get_text(json_find(tree, texts[i].name), place))
            return failure_say(ret_failure, "it lacks the text `%s`",
                               texts[i].name);
    }
    return true;
}

static bool read_seed(const struct json *tree, uint64_t *ret)
{
    struct slice text;
    char *end;

    if (!json_get_text(json_find(tree, "seed"), &text) || text.len == 0 ||
        text.len > 20 || text.data[0] < '0' || text.data[0] > '9')
        return false;
    *ret = strtoull((const char *)text.data, &end, 10);
    return end == (const char *)text.data + text.len;
}

static bool read_script(struct arena *arena, const struct json *tree,
                        struct bundle *b)
{
    const struct json *lines = json_find(tree, "script");
    struct slice *script;

    if (!json_is(lines, JSON_ARRAY) || lines->count == 0)
        return false;
    script = arena_new(arena, lines->count, sizeof *script);
    for (const struct json *v = lines->first; v; v = v->next)
        if (!json_get_text(v, &script[b->script_count++]))
            return false;
    b->script = script;
    return true;
}

static bool read_tree(struct arena *arena, const struct json *tree,
                      struct bundle *b, struct failure *ret_failure)
{
    if (!json_is_text(json_find(tree, "format"), BUNDLE_FORMAT))
        return failure_say(ret_failure, "its `format` is not " BUNDLE_FORMAT);
    if (!read_texts(tree, b, ret_failure))
        return false;
    if (!read_seed(tree, &b->seed))
        return failure_say(ret_failure, "its `seed` is no number in a text");
    if (!read_script(arena, tree, b))
        return failure_say(ret_failure, "its `script` is no list of lines");
    b->dialogue = json_find(tree, "dialogue");
    return true;
}

static bool is_untouched(struct slice text, const struct json *tree)
{
    char hash[TRANSCRIPT_HASH_LEN];

    if (text.len < HEAD_LEN)
        return false;
    transcript_digest(slice_skip(text, HEAD_LEN), hash);
    return json_is_text(json_find(tree, "digest"), hash);
}

bool bundle_read(struct arena *arena, const char *path, struct bundle *ret,
                 struct failure *ret_failure)
{
    const struct json *tree = NULL;
    struct slice text;

    *ret = (struct bundle){0};
    if (!file_read(arena, path, &text, ret_failure))
        return false;
    if (!json_parse(arena, text, JSON_DEPTH_MAX, &tree, NULL))
        return failure_say(ret_failure, "%s is no bundle: it is no JSON", path);
    if (!read_tree(arena, tree, ret, ret_failure))
        return failure_wrap(ret_failure, "%s is no bundle: ", path);
    if (!is_untouched(text, tree))
        return failure_say(ret_failure,
                           "%s was changed after it was written: its `digest` "
                           "does not fit",
                           path);
    return true;
}
