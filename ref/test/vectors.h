/* SPDX-License-Identifier: MIT */
/*
 * What the tests that run vectors share: the vector at hand, how a difference
 * is told, the bytes that a vector stands for, and the run over a file. A test
 * has one runner for each type of group in its file; how the files are made up
 * is told by vectors/README.md.
 *
 * A vector that differs is printed with its id and its comment, and the test
 * fails at the end of the file. Where the specification leaves it open
 * (verdict "either"), `ours` says what this reference does, and that is
 * checked too.
 */
#ifndef REF_TEST_VECTORS_H
#define REF_TEST_VECTORS_H

#include "ref/model/identity.h"
#include "ref/model/peer_ref.h"
#include "ref/test/t.h"
#include "vectors/vectors.h"

/* The vector at hand, and what was counted in its file. */
static struct {
    size_t run;
    size_t differ;
    const char *id;
    const char *comment;
    const json_t *expect;
} now;

/* Runs the vectors of one type of group. A member that it does not look at is
 * none that it may pass over: a later version may mean something by it. */
struct vectors_runner {
    const char *type;
    void (*run)(const json_t *test, const json_t *params);
    const char *inputs;  /* the members of a test that it looks at … */
    const char *answers; /* … and of its `expect`; blanks between them */
};

static inline const json_t *get(const json_t *object, const char *name)
{
    return json_object_get(object, name);
}

static inline const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(get(object, name));

    return text ? text : "";
}

/* A string member's bytes, NULs and all. */
static inline struct slice bytes_of(const json_t *object, const char *name)
{
    return value_string(get(object, name));
}

/* The same; data NULL where the member is null. */
static inline struct slice text_or_none(const json_t *object, const char *name)
{
    return json_is_string(get(object, name)) ? bytes_of(object, name)
                                             : slice_make(NULL, 0);
}

/* The tree of a JSON text in a member; NULL where the member is null or where
 * jansson finds no JSON. The caller's. */
static inline json_t *tree_of(const json_t *object, const char *name)
{
    struct failure ignored;

    return json_is_string(get(object, name))
               ? value_parse(bytes_of(object, name), &ignored)
               : NULL;
}

/* Whose operation a vector asks for: that peer's, or anybody's (null). */
static inline struct peer_ref peer_of(const json_t *test)
{
    return (struct peer_ref){text_or_none(test, "peer")};
}

static inline void differs(const char *way, const char *what)
{
    print_error("%s (%s): %s differs - %s\n", now.id, way, what, now.comment);
    now.differ++;
}

static inline void check_that(bool is_so, const char *what)
{
    if (!is_so)
        differs("read", what);
}

/* What is expected of us: the verdict, or `ours` where that is open. */
static inline const char *verdict_of_ours(void)
{
    const char *verdict = text_of(now.expect, "verdict");

    return strcmp(verdict, "either") == 0 ? text_of(now.expect, "ours")
                                          : verdict;
}

/* Taken or refused, as expected? */
static inline void check_verdict(bool is_accepted)
{
    check_that(strcmp(verdict_of_ours(), is_accepted ? "accept" : "reject") ==
                   0,
               "the verdict");
}

static inline void add_hex(struct buf *out, const char *digits, size_t times)
{
    struct slice bytes = t_unhex(digits);

    for (size_t i = 0; i < times; i++)
        buf_put_slice(out, bytes);
    t_free(bytes);
}

/* Bytes in hex, or the steps that make them. */
static inline void make(const json_t *v, struct buf *out)
{
    const json_t *steps = get(v, "gen");

    if (json_is_string(v)) {
        add_hex(out, json_string_value(v), 1);
        return;
    }
    assert_true(json_is_array(steps));
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *step = json_array_get(steps, i);
        const char *kind = json_string_value(json_array_get(step, 0));
        const char *digits = json_string_value(json_array_get(step, 1));
        json_int_t times = json_integer_value(json_array_get(step, 2));

        assert_true(strcmp(kind, "hex") == 0 || strcmp(kind, "rep") == 0);
        add_hex(out, digits, strcmp(kind, "hex") == 0 ? 1 : (size_t)times);
    }
}

/* Two JSON texts that say the same: as written, or as trees. jansson refuses a
 * few good texts; those have to be the same as written. */
