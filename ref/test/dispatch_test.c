/* SPDX-License-Identifier: MIT */
/*
 * Every check in order. The registry has one operation for each thing that can
 * be in the way; the table asks for each from each side.
 */
#include "ref/rules/dispatch.h"
#include "ref/base/bounds.h"
#include "ref/test/offer.h"
#include "ref/test/t.h"

static struct registry registry;
static struct identity alice; /* holds the scope "s" */
static struct buf scratch;

static int begin(void **state)
{
    static const struct {
        const char *spec;
        bool is_remote_safe;
    } operations[] = {
        {"{\"name\":\"t/open\"}", false},
        {"{\"name\":\"t/safe\"}", true},
        {"{\"name\":\"t/inside\",\"visibility\":\"internal\"}", true},
        {"{\"name\":\"t/inside-scoped\",\"visibility\":\"internal\","
         "\"access\":{\"required_scopes\":[\"s\"]}}",
         true},
        {"{\"name\":\"t/scoped\",\"access\":{\"required_scopes\":[\"s\"]}}",
         false},
        {"{\"name\":\"t/safe-scoped\",\"access\":{\"required_scopes\":"
         "[\"s\"]}}",
         true},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(operations); i++)
        offer(&registry, operations[i].spec, operations[i].is_remote_safe,
              offer_never);
    buf_init(&scratch, 1000);
    return identity_parse(
               slice_of(
                   "{\"id\":\"alice\",\"scopes\":[\"s\"],\"resources\":{}}"),
               &alice)
               ? 0
               : -1;
}

static int end(void **state)
{
    (void)state;
    registry_clear(&registry);
    identity_clear(&alice);
    buf_clear(&scratch);
    return 0;
}

static struct context context_of(const char *name, bool is_open,
                                 const struct identity *who)
{
    struct context c = context_from_wire(slice_of("r1"), slice_of(name),
                                         (struct peer_filter){is_open},
                                         (struct context_origin){NULL, 0});

    c.identity = who;
    return c;
}

/* The verdict in words: the operation's name, or code and message. */
static const char *verdict(const struct context *context)
{
    static char text[400];
    struct call_error error;
    const struct registration *r = registry_find(&registry, context->operation);
    bool is_let_through =
        dispatch_check(r, context, slice_of("1"), &scratch, &error);

    if (is_let_through)
        snprintf(text, sizeof text, "%.*s", (int)r->spec.name.len,
                 (const char *)r->spec.name.data);
    else
        snprintf(text, sizeof text, "%.*s: %.*s", (int)error.code.len,
                 (const char *)error.code.data, (int)error.message.len,
                 (const char *)error.message.data);
    assert_true(is_let_through || (!error.retryable && error.details.len == 0));
    return text;
}

/* [CK-1, CK-2, OC-1, VI-2, EC-11, LG-5, LG-6] */
static void the_first_check_that_says_no_decides(void **state)
{
    enum { DENY, OPEN };
    enum { NOBODY, ALICE };
    static const struct {
        const char *name;
        int filter, who;
        const char *says;
    } cases[] = {
        {"t/open", OPEN, NOBODY, "t/open"},
        {"t/open", DENY, ALICE, "NOT_FOUND: operation not found: t/open"},
        {"t/safe", DENY, NOBODY, "t/safe"},
        {"t/safe", OPEN, NOBODY, "t/safe"},
        {"t/inside", OPEN, ALICE, "NOT_FOUND: operation not found: t/inside"},
        {"t/inside", DENY, ALICE, "NOT_FOUND: operation not found: t/inside"},
        {"t/inside-scoped", OPEN, NOBODY,
         "NOT_FOUND: operation not found: t/inside-scoped"},
        {"t/scoped", OPEN, NOBODY, "FORBIDDEN: authentication required"},
        {"t/scoped", OPEN, ALICE, "t/scoped"},
        {"t/scoped", DENY, NOBODY, "NOT_FOUND: operation not found: t/scoped"},
        {"t/scoped", DENY, ALICE, "NOT_FOUND: operation not found: t/scoped"},
        {"t/safe-scoped", DENY, NOBODY, "FORBIDDEN: authentication required"},
        {"t/safe-scoped", DENY, ALICE, "t/safe-scoped"},
        {"t/none", OPEN, ALICE, "NOT_FOUND: operation not found: t/none"},
        {"t/none", DENY, ALICE, "NOT_FOUND: operation not found: t/none"},
        {"/t/open", OPEN, ALICE, "NOT_FOUND: operation not found: /t/open"},
        {"", OPEN, ALICE, "NOT_FOUND: operation not found: "},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct context c = context_of(cases[i].name, cases[i].filter == OPEN,
                                      cases[i].who == ALICE ? &alice : NULL);
        const struct registration *r = registry_find(&registry, c.operation);

        assert_string_equal(verdict(&c), cases[i].says);
        /* [LG-8] what is listed is what is let through */
        assert_int_equal(r && dispatch_allows(r, &c),
                         strcmp(cases[i].says, cases[i].name) == 0);
    }
}

