/* SPDX-License-Identifier: MIT */
/*
 * Inputs are held against the schema of the operation: in which order among
 * the checks, of which requests, and for every keyword that a node has to know.
 * What each keyword means in its corners is for the vectors of validation.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list inputs_cases;

#define SUBJECT "conf/subject"
#define SAFE "\"remote_safe\":true"
#define SCHEMA(schema) "\"input_schema\":" schema
#define WITH_N                                                                 \
    SCHEMA("{\"type\":\"object\",\"required\":[\"n\"],\"properties\":{"        \
           "\"n\":{\"type\":\"integer\"}}}")
#define FITS "{\"n\":1}"
#define UNFIT "{\"n\":\"x\"}"

static void refused(struct conn *c, const char *operation, const char *input,
                    const char *code)
{
    verify_error(conn_scene(c), ask_them(c, operation, input), code, false);
}

/* --- keyword by keyword */

enum { INPUTS_MAX = 4 };

/* One schema, and inputs of either kind up to the first NULL. */
struct sample {
    const char *schema;
    const char *fit[INPUTS_MAX];
    const char *unfit[INPUTS_MAX];
};

struct samples {
    const struct sample *list;
    size_t count;
};

#define SAMPLES(list)                                                          \
    &(const struct samples)                                                    \
    {                                                                          \
        list, sizeof list / sizeof list[0]                                     \
    }

static const char *nth(struct scene *s, size_t i)
{
    return scene_text(s, "%s-%zu", SUBJECT, i);
}

static void ask_sample(struct conn *c, const char *operation,
                       const struct sample *sample)
{
    struct scene *s = conn_scene(c);
    size_t ran = 0;

    for (size_t i = 0; i < INPUTS_MAX && sample->unfit[i]; i++)
        refused(c, operation, sample->unfit[i], "INVALID_INPUT");
    verify_entered(s, operation, 0);
    for (; ran < INPUTS_MAX && sample->fit[ran]; ran++)
        verify_output(s, ask_them(c, operation, sample->fit[ran]),
                      sample->fit[ran]);
    verify_entered(s, operation, ran);
}

static void keywords(struct scene *s)
{
    const struct samples *samples = scene_data(s);

    for (size_t i = 0; i < samples->count; i++)
        stage_register(s, nth(s, i), "conf/echo",
                       scene_text(s, SAFE ",\"input_schema\":%s",
                                  samples->list[i].schema));
    for (size_t i = 0; i < samples->count; i++)
        ask_sample(scene_conn(s), nth(s, i), &samples->list[i]);
    verify_alive(scene_conn(s));
}

static const struct sample types[] = {
    {"{\"type\":\"null\"}", {"null"}, {"0", "\"\"", "false"}},
    {"{\"type\":\"boolean\"}", {"true", "false"}, {"null", "1", "\"true\""}},
    {"{\"type\":\"integer\"}", {"7", "-3", "0"}, {"1.5", "\"7\"", "true"}},
    {"{\"type\":\"number\"}", {"1.5", "-2"}, {"\"1.5\"", "null", "[]"}},
    {"{\"type\":\"string\"}", {"\"\"", "\"a\""}, {"1", "null", "[\"a\"]"}},
    {"{\"type\":\"array\"}", {"[]", "[1,\"a\"]"}, {"{}", "null", "\"[]\""}},
    {"{\"type\":\"object\"}", {"{}", "{\"a\":1}"}, {"[]", "null", "\"{}\""}},
    {"{\"type\":[\"string\",\"null\"]}",
     {"\"a\"", "null"},
     {"1", "{}", "false"}},
};

static const struct sample values[] = {
    {"{\"enum\":[\"on\",\"off\",3,null]}",
     {"\"on\"", "3", "null"},
     {"\"On\"", "\"3\"", "false"}},
    {"{\"const\":{\"a\":[1,2]}}",
     {"{\"a\":[1,2]}"},
     {"{\"a\":[2,1]}", "{\"a\":[1,2],\"b\":0}", "{}"}},
    {"true", {"null", "1", "{\"a\":[]}"}, {NULL}},
    {"false", {NULL}, {"null", "1", "{}"}},
    {"{\"properties\":{\"a\":true,\"b\":false}}",
     {"{\"a\":1}", "{}"},
     {"{\"b\":1}", "{\"a\":1,\"b\":null}"}},
};

