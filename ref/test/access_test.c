/* SPDX-License-Identifier: MIT */
/*
 * May this identity do this? One table: what is asked, what is held, what is
 * said. An empty sentence means that the caller may pass.
 */
#include "ref/model/access.h"
#include "ref/test/t.h"

static struct access read_access(const char *text)
{
    json_t *tree = t_tree(text);
    struct failure f;
    struct access a;

    if (!access_read(tree, &a, &f))
        fail_msg("%s: %s", text, f.sentence);
    json_decref(tree);
    return a;
}

/* What is said to somebody with these scopes and resources (JSON texts), or
 * with NULL for scopes, to nobody. Static; empty when they may pass. */
static const char *verdict(const char *asked, const char *scopes,
                           const char *resources)
{
    static char words[200];
    struct access a = read_access(asked);
    struct identity who = {.resources = NULL};
    char text[300];
    struct buf why;
    bool is_allowed;

    snprintf(text, sizeof text, "{\"id\":\"x\",\"scopes\":%s,\"resources\":%s}",
             scopes, resources);
    if (scopes)
        assert_true(identity_parse(slice_of(text), &who));
    buf_init(&why, sizeof words - 1);
    is_allowed = access_check(&a, scopes ? &who : NULL,
                              (struct access_resource){.owners = NULL}, &why);
    assert_int_equal(is_allowed, why.len == 0);
    if (why.len)
        memcpy(words, why.data, why.len);
    words[why.len] = '\0';
    buf_clear(&why);
    identity_clear(&who);
    access_clear(&a);
    return words;
}

static const struct {
    const char *asked, *scopes, *resources, *words;
} steps[] = {
    /* 1: no restrictions */
    {"{}", NULL, "", ""},
    {"{}", "[]", "{}", ""},
    {"{\"required_scopes\":[]}", NULL, "", ""},
    {"{\"required_scopes_any\":null,\"resource_type\":null,"
     "\"resource_action\":null}",
     NULL, "", ""},
    /* 2: nobody */
    {"{\"required_scopes\":[\"a\"]}", NULL, "", "authentication required"},
    {"{\"required_scopes_any\":[\"a\"]}", NULL, "", "authentication required"},
    {"{\"required_scopes_any\":[]}", NULL, "", "authentication required"},
    {"{\"resource_type\":\"t\"}", NULL, "", "authentication required"},
    {"{\"resource_action\":\"r\"}", NULL, "", "authentication required"},
    /* 3: all of the required scopes, the first missing one is named */
    {"{\"required_scopes\":[\"a\"]}", "[\"a\"]", "{}", ""},
    {"{\"required_scopes\":[\"a\",\"b\"]}", "[\"b\",\"c\",\"a\"]", "{}", ""},
    {"{\"required_scopes\":[\"a\",\"b\",\"c\"]}", "[\"a\"]", "{}",
     "missing required scope: b"},
    {"{\"required_scopes\":[\"a\"]}", "[]", "{\"a\":[\"a\"]}",
     "missing required scope: a"},
    /* 4: one of any */
    {"{\"required_scopes_any\":[\"a\",\"b\"]}", "[\"b\"]", "{}", ""},
    {"{\"required_scopes_any\":[\"a\",\"b\"]}", "[\"a\"]", "{}", ""},
    {"{\"required_scopes_any\":[\"a\",\"b\"]}", "[\"c\"]", "{}",
     "missing required scope (any of: a, b)"},
    {"{\"required_scopes_any\":[\"a\"]}", "[]", "{}",
     "missing required scope (any of: a)"},
    {"{\"required_scopes_any\":[]}", "[\"a\"]", "{}",
     "missing required scope (any of: )"},
    {"{\"required_scopes\":[\"x\"],\"required_scopes_any\":[\"a\"]}", "[\"a\"]",
     "{}", "missing required scope: x"},
    {"{\"required_scopes\":[\"x\"],\"required_scopes_any\":[\"a\"]}", "[\"x\"]",
     "{}", "missing required scope (any of: a)"},
    /* 6: a resource type, with and without an action */
    {"{\"resource_type\":\"t\"}", "[]", "{\"t\":[\"1\"]}", ""},
    {"{\"resource_type\":\"t\"}", "[]", "{\"t\":[]}", "missing resource: t"},
    {"{\"resource_type\":\"t\"}", "[\"t\"]", "{\"u\":[\"t\"]}",
     "missing resource: t"},
    {"{\"resource_type\":\"t\",\"resource_action\":\"r\"}", "[]",
     "{\"u\":[],\"t\":[\"w\",\"r\"]}", ""},
    {"{\"resource_type\":\"t\",\"resource_action\":\"r\"}", "[]",
     "{\"t\":[\"w\"],\"u\":[\"r\"]}", "missing resource: t/r"},
    {"{\"resource_type\":\"t\",\"resource_action\":\"r\"}", "[\"r\"]", "{}",
     "missing resource: t/r"},
    /* 7: an action of whatever type */
    {"{\"resource_action\":\"r\"}", "[]", "{\"t\":[],\"u\":[\"r\"]}", ""},
    {"{\"resource_action\":\"r\"}", "[\"r\"]", "{\"r\":[\"w\"]}",
     "missing resource action: r"},
    /* scopes before resources */
    {"{\"required_scopes\":[\"a\"],\"resource_type\":\"t\"}", "[]", "{}",
     "missing required scope: a"},
    {"{\"required_scopes\":[\"a\"],\"resource_type\":\"t\"}", "[\"a\"]", "{}",
     "missing resource: t"},
    {"{\"required_scopes\":[\"a\"],\"required_scopes_any\":[\"b\"],"
     "\"resource_type\":\"t\",\"resource_action\":\"r\"}",
     "[\"a\",\"b\"]", "{\"t\":[\"r\"]}", ""},
    /* an empty word is a word */
    {"{\"resource_type\":\"\"}", "[]", "{}", "missing resource: "},
    {"{\"resource_type\":\"t\",\"resource_action\":\"\"}", "[]",
     "{\"t\":[\"r\"]}", "missing resource: t/"},
};

