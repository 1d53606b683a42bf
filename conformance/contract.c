/* SPDX-License-Identifier: MIT */
/* A table; a new point is a row and the function that sends it. */
#include "conformance/contract.h"

#include <inttypes.h>

static struct testee_verb *send_unknown_op(struct testee *t, uint64_t seed)
{
    char hash[TRANSCRIPT_HASH_LEN];
    const char *text = arena_text(t->arena, "op %016" PRIx64, seed);

    transcript_digest(slice_of(text), hash);
    return testee_send(t, arena_text(t->arena, "op_%.8s", hash), slice_of(""));
}

static struct testee_verb *send_unknown_field(struct testee *t, uint64_t seed)
{
    (void)seed;
    return testee_send(t, "reset", slice_of("\"no_such_field\":1"));
}

static struct testee_verb *send_garbage(struct testee *t, uint64_t seed)
{
    (void)seed;
    return testee_send_line(t, "a line that is no JSON", 0,
                            slice_of("this is no JSON\n"));
}

static struct testee_verb *send_reset(struct testee *t, uint64_t seed)
{
    (void)seed;
    return testee_send(t, "reset", slice_of(""));
}

/* The longest line there may be: a reset with blanks in it. */
static struct testee_verb *send_longest(struct testee *t, uint64_t seed)
{
    char *line = arena_new(t->arena, DRIVER_LINE_MAX + 1, 1);
    const char *verb =
        arena_text(t->arena, "{\"seq\":%" PRIu64 ",\"op\":\"reset\"", ++t->seq);

    (void)seed;
    memset(line, ' ', DRIVER_LINE_MAX);
    memcpy(line, verb, strlen(verb));
    memcpy(line + DRIVER_LINE_MAX - 2, "}\n", 2);
    return testee_send_line(t, "a line of 4 MiB", t->seq,
                            slice_make(line, DRIVER_LINE_MAX));
}

static struct testee_verb *send_too_long(struct testee *t, uint64_t seed)
{
    char *line = arena_new(t->arena, DRIVER_LINE_MAX + 2, 1);

    (void)seed;
    memset(line, 'x', DRIVER_LINE_MAX);
    line[DRIVER_LINE_MAX] = '\n';
    return testee_send_line(t, "a line of more than 4 MiB", 0,
                            slice_make(line, DRIVER_LINE_MAX + 1));
}

const struct contract_point contract_points[] = {
    {"an unknown op", "an unknown op must be answered `unsupported`", "1",
     TESTEE_UNSUPPORTED, true, send_unknown_op},
    {"an unknown field", "an unknown field must be answered `fail`", "1",
     TESTEE_FAIL, true, send_unknown_field},
    {"a line that is no JSON",
     "a line that is no JSON must be answered `seq` null and `fail`", "1",
     TESTEE_FAIL, true, send_garbage},
    {"reset", "`reset` must be answered `ok`", "3", TESTEE_OK, true,
     send_reset},
    {"a line of 4 MiB",
     "a line of 4 MiB with its newline must be taken like any other", "1",
     TESTEE_OK, false, send_longest},
    {"a line that is too long",
     "a line of more than 4 MiB must be answered `seq` null and `fail`", "1",
     TESTEE_FAIL, false, send_too_long},
};

const size_t contract_points_count =
    sizeof contract_points / sizeof contract_points[0];

static const char *name_of(enum testee_got got)
{
    static const char *const names[] = {
        [TESTEE_WAITING] = "not at all",
        [TESTEE_OK] = "`ok`",
        [TESTEE_FAIL] = "`fail`",
        [TESTEE_UNSUPPORTED] = "`unsupported`",
    };

    return names[got];
}

bool contract_ask(struct testee *t, const struct contract_point *p,
                  uint64_t seed, struct failure *ret_failure)
{
    const struct testee_verb *verb = p->send(t, seed);

    testee_drain(t);
    if (t->trouble != TESTEE_WELL)
        return failure_say(ret_failure, "%s", t->why);
    if (verb->got != p->wanted)
        return failure_say(ret_failure, "it was answered %s",
                           name_of(verb->got));
    return true;
}

bool contract_check(struct testee *t, uint64_t seed,
                    struct failure *ret_failure)
{
    for (size_t i = 0; i < contract_points_count; i++) {
        const struct contract_point *p = &contract_points[i];

        if (p->is_for_all && !contract_ask(t, p, seed, ret_failure))
            return failure_wrap(ret_failure, "%s: ", p->rule);
    }
    return true;
}
