/* SPDX-License-Identifier: MIT */
/* What we know of a node stands in the hello of its stand-in. */
#include "conformance/names.h"

#include <inttypes.h>

#include "conformance/backstage.h"
#include "conformance/body.h"
#include "conformance/stage.h"
#include "ref/host/entropy.h"

const char *names_find(struct scene *s, struct slice name)
{
    const struct json *theirs =
        json_find_slice(s->testee->hello.operations, name);

    return json_is(theirs, JSON_STRING) && theirs->text.len
               ? (const char *)arena_copy(&s->arena, theirs->text).data
               : NULL;
}

const char *names_there(struct scene *s, const char *operation)
{
    struct slice name = slice_of(operation);
    const char *theirs = names_find(s, name);

    if (theirs || stage_is_ours(s))
        return theirs ? theirs : operation;
    if (stage_is_default(name))
        scene_not_applicable(s, scene_text(s, "the node has no %s", operation));
    if (!slice_starts(name, slice_of("conf/")) &&
        !slice_starts(name, slice_of("services/")))
        scene_not_applicable(s, "it would call operations of the node's own");
    return operation;
}

void ask_by_name(struct scene *s, const char *operation)
{
    const char *theirs = names_there(s, operation);

    if (strcmp(theirs, operation) != 0)
        scene_not_applicable(
            s, scene_text(s, "it speaks of %s, which has another name there",
                          operation));
}

static bool contains(struct slice text, const char *what)
{
    size_t len = strlen(what);

    for (size_t at = 0; at + len <= text.len; at++) {
        if (memcmp(text.data + at, what, len) == 0)
            return true;
    }
    return false;
}

void ask_by_hand(struct scene *s, struct slice text)
{
    struct slice token = s->testee->hello.token;

    if (stage_is_ours(s))
        return;
    for (const char *const *name = stage_defaults(); *name; name++) {
        if (contains(text, scene_text(s, "\"%s\"", *name)) ||
            contains(text, scene_text(s, "\"/%s\"", *name)))
            ask_by_name(s, *name);
    }
    if (token.len && contains(text, "operationId") &&
        !contains(text, (const char *)token.data))
        scene_not_applicable(s, "it asks by hand, without the token");
    if (contains(text, "conf/count") &&
        !(s->counting.key && contains(text, s->counting.key)))
        s->counting.is_blind = true;
}

const char *names_with_token(struct scene *s, const char *more)
{
    struct slice token = s->testee->hello.token;

    if (token.len == 0 || strstr(more, "\"auth_token\""))
        return more;
    return scene_text(s, "\"auth_token\":\"%s\"%s%s", (const char *)token.data,
                      *more ? "," : "", more);
}

/* A key that nobody else counts, in this run or any other. */
static const char *counted_key(struct scene *s)
{
    struct entropy_source entropy = entropy_system();
    uint64_t number;

    if (!s->counting.key) {
        entropy_fill(&entropy, (uint8_t *)&number, sizeof number);
        s->counting.key = scene_text(s, "k-%016" PRIx64, number);
    }
    return s->counting.key;
}

const char *names_with_key(struct scene *s, const char *operation,
                           const char *input)
{
    const char *at = strstr(input, NAMES_KEY);
    bool counts = strcmp(operation, "conf/count") == 0 ||
                  strcmp(operation, "conf/unsafe") == 0;

    if (!counts || !at || stage_is_ours(s))
        return input;
    return scene_text(s, "%.*s\"key\":\"%s\"%s", (int)(at - input), input,
                      counted_key(s), at + strlen(NAMES_KEY));
}