/* [AC-1, AC-2, AC-3, AC-5] and the sentences, which are for people [AC-6] */
static void the_steps_are_asked_in_their_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < T_COUNT(steps); i++)
        assert_string_equal(
            verdict(steps[i].asked, steps[i].scopes, steps[i].resources),
            steps[i].words);
}

/* [AC-7] */
static void words_are_equal_or_they_are_not(void **state)
{
    static const char *const scopes[] = {
        "[\"FS:read\"]",  "[\"fs:*\"]",   "[\"fs\"]",       "[\"*\"]",
        "[\"fs:read \"]", "[\"fs:rea\"]", "[\"fs:reads\"]", "[\"\"]"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(scopes); i++)
        assert_string_equal(
            verdict("{\"required_scopes\":[\"fs:read\"]}", scopes[i], "{}"),
            "missing required scope: fs:read");
    assert_string_equal(
        verdict("{\"resource_action\":\"r\"}", "[]", "{\"t\":[\"R\",\"*\"]}"),
        "missing resource action: r");
}

/* [AC-3] */
static void asking_for_anything_is_a_restriction(void **state)
{
    static const struct {
        const char *asked;
        bool is_restricted;
    } cases[] = {
        {"{}", false},
        {"{\"required_scopes\":[]}", false},
        {"{\"required_scopes\":[\"\"]}", true},
        {"{\"required_scopes_any\":null}", false},
        {"{\"required_scopes_any\":[]}", true},
        {"{\"resource_type\":\"\"}", true},
        {"{\"resource_action\":\"\"}", true},
        {"{\"resource_type\":null,\"resource_action\":null}", false},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct access a = read_access(cases[i].asked);

        assert_int_equal(access_is_restricted(&a), cases[i].is_restricted);
        access_clear(&a);
        assert_false(access_is_restricted(&a));
    }
}