static const struct sample objects[] = {
    {"{\"type\":\"object\",\"required\":[\"a\",\"b\"]}",
     {"{\"a\":1,\"b\":null}", "{\"a\":1,\"b\":2,\"c\":3}"},
     {"{\"a\":1}", "{\"A\":1,\"b\":2}", "{}"}},
    {"{\"properties\":{\"a\":{\"type\":\"string\"}}}",
     {"{\"a\":\"x\"}", "{\"b\":1}", "{}"},
     {"{\"a\":1}", "{\"a\":null,\"b\":1}"}},
    {"{\"properties\":{\"a\":true},\"additionalProperties\":false}",
     {"{}", "{\"a\":1}"},
     {"{\"b\":1}", "{\"a\":1,\"b\":1}"}},
    {"{\"properties\":{\"a\":true},\"additionalProperties\":{\"type\":"
     "\"integer\"}}",
     {"{\"a\":\"x\",\"b\":1}", "{\"a\":\"x\"}"},
     {"{\"b\":\"x\"}", "{\"b\":1,\"c\":null}"}},
    {"{\"properties\":{\"a\":{\"properties\":{\"b\":{\"required\":[\"c\"]}}}"
     "}}",
     {"{\"a\":{\"b\":{\"c\":1}}}", "{\"a\":{}}"},
     {"{\"a\":{\"b\":{}}}"}},
};

static const struct sample arrays[] = {
    {"{\"items\":{\"type\":\"integer\"}}",
     {"[]", "[1,2]"},
     {"[\"a\"]", "[1,2,null]"}},
    {"{\"type\":\"array\",\"minItems\":2}",
     {"[1,2]", "[1,2,3]"},
     {"[1]", "[]"}},
    {"{\"type\":\"array\",\"maxItems\":2}", {"[1,2]", "[]"}, {"[1,2,3]"}},
    {"{\"items\":{\"items\":{\"type\":\"string\"}}}",
     {"[[\"a\"],[]]"},
     {"[[\"a\"],[1]]"}},
};

static const struct sample numbers[] = {
    {"{\"minimum\":2}", {"2", "2.5", "9"}, {"1", "1.5", "-9"}},
    {"{\"maximum\":2}", {"2", "1.5", "-9"}, {"3", "2.5"}},
    {"{\"exclusiveMinimum\":2}", {"3", "2.5"}, {"2", "1"}},
    {"{\"exclusiveMaximum\":2}", {"1", "1.5"}, {"2", "3"}},
    {"{\"minimum\":-1,\"maximum\":1}", {"-1", "0", "1"}, {"-2", "2"}},
};

/* Counted in characters: each of the second pair has four bytes. */
static const struct sample strings[] = {
    {"{\"minLength\":2}", {"\"ab\"", "\"abc\""}, {"\"a\"", "\"\""}},
    {"{\"maxLength\":2}", {"\"ab\"", "\"\""}, {"\"abc\""}},
    {"{\"minLength\":2,\"maxLength\":2}",
     {"\"\xf0\x9f\x8c\xb1\xf0\x9f\x8c\xb1\"", "\"\\ud83c\\udf31x\""},
     {"\"\xf0\x9f\x8c\xb1\"", "\"\\ud83c\\udf31\""}},
};

static const struct sample annotations[] = {
    {"{\"title\":\"t\",\"description\":\"d\",\"default\":1,\"examples\":[1],"
     "\"type\":\"string\"}",
     {"\"a\"", "\"\""},
     {"1"}},
    {"{\"type\":\"string\",\"format\":\"email\"}",
     {"\"no address\"", "\"\""},
     {"1"}},
};

/* --- one order */

static void after_visibility(struct scene *s)
{
    struct conn *c;

    stage_register(s, SUBJECT, "conf/echo",
                   SAFE ",\"visibility\":\"internal\"," WITH_N);
    c = scene_conn(s);
    refused(c, SUBJECT, UNFIT, "NOT_FOUND");
    refused(c, SUBJECT, FITS, "NOT_FOUND");
    refused(c, "conf/absent", UNFIT, "NOT_FOUND");
    verify_entered(s, SUBJECT, 0);
    verify_alive(c);
}