static inline bool is_same_json(struct slice a, struct slice b)
{
    struct failure ignored;
    json_t *left, *right;
    bool is_same = slice_equal(a, b);

    if (is_same)
        return true;
    left = value_parse(a, &ignored);
    right = value_parse(b, &ignored);
    is_same = left && right && json_equal(left, right);
    json_decref(left);
    json_decref(right);
    return is_same;
}

/* Is it one of these words, which have blanks between them? */
static inline bool is_word(const char *words, const char *word)
{
    size_t len = strlen(word);

    for (; *words; words += strcspn(words, " "), words += *words == ' ')
        if (strcspn(words, " ") == len && memcmp(words, word, len) == 0)
            return true;
    return false;
}

/* Does each member of `object` stand among one of these words? */
static inline void check_members(const json_t *object, const char *words,
                                 const char *more)
{
    const char *name;
    json_t *ignored;

    json_object_foreach((json_t *)(uintptr_t)object, name, ignored)
    {
        if (!is_word(words, name) && !is_word(more, name))
            fail_msg("%s: nobody looks at the member %s", now.id, name);
    }
}

static inline void run_vector(const json_t *test, const json_t *params,
                              const struct vectors_runner *runner)
{
    now.id = text_of(test, "id");
    now.comment = text_of(test, "comment");
    now.expect = get(test, "expect");
    now.run++;
    check_members(test, "id comment rules level flags expect twin importance",
                  runner->inputs);
    check_members(now.expect, "verdict ours", runner->answers);
    runner->run(test, params);
}

static inline void run_group(const json_t *group,
                             const struct vectors_runner *runners, size_t count)
{
    const json_t *tests = get(group, "tests");
    size_t type = 0;

    while (type < count &&
           strcmp(runners[type].type, text_of(group, "type")) != 0)
        type++;
    assert_true(type < count); /* a later version may mean more */
    for (size_t i = 0; i < json_array_size(tests); i++)
        run_vector(json_array_get(tests, i), get(group, "params"),
                   &runners[type]);
}

/* Is it the identity that is expected, or nobody (NULL) where none is? */
static inline void check_identity(const struct identity *who)
{
    struct buf text;

    check_verdict(who != NULL);
    if (!who)
        return;
    buf_init(&text, 1000);
    assert_true(identity_print(who, &text));
    check_that(is_same_json(buf_slice(&text), bytes_of(now.expect, "identity")),
               "the identity");
    buf_clear(&text);
}

/* Does the sentence of a refusal begin with the member that is expected, or
 * name none where the whole is refused? */
static inline void check_member(const struct failure *f)
{
    const char *member = text_of(now.expect, "member");
    const char *colon = strchr(f->sentence, ':');
    size_t len = strlen(member);

    check_that(*member ? strncmp(f->sentence, member, len) == 0 &&
                             f->sentence[len] == ':'
                       : colon == NULL,
               "the member");
}

/* Was a list of peers or keys taken or refused as expected, and does the
 * sentence name the place, as "peer 0: member: "? */
static inline void check_list(bool is_good, const char *word,
                              const struct failure *f)
{
    const json_t *index = get(now.expect, word);
    const char *member = text_of(now.expect, "member");
    char place[100] = "expected a list";

    check_verdict(is_good);
    if (is_good)
        return;
    if (json_is_integer(index))
        snprintf(place, sizeof place, "%s %d: %s%s", word,
                 (int)json_integer_value(index), member, *member ? ": " : "");
    check_that(strncmp(f->sentence, place, strlen(place)) == 0, "the place");
}

/* Runs every vector of a file. */
static inline void run_file(const char *name,
                            const struct vectors_runner *runners, size_t count)
{
    const struct vectors_file *file = vectors_files;
    const json_t *groups;
    struct failure f;
    json_t *tree;

    while (strcmp(file->name, name) != 0)
        assert_true(++file < vectors_files + vectors_files_count);
    tree = value_parse(slice_make(file->data, file->len), &f);
    if (!tree)
        fail_msg("%s: %s", name, f.sentence);
    now.run = now.differ = 0;
    groups = get(tree, "groups");
    assert_string_equal(text_of(tree, "schema"), "vectors/1");
    for (size_t i = 0; i < json_array_size(groups); i++)
        run_group(json_array_get(groups, i), runners, count);
    assert_int_equal(now.run, json_integer_value(get(tree, "numberOfTests")));
    print_message("%zu vectors of %s\n", now.run, name);
    json_decref(tree);
    assert_int_equal(now.differ, 0);
}

#endif
