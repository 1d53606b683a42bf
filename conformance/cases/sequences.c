/* SPDX-License-Identifier: MIT */
/* Nothing here decides what is right but through the checks of verify.h. */
#include "conformance/cases/sequences.h"

#define SHOWN_MAX 200

const char *sequences_input(struct scene *s, size_t items, const char *more)
{
    return scene_text(s, "{\"items\":%zu%s%s}", items, *more ? "," : "", more);
}

static const char *shown(struct scene *s, const struct json *item)
{
    struct slice text = item ? item->source : slice_of("nothing");

    return scene_string(
        s, slice_head(text, text.len < SHOWN_MAX ? text.len : SHOWN_MAX));
}

static void verify_item(struct scene *s, const struct json *item, size_t i,
                        size_t size)
{
    uint64_t number = UINT64_MAX;
    struct slice data = {0};

    (void)json_get_u64(json_find(item, "i"), &number);
    (void)json_get_text(json_find(item, "data"), &data);
    verify_that(s,
                item && number == i && data.len == size &&
                    item->count == (size ? 2u : 1u),
                scene_text(s, "item %zu with %zu bytes of data", i, size), "%s",
                shown(s, item));
}

/* --- we subscribe */

void sequences_take(struct conn *c, const char *id, size_t from, size_t count,
                    size_t size)
{
    for (size_t i = from; i < from + count; i++)
        verify_item(conn_scene(c), sub_item(c, id), i, size);
}

static void verify_dry(struct scene *s, const struct ask_outcome *o)
{
    verify_error(s, o, "CONF_DRY", true);
    verify_details(s, o, SEQUENCES_DETAILS);
}

void sequences_take_error(struct conn *c, const char *id)
{
    verify_dry(conn_scene(c), sub_error(c, id));
}

void sequences_step(struct scene *s, const char *tag, size_t held)
{
    scene_settle(s);
    shapes_release(s, tag, held);
}

/* --- they subscribe */

struct sequence sequences_begin(struct conn *c, const char *more)
{
    struct sequence q = {
        .sub = sub_begin(c, "conf/source", "{\"items\":0}", more)};

    q.request = ask_take(c);
    return q;
}

void sequences_give(const struct sequence *q, size_t from, size_t count)
{
    struct scene *s = conn_scene(stream_conn(q->request->stream));

    for (size_t i = from; i < from + count; i++)
        sub_give(q->request, scene_text(s, "{\"i\":%zu}", i));
}

void sequences_received(struct scene *s, const char *sub, size_t count,
                        size_t size)
{
    for (size_t i = 0; i < count; i++)
        verify_item(s, sub_received(s, sub, i), i, size);
    scene_settle(s);
    verify_that(s, sub_count(s, sub) == count,
                scene_text(s, "%zu items", count), "%zu", sub_count(s, sub));
}

/* --- how it ended */

void sequences_soon(struct scene *s, const char *sub)
{
    scene_settle(s);
    if (scene_axes(s).lvl == LVL_L1 && !ask_has_result(s, sub))
        scene_advance(s, 2 * SHAPES_S);
}

static const char *how_text(struct scene *s, const struct sub_end *end)
{
    switch (end->how) {
    case SUB_COMPLETED:
        return "it was completed";
    case SUB_ABORTED:
        return "it was aborted";
    case SUB_RESULT:
        return "a result";
    default:
        return scene_text(s, "error %s", scene_string(s, end->outcome->code));
    }
}

void sequences_completed(struct scene *s, const char *sub)
{
    const struct sub_end *end = sub_ended(s, sub);

    verify_that(s, end->how == SUB_COMPLETED, "a completed subscription", "%s",
                how_text(s, end));
    shapes_ended_once(s, sub);
}

const struct ask_outcome *sequences_failed(struct scene *s, const char *sub,
                                           const char *code, bool is_retryable)
{
    const struct sub_end *end = sub_ended(s, sub);

    verify_that(s, end->how == SUB_ERROR, "a subscription that failed", "%s",
                how_text(s, end));
    verify_error(s, end->outcome, code, is_retryable);
    shapes_ended_once(s, sub);
    return end->outcome;
}

void sequences_goes_on(struct scene *s, const char *sub)
{
    verify_that(s, !ask_has_result(s, sub), "a subscription that goes on",
                "it has ended");
}
