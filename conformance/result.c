/* SPDX-License-Identifier: MIT */
/* One struct, written and read; both halves name the same members. */
#include "conformance/result.h"

#include <inttypes.h>

#include "conformance/json_out.h"
#include "conformance/traffic.h"

static void put_text(struct json_out *out, const char *name, struct slice text)
{
    if (text.len)
        json_out_text(out, name, text);
}

static void put_value(struct json_out *out, const char *name,
                      const struct json *v)
{
    if (v)
        json_out_value(out, name, v);
}

void result_print(struct buf *b, const struct result *r)
{
    struct json_out out;

    json_out_begin(&out, b);
    json_out_u64(&out, "place", r->place);
    json_out_u64(&out, "verdict", (uint64_t)r->verdict);
    json_out_u64(&out, "step", r->step);
    json_out_u64(&out, "virtual_ns", r->virtual_ns);
    json_out_u64(&out, "wall_ns", r->wall_ns);
    put_text(&out, "expected", r->expected);
    put_text(&out, "observed", r->observed);
    put_text(&out, "code", r->code);
    put_text(&out, "hash", r->hash);
    put_text(&out, "again", r->again);
    put_text(&out, "stderr", r->stderr_tail);
    put_text(&out, "bundle", r->bundle);
    put_text(&out, "trouble", r->trouble);
    if (r->traffic.forwarded || r->traffic.dropped)
        traffic_put(&out, "traffic", &r->traffic);
    put_value(&out, "choices", r->choices);
    put_value(&out, "dialogue", r->dialogue);
    json_out_end(&out);
    buf_put(b, "\n");
}

bool result_parse(struct arena *arena, struct slice line, struct result *ret)
{
    const struct json *tree = NULL;
    uint64_t verdict = VERDICT_COUNT;

    if (!json_parse(arena, arena_copy(arena, line), JSON_DEPTH_MAX, &tree,
                    NULL) ||
        !json_get_u64(json_find(tree, "verdict"), &verdict) ||
        verdict >= VERDICT_COUNT)
        return false;
    *ret = (struct result){.verdict = (enum verdict)verdict};
    (void)json_get_u64(json_find(tree, "step"), &ret->step);
    (void)json_get_u64(json_find(tree, "virtual_ns"), &ret->virtual_ns);
    (void)json_get_u64(json_find(tree, "wall_ns"), &ret->wall_ns);
    (void)json_get_text(json_find(tree, "expected"), &ret->expected);
    (void)json_get_text(json_find(tree, "observed"), &ret->observed);
    (void)json_get_text(json_find(tree, "code"), &ret->code);
    (void)json_get_text(json_find(tree, "hash"), &ret->hash);
    (void)json_get_text(json_find(tree, "again"), &ret->again);
    (void)json_get_text(json_find(tree, "stderr"), &ret->stderr_tail);
    (void)json_get_text(json_find(tree, "bundle"), &ret->bundle);
    (void)json_get_text(json_find(tree, "trouble"), &ret->trouble);
    ret->traffic = traffic_get(json_find(tree, "traffic"));
    ret->choices = json_find(tree, "choices");
    ret->dialogue = json_find(tree, "dialogue");
    return json_get_u64(json_find(tree, "place"), &ret->place);
}

const char *result_signature(struct arena *arena, const struct result *r)
{
    const char *name = verdict_name(r->verdict);

    if (!verdict_is_news(r->verdict))
        return name;
    if (r->code.len == 0)
        return arena_text(arena, "%s step=%" PRIu64, name, r->step);
    return arena_text(arena, "%s step=%" PRIu64 " code=%.*s", name, r->step,
                      (int)r->code.len, (const char *)r->code.data);
}
