/* SPDX-License-Identifier: MIT */
/* Identities: read strictly, printed as read, copied whole. */
#include "ref/model/identity.h"
#include "ref/test/t.h"

static const char alice[] =
    "{\"id\":\"alice\",\"scopes\":[\"fs:read\",\"a\\\"b\"],"
    "\"resources\":{\"box\":[\"b1\",\"b2\"],\"door\":[]}}";

/* [PI-1, AU-9, RQ-6] */
static void an_identity_is_three_members_and_prints_the_same(void **state)
{
    static const char *const texts[] = {
        alice,
        "{\"id\":\"\",\"scopes\":[],\"resources\":{}}",
        "{\"id\":\"a\\u0000\xc3\xa9\",\"scopes\":[\"\"],\"resources\":{\"\":[]}"
        "}",
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(texts); i++) {
        struct slice text = t_exact(slice_of(texts[i]));
        struct identity who;
        struct buf out;

        buf_init(&out, 500);
        assert_true(identity_parse(text, &who));
        t_free(text);
        assert_true(identity_print(&who, &out));
        t_same(buf_slice(&out), texts[i]);
        buf_clear(&out);
        identity_clear(&who);
    }
}

/* [RQ-6] extra members are ignored */
static void what_an_identity_need_not_have_is_ignored(void **state)
{
    struct identity who;

    (void)state;
    assert_true(identity_parse(
        slice_of("{\"x\":1,\"resources\":{},\"scopes\":[],\"id\":\"a\"}"),
        &who));
    t_same(who.id, "a");
    identity_clear(&who);
}

/* [RQ-7, RQ-8] nothing half-read comes out */
static void a_malformed_identity_is_none(void **state)
{
    static const char *const texts[] = {
        "",
        "null",
        "\"alice\"",
        "[\"alice\",[],{}]",
        "{}",
        "{\"scopes\":[],\"resources\":{}}",
        "{\"id\":\"a\",\"resources\":{}}",
        "{\"id\":\"a\",\"scopes\":[]}",
        "{\"id\":1,\"scopes\":[],\"resources\":{}}",
        "{\"id\":null,\"scopes\":[],\"resources\":{}}",
        "{\"id\":\"a\",\"scopes\":null,\"resources\":{}}",
        "{\"id\":\"a\",\"scopes\":\"s\",\"resources\":{}}",
        "{\"id\":\"a\",\"scopes\":{},\"resources\":{}}",
        "{\"id\":\"a\",\"scopes\":[\"s\",1],\"resources\":{}}",
        "{\"id\":\"a\",\"scopes\":[],\"resources\":null}",
        "{\"id\":\"a\",\"scopes\":[],\"resources\":[]}",
        "{\"id\":\"a\",\"scopes\":[],\"resources\":{\"t\":null}}",
        "{\"id\":\"a\",\"scopes\":[],\"resources\":{\"t\":[],\"u\":\"x\"}}",
        "{\"id\":\"a\",\"scopes\":[],\"resources\":{\"t\":[\"x\",2]}}",
        "{\"id\":\"a\",\"scopes\":[],\"resources\":{}",
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(texts); i++) {
        struct identity who = {.resource_count = 77};

        assert_false(identity_parse(slice_of(texts[i]), &who));
        assert_int_equal(who.resource_count, 77);
    }
}

static void resources_are_found_by_their_exact_type(void **state)
{
    struct identity who;

    (void)state;
    assert_true(identity_parse(slice_of(alice), &who));
    assert_int_equal(identity_resource(&who, slice_of("box"))->count, 2);
    t_same(identity_resource(&who, slice_of("box"))->items[1], "b2");
    assert_int_equal(identity_resource(&who, slice_of("door"))->count, 0);
    assert_null(identity_resource(&who, slice_of("Box")));
    assert_null(identity_resource(&who, slice_of("bo")));
    assert_null(identity_resource(&who, slice_of("")));
    identity_clear(&who);
    assert_null(identity_resource(&who, slice_of("box")));
}

static void a_copy_shares_nothing(void **state)
{
    struct identity who, *copy;
    struct buf out;

    (void)state;
    buf_init(&out, 500);
    assert_true(identity_parse(slice_of(alice), &who));
    copy = identity_copy(&who);
    identity_clear(&who);
    assert_true(identity_print(copy, &out));
    t_same(buf_slice(&out), alice);
    buf_clear(&out);
    identity_free(copy);
    assert_null(identity_copy(NULL));
    identity_free(NULL);
}

static void a_cleared_identity_is_nobody_in_particular(void **state)
{
    struct identity who;
    struct buf out;

    (void)state;
    assert_true(identity_parse(slice_of(alice), &who));
    identity_clear(&who);
    identity_clear(&who);
    buf_init(&out, 100);
    assert_true(identity_print(&who, &out));
    t_same(buf_slice(&out), "{\"id\":\"\",\"scopes\":[],\"resources\":{}}");
    buf_clear(&out);
}

static void printing_says_no_wherever_the_buffer_is_full(void **state)
{
    struct identity who;

    (void)state;
    assert_true(identity_parse(slice_of(alice), &who));
    for (size_t cap = 0; cap <= strlen(alice) + 1; cap++) {
        struct buf out;

        buf_init(&out, cap);
        assert_int_equal(identity_print(&who, &out), cap >= strlen(alice));
        buf_clear(&out);
    }
    identity_clear(&who);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_identity_is_three_members_and_prints_the_same),
        cmocka_unit_test(what_an_identity_need_not_have_is_ignored),
        cmocka_unit_test(a_malformed_identity_is_none),
        cmocka_unit_test(resources_are_found_by_their_exact_type),
        cmocka_unit_test(a_copy_shares_nothing),
        cmocka_unit_test(a_cleared_identity_is_nobody_in_particular),
        cmocka_unit_test(printing_says_no_wherever_the_buffer_is_full),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