/* [AC-4] */
static void all_four_members_are_always_printed(void **state)
{
    static const struct {
        const char *asked, *printed;
    } cases[] = {
        {"{}", "{\"required_scopes\":[],\"required_scopes_any\":null,"
               "\"resource_action\":null,\"resource_type\":null}"},
        {"{\"required_scopes_any\":[]}",
         "{\"required_scopes\":[],\"required_scopes_any\":[],"
         "\"resource_action\":null,\"resource_type\":null}"},
        {"{\"required_scopes\":[\"b\",\"a\"],\"required_scopes_any\":[\"c\"],"
         "\"resource_type\":\"t\",\"resource_action\":\"\"}",
         "{\"required_scopes\":[\"b\",\"a\"],\"required_scopes_any\":[\"c\"],"
         "\"resource_action\":\"\",\"resource_type\":\"t\"}"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct access a = read_access(cases[i].asked);

        t_prints_take(access_tree(&a), cases[i].printed);
        access_clear(&a);
    }
}

static void a_wrong_member_is_refused_by_its_name(void **state)
{
    static const struct {
        const char *asked, *words;
    } cases[] = {
        {"[]", "expected an object"},
        {"{\"required_scopes\":null}", "required_scopes: expected"},
        {"{\"required_scopes\":[1]}", "required_scopes: expected"},
        {"{\"required_scopes_any\":\"a\"}", "required_scopes_any: expected"},
        {"{\"resource_type\":[]}", "resource_type: expected"},
        {"{\"resource_action\":1}", "resource_action: expected"},
        {"{\"requiredScopes\":[]}", "requiredScopes"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        json_t *tree = t_tree(cases[i].asked);
        struct failure f;
        struct access a;

        assert_false(access_read(tree, &a, &f));
        t_says(f.sentence, cases[i].words);
        json_decref(tree);
    }
}

/* ------------------------------------------------------------- owners */

/* A book in which alice owns the box "b1", and nobody anything else. It keeps
 * what it was asked. */
struct owners {
    struct access_owners seam;
    int asked;
    char action[20];
};

static bool owns_any(void *self, const struct identity *who, struct slice type)
{
    struct owners *o = self;

    o->asked++;
    return slice_equal(who->id, slice_of("alice")) &&
           slice_equal(type, slice_of("box"));
}

static bool owns(void *self, const struct identity *who, struct slice type,
                 struct slice id, struct slice action)
{
    struct owners *o = self;

    snprintf(o->action, sizeof o->action, "%.*s", (int)action.len,
             (const char *)action.data);
    return owns_any(self, who, type) && slice_equal(id, slice_of("b1"));
}

static struct owners owners_make(void)
{
    return (struct owners){.seam = {.owns = owns, .owns_any = owns_any}};
}

#define ID(name, resources)                                                    \
    "{\"id\":\"" name "\",\"scopes\":[\"s\"],\"resources\":" resources "}"
#define BOX "{\"resource_type\":\"box\"}"

/* What the book makes of it: `id` NULL is missing, "" is the empty id. */
static bool may(struct owners *o, const char *asked, const char *identity,
                bool is_named, const char *id, struct buf *why)
{
    struct access a = read_access(asked);
    struct identity who = {.resources = NULL};
    struct access_resource resource = {
        .owners = &o->seam,
        .is_named = is_named,
        .id = id ? slice_of(id) : slice_make(NULL, 0),
    };
    bool is_allowed;

    o->seam.self = o;
    assert_true(identity_parse(slice_of(identity), &who));
    buf_reset(why);
    is_allowed = access_check(&a, &who, resource, why);
    assert_int_equal(is_allowed, why->len == 0);
    identity_clear(&who);
    access_clear(&a);
    return is_allowed;
}

/* [OW-1, OW-3, RP-1, RP-5] the book decides, and not what the identity says it
 * may use; a resource that has to be named and is not is nobody's */
static void who_owns_a_resource_may_use_it(void **state)
{
    static const struct {
        const char *asked, *who;
        bool is_named;
        const char *id;
        bool is_allowed;
    } cases[] = {
        {BOX, ID("alice", "{}"), true, "b1", true},
        {BOX, ID("alice", "{}"), true, "b2", false},
        {BOX, ID("alice", "{}"), true, "", false},
        {BOX, ID("alice", "{}"), true, NULL, false}, /* [RP-5] */
        {BOX, ID("alice", "{}"), false, NULL, true},
        {BOX, ID("bob", "{}"), true, "b1", false},
        {BOX, ID("bob", "{\"box\":[\"b1\",\"use\"]}"), true, "b1", false},
        {BOX, ID("bob", "{\"box\":[\"b1\",\"use\"]}"), false, NULL, false},
        {"{\"resource_type\":\"car\"}", ID("alice", "{}"), false, NULL, false},
        {"{\"resource_type\":\"box\",\"required_scopes\":[\"s\"]}",
         ID("alice", "{}"), true, "b1", true},
        {"{\"resource_type\":\"box\",\"required_scopes\":[\"t\"]}",
         ID("alice", "{}"), true, "b1", false},
    };
    struct owners o = owners_make();
    struct buf why;

    (void)state;
    buf_init(&why, 300);
    for (size_t i = 0; i < T_COUNT(cases); i++)
        if (may(&o, cases[i].asked, cases[i].who, cases[i].is_named,
                cases[i].id, &why) != cases[i].is_allowed)
            fail_msg("case %zu", i);
    buf_clear(&why);
}

/* [OW-1] */
static void a_book_is_told_what_is_to_be_done(void **state)
{
    struct owners o = owners_make();
    struct buf why;

    (void)state;
    buf_init(&why, 300);
    assert_true(may(&o,
                    "{\"resource_type\":\"box\",\"resource_action\":\"lift\"}",
                    ID("alice", "{}"), true, "b1", &why));
    assert_string_equal(o.action, "lift");
    assert_true(may(&o, BOX, ID("alice", "{}"), true, "b1", &why));
    assert_string_equal(o.action, "");
    buf_clear(&why);
}

/* [OW-5] what is not about a type of resource is no business of the book's, and
 * where there is none the resources of the identity decide */
static void a_book_is_asked_about_resources_alone(void **state)
{
    struct owners o = owners_make();
    struct buf why;

    (void)state;
    buf_init(&why, 300);
    assert_true(may(&o, "{}", ID("bob", "{}"), true, NULL, &why));
    assert_true(may(&o, "{\"required_scopes\":[\"s\"]}", ID("bob", "{}"), true,
                    NULL, &why));
    assert_true(may(&o, "{\"resource_action\":\"use\"}",
                    ID("bob", "{\"box\":[\"use\"]}"), true, NULL, &why));
    assert_false(may(&o, "{\"resource_action\":\"use\"}", ID("bob", "{}"), true,
                     "b1", &why));
    assert_false(may(&o,
                     "{\"resource_type\":\"box\",\"required_scopes\":[\"t\"]}",
                     ID("alice", "{}"), true, "b1", &why));
    assert_int_equal(o.asked, 0);
    assert_string_equal(verdict(BOX, "[]", "{\"box\":[\"any\"]}"), "");
    buf_clear(&why);
}

/* [HF-5, AC-9] neither the id nor who asked stands in the sentence, which goes
 * to the caller */
static void a_refusal_tells_nothing_of_the_book(void **state)
{
    struct owners o = owners_make();
    struct buf why;

    (void)state;
    buf_init(&why, 300);
    assert_false(may(&o, BOX, ID("bob", "{}"), true, "b1", &why));
    t_same(buf_slice(&why), "not owner of that resource of type: box");
    assert_false(may(&o, BOX, ID("bob", "{}"), true, NULL, &why));
    t_same(buf_slice(&why), "no resource is named, of type: box");
    assert_false(may(&o, BOX, ID("bob", "{}"), false, NULL, &why));
    t_same(buf_slice(&why), "no owned resources of type: box");
    buf_clear(&why);
}

static void a_refusal_needs_no_room_for_its_sentence(void **state)
{
    struct access a = read_access("{\"required_scopes\":[\"a\"]}");
    struct buf why;

    (void)state;
    buf_init(&why, 0);
    assert_false(
        access_check(&a, NULL, (struct access_resource){.owners = NULL}, &why));
    access_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_steps_are_asked_in_their_order),
        cmocka_unit_test(words_are_equal_or_they_are_not),
        cmocka_unit_test(asking_for_anything_is_a_restriction),
        cmocka_unit_test(all_four_members_are_always_printed),
        cmocka_unit_test(a_wrong_member_is_refused_by_its_name),
        cmocka_unit_test(who_owns_a_resource_may_use_it),
        cmocka_unit_test(a_book_is_told_what_is_to_be_done),
        cmocka_unit_test(a_book_is_asked_about_resources_alone),
        cmocka_unit_test(a_refusal_tells_nothing_of_the_book),
        cmocka_unit_test(a_refusal_needs_no_room_for_its_sentence),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
