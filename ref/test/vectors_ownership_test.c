/* SPDX-License-Identifier: MIT */
/* Who owns what, and who may pass because of it? The vectors of
 * ownership.json. */
#include "ref/state/ownership.h"
#include "ref/model/resource_path.h"
#include "ref/test/vectors.h"

static void fill(void *self, uint8_t *bytes, size_t len)
{
    (void)self;
    memset(bytes, 7, len);
}

static void happen(struct ownership *book, const json_t *step)
{
    struct slice type = bytes_of(step, "type"), id = bytes_of(step, "id");
    struct failure f;

    assert_int_equal(json_object_size(step), 3);
    if (get(step, "record"))
        assert_true(
            ownership_record(book, bytes_of(step, "record"), type, id, &f));
    else if (json_is_true(get(step, "revoke")))
        assert_true(ownership_revoke(book, type, id, &f));
    else
        fail_msg("%s: neither record nor revoke", now.id);
}

/* The book after everything that a vector lists. */
static void open_book(struct ownership *book, const json_t *test)
{
    const struct entropy_source chance = {fill, NULL};
    json_t *history = tree_of(test, "history");

    ownership_init(book, &chance);
    for (size_t i = 0; i < json_array_size(history); i++)
        happen(book, json_array_get(history, i));
    json_decref(history);
}

/* All that it owns of a type, in whatever order. */
static void check_owned(struct strings *owned)
{
    json_t *wanted = tree_of(now.expect, "owned");
    bool is_same = json_array_size(wanted) == owned->count;

    for (size_t i = 0; i < json_array_size(wanted); i++)
        is_same = is_same &&
                  strings_has(owned, value_string(json_array_get(wanted, i)));
    check_that(is_same, "what is owned");
    json_decref(wanted);
    strings_clear(owned);
}

/* Does it own that resource, or any where none is named? */
static void run_question(const json_t *test, const json_t *params)
{
    struct slice type = bytes_of(test, "resource_type");
    struct access_owners owners;
    struct ownership book;
    struct identity who;
    struct strings owned;
    bool owns_any;

    (void)params;
    open_book(&book, test);
    owners = ownership_owners(&book);
    assert_true(identity_parse(bytes_of(test, "identity"), &who));
    owned = owners.owned(owners.self, &who, type);
    owns_any = owners.owns_any(owners.self, &who, type);
    check_that(owns_any == (owned.count > 0), "whether it owns any");
    check_verdict(json_is_string(get(test, "resource_id"))
                      ? owners.owns(owners.self, &who, type,
                                    bytes_of(test, "resource_id"),
                                    text_or_none(test, "action"))
                      : owns_any);
    check_owned(&owned);
    identity_clear(&who);
    ownership_clear(&book);
}

/* May it pass, where the call is about the resource in its input? */
static bool passes(const json_t *test, const struct access *access,
                   const struct identity *who,
                   const struct access_owners *owners)
{
    json_t *input = tree_of(test, "input");
    struct slice path = text_or_none(test, "path");
    struct access_resource resource = {.owners = owners,
                                       .is_named = path.data != NULL};
    struct buf why;
    bool is_passing;

    assert_non_null(input);
    buf_init(&why, 1000);
    if (resource.is_named)
        resource.id = resource_path_find(path, input);
    is_passing = access_check(access, who, resource, &why);
    buf_clear(&why);
    json_decref(input);
    return is_passing;
}

static void run_access(const json_t *test, const json_t *params)
{
    bool is_kept = json_is_string(get(test, "history"));
    json_t *tree = tree_of(test, "access");
    struct identity who = {.resources = NULL};
    struct access_owners owners;
    struct ownership book;
    struct access access;
    struct failure f;
    bool is_somebody;

    (void)params;
    open_book(&book, test);
    owners = ownership_owners(&book);
    assert_true(access_read(tree, &access, &f));
    is_somebody = json_is_string(get(test, "identity"));
    if (is_somebody)
        assert_true(identity_parse(bytes_of(test, "identity"), &who));
    check_verdict(passes(test, &access, is_somebody ? &who : NULL,
                         is_kept ? &owners : NULL));
    access_clear(&access);
    identity_clear(&who);
    ownership_clear(&book);
    json_decref(tree);
}

static const struct vectors_runner runners[] = {
    {"ownership", run_question,
     "history identity resource_type resource_id action", "owned"},
    {"access_owned", run_access, "access identity history path input", ""},
};

static void owners_are_known_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("ownership.json", runners, T_COUNT(runners));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(owners_are_known_as_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
