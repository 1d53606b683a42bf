/* SPDX-License-Identifier: MIT */
/* Who owns what: what is written down, struck out, and read through the seam
 * that the checks of a call look through. */
#include "ref/state/ownership.h"
#include "ref/base/bounds.h"
#include "ref/test/t.h"

static struct ownership book;
static struct failure failure;

static void fill(void *self, uint8_t *bytes, size_t len)
{
    (void)self;
    memset(bytes, 7, len);
}

static int open_book(void **state)
{
    const struct entropy_source chance = {fill, NULL};

    (void)state;
    ownership_init(&book, &chance);
    return 0;
}

static int close_book(void **state)
{
    (void)state;
    ownership_clear(&book);
    return 0;
}

/* -------------------------------------------------------------- helpers */

static void record(const char *owner, const char *type, const char *id)
{
    assert_true(ownership_record(&book, slice_of(owner), slice_of(type),
                                 slice_of(id), &failure));
}

static void revoke(const char *type, const char *id)
{
    assert_true(
        ownership_revoke(&book, slice_of(type), slice_of(id), &failure));
}

static struct identity named(const char *id)
{
    return (struct identity){.id = slice_of(id)};
}

static bool owns(const char *who, const char *type, const char *id)
{
    struct access_owners seam = ownership_owners(&book);
    const struct identity identity = named(who);

    return seam.owns(seam.self, &identity, slice_of(type), slice_of(id),
                     slice_make(NULL, 0));
}

static bool owns_any(const char *who, const char *type)
{
    struct access_owners seam = ownership_owners(&book);
    const struct identity identity = named(who);

    return seam.owns_any(seam.self, &identity, slice_of(type));
}

/* So many, and all of them are of the list. */
static void owned_are(const char *who, const char *type, size_t count,
                      const char *const *ids)
{
    struct access_owners seam = ownership_owners(&book);
    const struct identity identity = named(who);
    struct strings got = seam.owned(seam.self, &identity, slice_of(type));

    assert_int_equal(got.count, count);
    for (size_t i = 0; i < count; i++)
        assert_true(strings_has(&got, slice_of(ids[i])));
    strings_clear(&got);
}

/* ---------------------------------------------------------------- tests */

/* [OW-1, OW-3] */
static void who_is_written_down_owns_and_nobody_else(void **state)
{
    (void)state;
    record("alice", "container", "c1");
    assert_true(owns("alice", "container", "c1"));
    assert_false(owns("bob", "container", "c1"));
    assert_false(owns("Alice", "container", "c1"));
    assert_false(owns("alice", "container", "c2"));
    assert_false(owns("alice", "volume", "c1"));
}

/* [OW-3] */
static void an_action_makes_no_difference(void **state)
{
    struct access_owners seam = ownership_owners(&book);
    const struct identity alice = named("alice");

    (void)state;
    record("alice", "container", "c1");
    assert_true(seam.owns(seam.self, &alice, slice_of("container"),
                          slice_of("c1"), slice_of("stop")));
}

/* [OW-3] */
static void the_last_record_takes_it_from_the_one_before(void **state)
{
    const char *const mine[] = {"c1"};

    (void)state;
    record("alice", "container", "c1");
    record("bob", "container", "c1");
    assert_false(owns("alice", "container", "c1"));
    assert_false(owns_any("alice", "container"));
    assert_true(owns("bob", "container", "c1"));
    record("bob", "container", "c1");
    owned_are("bob", "container", 1, mine);
    owned_are("alice", "container", 0, NULL);
}

/* [OW-3] */
static void what_is_struck_out_is_nobodys(void **state)
{
    (void)state;
    revoke("container", "c1");
    record("alice", "container", "c1");
    revoke("volume", "c1");
    assert_true(owns("alice", "container", "c1"));
    revoke("container", "c1");
    assert_false(owns("alice", "container", "c1"));
    assert_false(owns_any("alice", "container"));
    revoke("container", "c1");
}

