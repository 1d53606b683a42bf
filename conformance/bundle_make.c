/* SPDX-License-Identifier: MIT */
/* A bundle out of a scene: apart from the rest of bundle.h, since whoever reads
 * one needs no scene. */
#include "conformance/bundle.h"
#include "conformance/record.h"
#include "conformance/suite.h"

void bundle_make(struct bundle *b, struct scene *s, const struct result *r,
                 const char *command, const struct plan *plan)
{
    const struct testee_hello *hello = &s->testee->hello;
    char *suite = arena_new(&s->arena, TRANSCRIPT_HASH_LEN, 1);
    char *spec = arena_new(&s->arena, TRANSCRIPT_HASH_LEN, 1);

    suite_digest(plan, suite);
    suite_spec_digest(spec);
    *b = (struct bundle){
        .suite = slice_of(SUITE_NAME),
        .suite_digest = slice_of(suite),
        .spec = slice_of(SUITE_SPEC),
        .spec_digest = slice_of(spec),
        .command = slice_of(command),
        .name = arena_copy(&s->arena, hello->name),
        .version = arena_copy(&s->arena, hello->version),
        .language = arena_copy(&s->arena, hello->language),
        .instance = slice_of(s->instance->name),
        .signature = slice_of(result_signature(&s->arena, r)),
        .expected = r->expected,
        .observed = r->observed,
        .hash = r->hash,
        .seed = s->seed,
        .dialogue = r->dialogue,
    };
    b->script = record_script(s, &b->script_count);
}
