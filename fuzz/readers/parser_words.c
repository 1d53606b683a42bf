/* SPDX-License-Identifier: MIT */
/*
 * Words: names of operations, fingerprints, hashes of tokens, paths to
 * resources, command lines. Each has a form that is said in a line or two, and
 * is asked whether it is that form.
 */
#include "fuzz/readers/parser.h"

#include "conformance/words.h"
#include "fuzz/broken.h"
#include "ref/bin/options.h"
#include "ref/model/fingerprint.h"
#include "ref/model/resource_path.h"
#include "ref/model/spec.h"
#include "ref/model/token.h"

/* [OP-1, OP-5] One slash goes, and nothing else. */
static void run_name(struct slice input)
{
    bool has_slash = input.len > 0 && input.data[0] == '/';
    struct slice name = spec_name_of(input), space = spec_namespace_of(input);

    broken_unless(slice_equal(name, slice_skip(input, has_slash)), "OP-5",
                  "more than one slash goes, or less");
    broken_unless(
        slice_starts(input, space) &&
            (space.len == input.len || input.data[space.len] == '/') &&
            (!space.len || !memchr(space.data, '/', space.len)),
        "OS-4", "a namespace ends elsewhere");
}

/* The word and 64 lower-case digits. */
static bool is_spelt(struct slice text, const char *word)
{
    size_t len = strlen(word);
    bool is_good = text.len == len + 64 && memcmp(text.data, word, len) == 0;

    for (size_t i = len; is_good && i < text.len; i++)
        is_good = (text.data[i] >= '0' && text.data[i] <= '9') ||
                  (text.data[i] >= 'a' && text.data[i] <= 'f');
    return is_good;
}

static void run_digits(struct slice input)
{
    struct token_hash hash = token_hash_of(input);
    struct fingerprint f = fingerprint_of(input);

    broken_unless(token_hash_is_valid(input) == is_spelt(input, "sha256:"),
                  "PI-6", "is it a token's hash?");
    broken_unless(fingerprint_is_valid(input) == (is_spelt(input, "ed25519:") ||
                                                  is_spelt(input, "SHA256:")),
                  "FP-4", "is it a fingerprint?");
    broken_unless(is_spelt(token_hash_slice(&hash), "sha256:"), "PI-6",
                  "a hash is written in another form");
    broken_unless(fingerprint_is_valid(fingerprint_slice(&f)), "FP-2",
                  "a fingerprint is written in another form");
}

/* ------------------------------------------------- a path and its input */

#define SEGMENT_MAX 256

/* "~1" is a slash and "~0" a tilde, from the left. */
static const json_t *step(const json_t *v, struct slice segment)
{
    char name[SEGMENT_MAX + 1];
    size_t len = 0, index = 0;

    for (size_t i = 0; i < segment.len; i++) {
        bool is_escape = segment.data[i] == '~' && i + 1 < segment.len &&
                         (segment.data[i + 1] | 1) == '1';

        name[len++] =
            is_escape ? "~/"[segment.data[++i] - '0'] : (char)segment.data[i];
    }
    name[len] = '\0';
    if (json_is_object(v))
        return strlen(name) == len ? json_object_get(v, name) : NULL;
    if (segment.len == 0 || segment.len > 9 ||
        (segment.len > 1 && segment.data[0] == '0'))
        return NULL;
    for (size_t i = 0; i < segment.len; i++) {
        if (segment.data[i] < '0' || segment.data[i] > '9')
            return NULL;
        index = index * 10 + (size_t)(segment.data[i] - '0');
    }
    return json_array_get(v, index);
}

/* [RP-2] Behind "$": "/a/b", or names with dots and slashes between. */
static const json_t *walk(struct slice path, const json_t *v)
{
    struct slice rest = slice_skip(path, 1);
    bool is_pointer = rest.len && rest.data[0] == '/';

    if (rest.len == 0)
        return NULL;
    if (is_pointer || rest.data[0] == '.')
        rest = slice_skip(rest, 1);
    for (;;) {
        size_t end = 0;

        while (end < rest.len && rest.data[end] != '/' &&
               (is_pointer || rest.data[end] != '.'))
            end++;
        v = step(v, slice_head(rest, end));
        if (end == rest.len)
            return v;
        rest = slice_skip(rest, end + 1);
    }
}

/* The path on the first line, the input behind it. */
static void run_path(struct slice input)
{
    struct slice text, path = parser_first_line(input, &text), found;
    bool is_path = path.len > 0 && path.data[0] == '$' &&
                   !memchr(path.data, '\0', path.len);
    struct failure why = {""};
    const json_t *wanted;
    json_t *tree;

    broken_unless(resource_path_is_valid(path) == is_path, "RP-1",
                  "is it a path?");
    if (!is_path || path.len > SEGMENT_MAX)
        return;
    tree = value_parse(text, &why);
    found = resource_path_find(path, tree);
    wanted = walk(path, tree);
    broken_unless(!found.data == !json_is_string(wanted), "RP-3", "an id is %s",
                  found.data ? "found" : "not found");
    broken_unless(!found.data || slice_equal(found, value_string(wanted)),
                  "RP-3", "another id is found");
    json_decref(tree);
}

/* ------------------------------------------------- command lines */

static int count_of(char **words)
{
    int count = 0;

    while (words[count])
        count++;
    return count;
}

static void read_options(char **words)
{
    const char *addr = NULL, *pin = NULL, *many[OPTIONS_MANY_MAX] = {NULL};
    struct failure why = {""};
    bool is_flag = false;
    uint64_t number;
    const struct options_word known[] = {
        {"ADDR", OPTIONS_ONCE, NULL, &addr},
        {"--pin", OPTIONS_MAYBE, NULL, &pin},
        {"--dial", OPTIONS_MANY, NULL, many},
        {"--json", OPTIONS_MAYBE, &is_flag, NULL},
    };

    if (!options_read(count_of(words), words, 0, known, 4, &why))
        parser_expect_sentence(&why, "options");
    else if (pin && !options_milliseconds("--pin", pin, &number, &why))
        parser_expect_sentence(&why, "milliseconds");
    else if (pin && !options_count("--pin", pin, &number, &why))
        parser_expect_sentence(&why, "count");
}

/* Put together and split again they are the same words. */
static void run_command(struct slice input)
{
    struct arena arena = {NULL, 0};
    struct failure why = {""};
    struct slice text = arena_copy(&arena, input);
    char **words = words_split(&arena, (const char *)text.data, &why);
    char **again = words;

    if (words) {
        again = words_split(&arena, words_join(&arena, words), &why);
        for (int i = 0; words[i] || (again && again[i]); i++)
            broken_unless(again && words[i] && again[i] &&
                              strcmp(words[i], again[i]) == 0,
                          PARSER_OURS,
                          "a command line is put together otherwise");
        read_options(words);
    } else {
        parser_expect_sentence(&why, "command line");
    }
    arena_clear(&arena);
}

const struct parser parser_words[] = {
    {"operation's name", run_name},
    {"fingerprint, token", run_digits},
    {"resource path", run_path},
    {"command line", run_command},
    {NULL, NULL},
};