static void owning_any_is_told_by_type_and_owner(void **state)
{
    const char *const containers[] = {"c1", "c2", "c3"};
    const char *const rest[] = {"c1", "c3"};

    (void)state;
    record("alice", "container", "c1");
    record("alice", "container", "c2");
    record("alice", "container", "c3");
    record("alice", "volume", "v1");
    assert_true(owns_any("alice", "container"));
    assert_false(owns_any("bob", "container"));
    assert_false(owns_any("alice", "network"));
    owned_are("alice", "container", 3, containers);
    revoke("container", "c2");
    owned_are("alice", "container", 2, rest);
    revoke("container", "c1");
    revoke("container", "c3");
    assert_false(owns_any("alice", "container"));
    assert_true(owns_any("alice", "volume"));
}

/* "ab" and "c" are not "a" and "bc". */
static void where_a_name_ends_matters(void **state)
{
    (void)state;
    record("alice", "ab", "c");
    assert_false(owns("alice", "a", "bc"));
    assert_false(owns_any("alicea", "b"));
    record("alice", "", "abc");
    assert_true(owns("alice", "", "abc"));
    assert_false(owns("alice", "abc", ""));
}

/* [OW-2] */
static void a_name_that_is_too_long_is_refused_and_changes_nothing(void **state)
{
    static char longest[BOUNDS_OWNED_NAME_MAX + 2];

    (void)state;
    memset(longest, 'x', BOUNDS_OWNED_NAME_MAX);
    record("alice", "container", longest);
    assert_true(owns("alice", "container", longest));
    record(longest, longest, longest);
    longest[BOUNDS_OWNED_NAME_MAX] = 'x';
    assert_false(ownership_record(&book, slice_of("alice"), slice_of("t"),
                                  slice_of(longest), &failure));
    t_says(failure.sentence, "1024 bytes");
    assert_false(ownership_record(&book, slice_of("alice"), slice_of(longest),
                                  slice_of("c"), &failure));
    assert_false(ownership_record(&book, slice_of(longest), slice_of("t"),
                                  slice_of("c"), &failure));
    assert_false(owns_any("alice", "t"));
    revoke("container", longest);
}

/* [OW-2] When it is full, what is there can still change hands. */
static void a_full_book_takes_nothing_new(void **state)
{
    char id[16];

    (void)state;
    for (unsigned i = 0; i < BOUNDS_OWNED_MAX; i++) {
        (void)snprintf(id, sizeof id, "c%u", i);
        record("alice", "container", id);
    }
    assert_false(ownership_record(&book, slice_of("alice"),
                                  slice_of("container"), slice_of("more"),
                                  &failure));
    t_says(failure.sentence, "no room for more than 65536");
    assert_false(owns("alice", "container", "more"));
    record("bob", "container", "c9");
    assert_true(owns("bob", "container", "c9"));
    revoke("container", "c9");
    record("bob", "container", "more");
    assert_true(owns("bob", "container", "more"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            who_is_written_down_owns_and_nobody_else, open_book, close_book),
        cmocka_unit_test_setup_teardown(an_action_makes_no_difference,
                                        open_book, close_book),
        cmocka_unit_test_setup_teardown(
            the_last_record_takes_it_from_the_one_before, open_book,
            close_book),
        cmocka_unit_test_setup_teardown(what_is_struck_out_is_nobodys,
                                        open_book, close_book),
        cmocka_unit_test_setup_teardown(owning_any_is_told_by_type_and_owner,
                                        open_book, close_book),
        cmocka_unit_test_setup_teardown(where_a_name_ends_matters, open_book,
                                        close_book),
        cmocka_unit_test_setup_teardown(
            a_name_that_is_too_long_is_refused_and_changes_nothing, open_book,
            close_book),
        cmocka_unit_test_setup_teardown(a_full_book_takes_nothing_new,
                                        open_book, close_book),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
