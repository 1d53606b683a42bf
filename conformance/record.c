/* SPDX-License-Identifier: MIT */
/*
 * Out of a scene's memory into what outlives it. Whatever is written down here
 * has its secrets taken out first: what the testee was told in confidence is
 * in no log and no bundle.
 */
#include "conformance/record.h"

#include "conformance/body.h"
#include "conformance/json_out.h"
#include "conformance/secrets.h"

/* Of a conversation that went wrong, its end is kept for the log. */
#define DIALOGUE_LINES_MAX 100u
#define DIALOGUE_LINE_MAX 8000u

/* Of a long line so much is looked at: a secret that is cut in two at its end
 * cannot move into what is kept, however many before it become shorter. */
#define REDACTED_MAX (16 * DIALOGUE_LINE_MAX)

static struct slice at_most(struct slice text, size_t len)
{
    return slice_head(text, text.len < len ? text.len : len);
}

static const struct json *choices_of(struct scene *s)
{
    const struct json *tree = NULL;
    struct json_out out;
    struct buf b;

    if (s->outcome.choices_count == 0)
        return NULL;
    buf_init(&b, RESULT_LINE_MAX);
    json_out_begin_array(&out, &b);
    for (size_t i = 0; i < s->outcome.choices_count; i++) {
        json_out_array(&out, NULL);
        json_out_text(&out, NULL, slice_of(s->outcome.choices[i].name));
        json_out_text(&out, NULL, slice_of(s->outcome.choices[i].taken));
        json_out_end(&out);
    }
    json_out_end(&out);
    (void)json_parse(&s->arena, arena_copy(&s->arena, buf_slice(&b)),
                     JSON_DEPTH_MAX, &tree, NULL);
    buf_clear(&b);
    return tree;
}

/* Where the last lines of the conversation begin. */
static const struct transcript_line *last_lines(const struct transcript *t)
{
    const struct transcript_line *from = t->first;
    size_t count = 0;

    for (const struct transcript_line *l = t->first; l; l = l->next) {
        if (++count > DIALOGUE_LINES_MAX)
            from = from->next;
    }
    return from;
}

static const struct json *dialogue_of(struct scene *s)
{
    const struct json *tree = NULL;
    struct json_out out;
    struct buf b;

    buf_init(&b, RESULT_LINE_MAX);
    json_out_begin_array(&out, &b);
    for (const struct transcript_line *l = last_lines(&s->transcript); l;
         l = l->next) {
        struct slice text = stage_redact(s, at_most(l->text, REDACTED_MAX));

        json_out_array(&out, NULL);
        json_out_bool(&out, NULL, l->is_ours);
        json_out_u64(&out, NULL, l->at_ns);
        json_out_text(&out, NULL, at_most(text, DIALOGUE_LINE_MAX));
        json_out_end(&out);
    }
    json_out_end(&out);
    (void)json_parse(&s->arena, arena_copy(&s->arena, buf_slice(&b)),
                     JSON_DEPTH_MAX, &tree, NULL);
    buf_clear(&b);
    return tree;
}

static struct slice text_or_empty(const char *text)
{
    return slice_of(text ? text : "");
}

/* Of a testee that died the last words tell more than anything we could. */
static struct slice observed(struct scene *s, struct slice words)
{
    const struct outcome *o = &s->outcome;

    if (o->verdict == VERDICT_PASS)
        return text_or_empty(o->reserve);
    if (o->verdict != VERDICT_CRASH)
        return text_or_empty(o->observed);
    return slice_of(scene_text(s, "%s%s", o->observed,
                               testee_last_words(&s->arena, words)));
}

struct result record_result(struct scene *s, size_t place)
{
    const struct outcome *o = &s->outcome;
    bool is_bad = verdict_is_news(o->verdict);
    struct slice words = is_bad
                             ? stage_redact(s, driver_stderr(s->testee->driver))
                             : slice_of("");

    return (struct result){
        .place = place,
        .verdict = o->verdict,
        .step = o->step,
        .virtual_ns = o->virtual_ns,
        .expected = text_or_empty(o->expected),
        .observed = observed(s, words),
        .code = text_or_empty(o->code),
        .hash = slice_of(o->hash),
        .stderr_tail = words,
        .traffic = o->traffic,
        .choices = choices_of(s),
        .dialogue = is_bad ? dialogue_of(s) : NULL,
    };
}

static size_t count_lines(const struct scene *s)
{
    size_t count = 1;

    for (const struct transcript_line *l = s->transcript.first; l; l = l->next)
        count += l->is_ours;
    for (const struct testee_verb *v = s->testee->queue; v; v = v->next)
        count++;
    return count;
}

const struct slice *record_script(struct scene *s, size_t *ret_count)
{
    struct slice *script = arena_new(&s->arena, count_lines(s), sizeof *script);
    size_t n = 0;

    script[n++] = stage_redact(s, s->testee->hello.line);
    for (const struct transcript_line *l = s->transcript.first; l; l = l->next)
        if (l->is_ours)
            script[n++] = stage_redact(s, l->text);
    for (const struct testee_verb *v = s->testee->queue; v; v = v->next)
        script[n++] = stage_redact(s, v->line);
    *ret_count = n;
    return script;
}