/* [CX-1] and the remaining checks stay */
static void a_composed_call_may_reach_what_is_internal(void **state)
{
    struct context c = context_of("t/inside", true, NULL);

    (void)state;
    c.is_internal = true;
    assert_string_equal(verdict(&c), "t/inside");
    c.operation = slice_of("t/inside-scoped");
    assert_string_equal(verdict(&c), "FORBIDDEN: authentication required");
    c.identity = &alice;
    assert_string_equal(verdict(&c), "t/inside-scoped");
}

/* [FF-2, AC-8] */
static void whom_a_caller_speaks_for_opens_no_doors(void **state)
{
    struct context c = context_of("t/scoped", true, NULL);

    (void)state;
    c.forwarded_for = &alice;
    assert_string_equal(verdict(&c), "FORBIDDEN: authentication required");
}

/* ------------------------------------------------------------- owners */

/* Alice owns the box "b1". */
static bool owns_any(void *self, const struct identity *who, struct slice type)
{
    (void)self;
    return slice_equal(who->id, slice_of("alice")) &&
           slice_equal(type, slice_of("box"));
}

static bool owns(void *self, const struct identity *who, struct slice type,
                 struct slice id, struct slice action)
{
    (void)action;
    return owns_any(self, who, type) && slice_equal(id, slice_of("b1"));
}

static const struct access_owners owners = {.owns = owns, .owns_any = owns_any};

#define BOX                                                                    \
    "{\"name\":\"b\",\"visibility\":\"internal\",\"access\":{"                 \
    "\"resource_type\":\"box\"}"

/* May alice call that operation, with that input? */
static bool may(const char *spec, enum registry_provenance provenance,
                const char *input)
{
    struct registration r = offer_make(spec, offer_never);
    struct context c = context_of("b", true, &alice);
    struct call_error error;
    bool is_let_through;

    c.is_internal = true;
    c.owners = &owners;
    r.provenance = provenance;
    is_let_through = dispatch_check(&r, &c, slice_of(input), &scratch, &error);
    if (!is_let_through)
        t_same(error.code, "FORBIDDEN");
    registry_drop(&r);
    return is_let_through;
}

/* [RP-1, RP-3, RP-5, OW-1] */
static void the_input_names_the_resource(void **state)
{
    static const char named[] = BOX ",\"resource_id_path\":\"$.a.id\"}";

    (void)state;
    assert_true(may(named, REGISTRY_LOCAL, "{\"a\":{\"id\":\"b1\"}}"));
    assert_false(may(named, REGISTRY_LOCAL, "{\"a\":{\"id\":\"b2\"}}"));
    assert_false(may(named, REGISTRY_LOCAL, "{\"a\":{\"id\":1}}"));
    assert_false(may(named, REGISTRY_LOCAL, "{\"a\":{}}"));
    assert_false(may(named, REGISTRY_LOCAL, "null"));
    assert_true(may(BOX "}", REGISTRY_LOCAL, "null"));
    assert_true(may(BOX "}", REGISTRY_SESSION, "null"));
}

/* [OW-4] nothing here knows who owns what at a peer's */
static void a_peers_resources_are_not_in_our_book(void **state)
{
    (void)state;
    assert_false(may(BOX "}", REGISTRY_FROM_CALL, "null"));
}

/* ------------------------------------------------------------- the input */