static void after_filter(struct scene *s)
{
    struct conn *c;
    struct conn *trusted;

    stage_register(s, SUBJECT, "conf/echo", WITH_N);
    c = conn_open(s, NULL);
    trusted = conn_open(s, &(struct conn_how){.is_trusted = true});
    refused(c, SUBJECT, UNFIT, "NOT_FOUND");
    refused(c, SUBJECT, FITS, "NOT_FOUND");
    refused(trusted, SUBJECT, UNFIT, "INVALID_INPUT");
    verify_entered(s, SUBJECT, 0);
    verify_output(s, ask_them(trusted, SUBJECT, FITS), FITS);
}

static void after_access(struct scene *s)
{
    struct conn *a;
    struct conn *nobody;

    shapes_peer_a(s, "x");
    stage_register(s, SUBJECT, "conf/echo",
                   SAFE ",\"access\":{\"required_scopes\":[\"x\"]}," WITH_N);
    a = shapes_open_a(s);
    nobody = conn_open(s, NULL);
    refused(nobody, SUBJECT, UNFIT, "FORBIDDEN");
    refused(nobody, SUBJECT, FITS, "FORBIDDEN");
    refused(a, SUBJECT, UNFIT, "INVALID_INPUT");
    verify_entered(s, SUBJECT, 0);
    verify_output(s, ask_them(a, SUBJECT, FITS), FITS);
}

static void after_ownership(struct scene *s)
{
    struct conn *a;

    shapes_peer_a(s, NULL);
    stage_ownership(s);
    stage_register(s, SUBJECT, "conf/echo",
                   SAFE ",\"access\":{\"resource_type\":\"container\"},"
                        "\"resource_id_path\":\"$.id\"," WITH_N);
    a = shapes_open_a(s);
    stage_grant(s, "peer-a", "container", "c1");
    refused(a, SUBJECT, "{\"id\":\"c2\"}", "FORBIDDEN");
    refused(a, SUBJECT, "{\"id\":\"c1\"}", "INVALID_INPUT");
    verify_entered(s, SUBJECT, 0);
    verify_output(s, ask_them(a, SUBJECT, "{\"id\":\"c1\",\"n\":1}"),
                  "{\"id\":\"c1\",\"n\":1}");
}

/* --- of which requests */

static void subscription(struct scene *s)
{
    struct conn *c;
    const char *id;

    stage_register(s, SUBJECT, "conf/source",
                   SAFE ",\"op_type\":\"subscription\"," SCHEMA(
                       "{\"properties\":{\"items\":{\"maximum\":2}}}"));
    c = scene_conn(s);
    id = sub_send(c, SUBJECT, "{\"items\":3}");
    verify_error(s, sub_error(c, id), "INVALID_INPUT", false);
    verify_conn_silence(c);
    verify_entered(s, SUBJECT, 0);
    id = sub_send(c, SUBJECT, "{\"items\":1}");
    verify_same(s, "the item", sub_item(c, id), "{\"i\":0}");
    sub_completed(c, id);
    verify_entered(s, SUBJECT, 1);
}

static const char *composing(struct scene *s, const char *input)
{
    return shapes_compose(s, SUBJECT, input, "");
}

#define REACH ",\"scoped_env\":{\"allowed\":[\"" SUBJECT "\"]}"

static void composed(struct scene *s)
{
    struct conn *c;

    stage_register(s, SUBJECT, "conf/echo", SAFE "," WITH_N);
    stage_register(s, "conf/composer", "conf/compose", SAFE REACH);
    c = scene_conn(s);
    shapes_told_error(s, ask_them(c, "conf/composer", composing(s, UNFIT)),
                      "INVALID_INPUT", false);
    verify_entered(s, SUBJECT, 0);
    verify_output(s, ask_them(c, "conf/composer", composing(s, FITS)),
                  "{\"output\":" FITS "}");
    verify_entered(s, SUBJECT, 1);
}