static void pull_never(void *self, struct handler_call call)
{
    (void)self;
    (void)call;
    fail_msg("a handler was asked for an item");
}

/* The code that a composed call of that operation gets, "" for none; static. */
static const char *code_of(const char *spec,
                           enum registry_provenance provenance,
                           const struct identity *who, const char *input)
{
    static char code[40];
    struct registration r = offer_make(spec, offer_never);
    struct context c = context_of("b", true, who);
    struct call_error error = {.code = slice_of("")};

    if (r.spec.op_type == SPEC_SUBSCRIPTION)
        r.handler.pull = pull_never;
    c.is_internal = true;
    r.provenance = provenance;
    (void)dispatch_check(&r, &c, slice_of(input), &scratch, &error);
    snprintf(code, sizeof code, "%.*s", (int)error.code.len,
             (const char *)error.code.data);
    registry_drop(&r);
    return code;
}

#define WANTS(more)                                                            \
    "{\"name\":\"b\",\"visibility\":\"internal\",\"input_schema\":{"           \
    "\"type\":\"object\",\"required\":[\"n\"]}" more "}"
#define SCOPED ",\"access\":{\"required_scopes\":[\"s\"]}"
#define ITEMS ",\"op_type\":\"subscription\""

/* [OC-2, RG-10, RD-1] who may not call it learns nothing of what it wants; and
 * what a peer wants is for the peer to say */