static void composed_after_access(struct scene *s)
{
    struct conn *c;

    stage_register(s, SUBJECT, "conf/echo",
                   SAFE ",\"access\":{\"required_scopes\":[\"x\"]}," WITH_N);
    stage_register(s, "conf/nobody", "conf/compose", SAFE REACH);
    stage_register(s, "conf/steward", "conf/compose",
                   SAFE REACH ",\"authority\":{\"label\":\"steward\","
                              "\"scopes\":[\"x\"]}");
    c = scene_conn(s);
    shapes_told_error(s, ask_them(c, "conf/nobody", composing(s, UNFIT)),
                      "FORBIDDEN", false);
    shapes_told_error(s, ask_them(c, "conf/steward", composing(s, UNFIT)),
                      "INVALID_INPUT", false);
    verify_entered(s, SUBJECT, 0);
    verify_output(s, ask_them(c, "conf/steward", composing(s, FITS)),
                  "{\"output\":" FITS "}");
}

/* As if it were null, or refused for that [RQ-3]: either way it does not fit.
 */
static void absent(struct scene *s)
{
    struct conn *c;
    const char *id = scene_id(s);

    stage_register(s, SUBJECT, "conf/echo", SAFE "," WITH_N);
    c = scene_conn(s);
    stream_send_fin(
        stream_open(c),
        shapes_frame(s, slice_of(scene_text(
                            s,
                            "{\"type\":\"call.requested\",\"id\":\"%s\","
                            "\"payload\":{\"operationId\":\"/" SUBJECT "\"}}",
                            id))));
    verify_error(s, ask_answer(c, id), "INVALID_INPUT", false);
    verify_entered(s, SUBJECT, 0);
    verify_output(s, ask_them(c, SUBJECT, FITS), FITS);
}

/* The peer has the last word on what it serves. */
static void a_peers_own(struct scene *s)
{
    static const struct import_operation ours[] = {
        {.name = "far/strict",
         .input_schema = "{\"type\":\"object\",\"required\":[\"n\"]}"},
        {.name = "far/odd", .input_schema = "{\"pattern\":\"^a$\"}"},
        {0}};
    struct conn *a;
    struct conn *b;
    const char *id;

    stage_peers(s, 2, NULL);
    stage_forward(s, "conf/strict", "peer-b", "far/strict", SAFE);
    stage_forward(s, "conf/odd", "peer-b", "far/odd", SAFE);
    a = conn_open_as(s, STAGE_KEY_A);
    b = conn_open_as(s, STAGE_KEY_B);
    import_all(b, ours);
    id = ask_send(a, "conf/strict", "[]", "");
    ask_fail(ask_take_of(b, "far/strict"), "INVALID_INPUT", false, NULL);
    verify_error(s, ask_answer(a, id), "INVALID_INPUT", false);
    id = ask_send(a, "conf/strict", "7", "");
    ask_respond(ask_take_of(b, "far/strict"), "\"good\"");
    verify_output(s, ask_answer(a, id), "\"good\"");
    id = ask_send(a, "conf/odd", "\"b\"", "");
    ask_respond(ask_take_of(b, "far/odd"), "\"odd\"");
    verify_output(s, ask_answer(a, id), "\"odd\"");
    verify_conn_silence(b);
}

/* --- half a check is none */

struct odd {
    const char *schema;
    const char *unfit; /* what it would refuse */
};

/* Either the schema is refused, or all of it counts. */
static void all_or_refused(struct scene *s)
{
    static const struct odd odds[] = {
        {"{\"pattern\":\"^a$\"}", "\"b\""},
        {"{\"multipleOf\":2}", "3"},
        {"{\"uniqueItems\":true}", "[1,1]"},
        {"{\"minProperties\":1}", "{}"},
        {"{\"maxProperties\":0}", "{\"a\":1}"},
        {"{\"contains\":{\"type\":\"string\"}}", "[1]"},
        {"{\"propertyNames\":{\"maxLength\":1}}", "{\"ab\":1}"},
        {"{\"patternProperties\":{\"^a\":false}}", "{\"ab\":1}"},
        {"{\"not\":{\"type\":\"null\"}}", "null"},
        {"{\"allOf\":[{\"type\":\"string\"}]}", "1"},
        {"{\"anyOf\":[{\"type\":\"string\"}]}", "1"},
        {"{\"oneOf\":[{\"type\":\"string\"}]}", "1"},
        {"{\"if\":true,\"then\":{\"type\":\"string\"}}", "1"},
        {"{\"properties\":{\"a\":{\"items\":{\"multipleOf\":2}}}}",
         "{\"a\":[3]}"},
    };
    bool taken[sizeof odds / sizeof odds[0]];
    struct conn *c;

    stage_register(s, SUBJECT, "conf/echo", SAFE "," WITH_N);
    for (size_t i = 0; i < sizeof odds / sizeof odds[0]; i++)
        taken[i] = stage_try_register(
            s, nth(s, i), "conf/echo",
            scene_text(s, SAFE ",\"input_schema\":%s", odds[i].schema));
    c = scene_conn(s);
    for (size_t i = 0; i < sizeof odds / sizeof odds[0]; i++) {
        refused(c, nth(s, i), odds[i].unfit,
                taken[i] ? "INVALID_INPUT" : "NOT_FOUND");
        verify_entered(s, nth(s, i), 0);
    }
    verify_output(s, ask_them(c, SUBJECT, FITS), FITS);
}

#define KEYWORD(slug, what, samples)                                           \
    {                                                                          \
        .id = "inputs.keyword." slug, .rules = "OC-2 OS-2",                    \
        .needs = "validation", .claim = what, .run = keywords,                 \
        .data = SAMPLES(samples)                                               \
    }
#define CHECKED(slug, rule, need, what, body)                                  \
    {                                                                          \
        .id = "inputs." slug, .rules = rule, .needs = "validation" need,       \
        .claim = what, .run = body                                             \
    }

static const struct conf_case cases[] = {
    KEYWORD("type", "An input of another type than the schema's is refused.",
            types),
    KEYWORD("value",
            "An input that is none of the schema's values is refused; true "
            "lets everything through, and false nothing.",
            values),
    KEYWORD("object",
            "An object that lacks a required member, or has one that does not "
            "fit or should not be there, is refused.",
            objects),
    KEYWORD("array",
            "A list with too few or too many items, or one that does not fit, "
            "is refused.",
            arrays),
    KEYWORD("number", "A number beyond a limit of the schema is refused.",
            numbers),
    KEYWORD("string",
            "A string with too few or too many characters is "
            "refused.",
            strings),
    KEYWORD("annotation", "Annotations decide nothing, and format is one.",
            annotations),
    {
        .id = "inputs.keyword.unknown",
        .rules = "OC-2",
        .needs = "validation",
        .claim = "A schema with a keyword that the node does not check is "
                 "refused with its registration.",
        .twin = "inputs.keyword.type",
        .is_negative = true,
        .run = all_or_refused,
    },
    {
        .id = "inputs.order.visibility",
        .rules = "OC-2 CK-2 CK-3",
        .needs = "validation",
        .claim = "A hidden operation is NOT_FOUND whether the input fits or "
                 "not.",
        .twin = "inputs.keyword.object",
        .is_negative = true,
        .run = after_visibility,
    },
    {
        .id = "inputs.order.filter",
        .rules = "OC-2 CK-1 CK-3",
        .needs = "validation",
        .claim = "What the filter keeps back is NOT_FOUND whether the input "
                 "fits or not.",
        .axes = {.dial = DIAL_THEM},
        .run = after_filter,
    },
    CHECKED("order.access", "OC-2 CK-2 CK-3", " access",
            "Who may not call an operation gets FORBIDDEN whether the input "
            "fits or not, and who may gets INVALID_INPUT.",
            after_access),
    CHECKED("order.ownership", "OC-2 RP-1 CK-2", " access ownership",
            "Whose resource it is counts before whether the input fits.",
            after_ownership),
    CHECKED("request.subscription", "OC-2 CK-4 CK-3", " subscriptions",
            "A subscription whose input does not fit gets one error and no "
            "completion.",
            subscription),
    CHECKED("request.composed", "OC-2 CK-3", " compose",
            "The input of a composed call is held against the schema too.",
            composed),
    CHECKED("request.composed-order", "OC-2 CA-3", " compose access",
            "A composed call is checked for access before its input is looked "
            "at.",
            composed_after_access),
    CHECKED("request.absent", "OC-2", "",
            "An input that is absent does not fit a schema that wants an "
            "object.",
            absent),
    {
        .id = "inputs.request.imported",
        .rules = "OC-2 FW-1",
        .needs = "validation import",
        .claim = "The input of an imported operation is left to the peer that "
                 "serves it.",
        .axes = {.profile = PROFILE_PEER_GRAPH},
        .run = a_peers_own,
    },
};

const struct case_list inputs_cases = {cases, sizeof cases / sizeof cases[0]};