static void the_input_is_looked_at_last(void **state)
{
    static const struct {
        const char *spec;
        enum registry_provenance provenance;
        bool is_alice;
        const char *input, *code;
    } cases[] = {
        {WANTS(""), REGISTRY_LOCAL, false, "{\"n\":1}", ""},
        {WANTS(""), REGISTRY_LOCAL, false, "{}", "INVALID_INPUT"},
        {WANTS(""), REGISTRY_LOCAL, false, "null", "INVALID_INPUT"},
        {WANTS(""), REGISTRY_SESSION, false, "{}", "INVALID_INPUT"},
        {WANTS(""), REGISTRY_FROM_CALL, false, "{}", ""},
        {WANTS(SCOPED), REGISTRY_LOCAL, true, "{}", "INVALID_INPUT"},
        {WANTS(SCOPED), REGISTRY_LOCAL, false, "{}", "FORBIDDEN"},
        {WANTS(ITEMS), REGISTRY_LOCAL, true, "{}", "INVALID_OPERATION_TYPE"},
        {WANTS(SCOPED ITEMS), REGISTRY_LOCAL, false, "{}", "FORBIDDEN"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        assert_string_equal(code_of(cases[i].spec, cases[i].provenance,
                                    cases[i].is_alice ? &alice : NULL,
                                    cases[i].input),
                            cases[i].code);
}

/* [EC-12] hidden, filtered and absent: the same answer but for the name */
static void nothing_tells_hidden_from_absent(void **state)
{
    static const char *const names[] = {"t/open", "t/inside", "t/none"};
    struct call_error errors[3];

    (void)state;
    for (size_t i = 0; i < T_COUNT(names); i++) {
        struct context c = context_of(names[i], false, &alice);

        assert_false(dispatch_check(registry_find(&registry, c.operation), &c,
                                    slice_of("1"), &scratch, &errors[i]));
        t_same(errors[i].code, "NOT_FOUND");
        assert_int_equal(errors[i].message.len, 21 + strlen(names[i]));
        assert_false(errors[i].retryable);
        assert_int_equal(errors[i].details.len, 0);
    }
}

/* A message is no mirror for megabytes, and stays UTF-8 when it is cut. */
static void a_long_name_is_repeated_only_in_part(void **state)
{
    size_t head = strlen("operation not found: ");

    (void)state;
    for (size_t ascii = 250; ascii < 260; ascii++) {
        char name[600];
        struct call_error error;

        memset(name, 'n', ascii);
        for (size_t i = ascii; i + 4 <= sizeof name; i += 4)
            memcpy(name + i, "\xf0\x9f\x98\x80", 4);
        error = dispatch_not_found(slice_make(name, sizeof name), &scratch);
        assert_true(error.message.len <= head + BOUNDS_NAME_ECHO_MAX);
        assert_true(error.message.len > head + BOUNDS_NAME_ECHO_MAX - 4);
        assert_memory_equal(error.message.data + head, name,
                            error.message.len - head);
        assert_true(ascii >= 256 ||
                    (error.message.len - head - ascii) % 4 == 0);
    }
    for (size_t len = 255; len <= 256; len++) { /* all of it just fits */
        char name[256];
        struct slice exact;

        memset(name, 'n', sizeof name);
        exact = t_exact(slice_make(name, len));
        assert_int_equal(dispatch_not_found(exact, &scratch).message.len,
                         head + len);
        t_free(exact);
    }
    t_same(dispatch_not_found(slice_of("short"), &scratch).message,
           "operation not found: short");
}

/* ------------------------------------------------------- errors of handlers */

#define DECLARES                                                               \
    "{\"name\":\"a\",\"error_schemas\":[{\"code\":\"FILE_GONE\","              \
    "\"description\":\"d\",\"schema\":{}}]}"

/* [EC-6, EC-7, EC-8, HF-1, RS-5] */
static void an_error_that_was_not_declared_is_told_as_internal(void **state)
{
    static const struct {
        const char *spec, *code, *told, *message, *details;
    } cases[] = {
        {DECLARES, "FILE_GONE", "FILE_GONE", "m", "[1]"},
        {DECLARES, "FORBIDDEN", "FORBIDDEN", "m", "[1]"},
        {DECLARES, "file_gone", "INTERNAL", "an error that was not declared",
         "{\"code\":\"file_gone\",\"message\":\"m\"}"},
        {DECLARES, "A\"B", "INTERNAL", "an error that was not declared",
         "{\"code\":\"A\\\"B\",\"message\":\"m\"}"},
        {"{\"name\":\"a\"}", "ANYTHING", "ANYTHING", "m", "[1]"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct registration r = offer_make(cases[i].spec, offer_never);
        struct call_error raised = {slice_of(cases[i].code), slice_of("m"),
                                    true, slice_of("[1]")};
        struct call_error e = dispatch_error(&r, &raised, &scratch);

        t_same(e.code, cases[i].told);
        t_same(e.message, cases[i].message);
        t_same(e.details, cases[i].details);
        assert_int_equal(e.retryable, e.message.len == 1);
        registry_drop(&r);
    }
}

/* [HF-4, HF-5] */
static void a_handler_that_broke_down_says_no_more_than_that(void **state)
{
    struct registration r = offer_make(DECLARES, offer_never);
    struct call_error e = dispatch_error(&r, NULL, &scratch);

    (void)state;
    t_same(e.code, "INTERNAL");
    t_same(e.message, "the handler broke down");
    assert_int_equal(e.details.len, 0);
    assert_false(e.retryable);
    registry_drop(&r);
}

/* An original that fits nowhere is left out, the error is told. */
static void an_original_that_is_too_long_is_left_out(void **state)
{
    struct registration r = offer_make(DECLARES, offer_never);
    char code[100];
    struct call_error e, raised = {.code = slice_make(code, sizeof code)};
    struct buf small;

    (void)state;
    memset(code, 'x', sizeof code);
    buf_init(&small, 50);
    e = dispatch_error(&r, &raised, &small);
    t_same(e.code, "INTERNAL");
    assert_int_equal(e.details.len, 0);
    buf_clear(&small);
    registry_drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_check_that_says_no_decides),
        cmocka_unit_test(a_composed_call_may_reach_what_is_internal),
        cmocka_unit_test(whom_a_caller_speaks_for_opens_no_doors),
        cmocka_unit_test(the_input_names_the_resource),
        cmocka_unit_test(a_peers_resources_are_not_in_our_book),
        cmocka_unit_test(the_input_is_looked_at_last),
        cmocka_unit_test(nothing_tells_hidden_from_absent),
        cmocka_unit_test(a_long_name_is_repeated_only_in_part),
        cmocka_unit_test(an_error_that_was_not_declared_is_told_as_internal),
        cmocka_unit_test(a_handler_that_broke_down_says_no_more_than_that),
        cmocka_unit_test(an_original_that_is_too_long_is_left_out),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, begin, end);
}
