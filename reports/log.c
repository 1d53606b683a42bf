/* SPDX-License-Identifier: MIT */
/*
 * One function an event, each builds an object and writes it as a line. A
 * write that fails is remembered and said at the end: a run is not stopped
 * because a disk is full, but it is not green either.
 */
#include "reports/log.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "reports/text.h"

static const char *const lanes[] = {
    [LOG_US] = "us",
    [LOG_THEM] = "them",
    [LOG_ASIDE] = "aside",
};

const char *log_lane_name(enum log_lane lane)
{
    return lanes[lane];
}

static json_t *cleaned(struct slice text)
{
    struct buf b;
    json_t *string;

    buf_init(&b, SIZE_MAX / 2);
    text_clean(&b, text, TEXT_MAX);
    string = json_stringn((const char *)b.data, b.len);
    assert(string);
    buf_clear(&b);
    return string;
}

/* The new member takes `value`. */
static void set(json_t *object, const char *name, json_t *value)
{
    int failed = json_object_set_new(object, name, value);

    assert(!failed);
    (void)failed;
}

static void set_text(json_t *object, const char *name, struct slice text)
{
    if (text.len)
        set(object, name, cleaned(text));
}

static void set_number(json_t *object, const char *name, uint64_t number)
{
    json_int_t most = INT64_MAX;

    set(object, name,
        json_integer(number < INT64_MAX ? (json_int_t)number : most));
}

/* As text: a seed has 64 bits, and not every reader of JSON keeps them. */
static void set_seed(json_t *object, uint64_t seed)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%" PRIu64, seed);
    set(object, "seed", json_string(digits));
}

static json_t *event(const char *name)
{
    json_t *object = json_object();

    assert(object);
    set(object, "event", json_string(name));
    return object;
}

/* Writes the line and gives the object back. */
static void put(struct log *l, json_t *object)
{
    char *line = json_dumps(object, JSON_COMPACT);

    assert(line);
    l->has_failed |= fputs(line, l->file) < 0;
    l->has_failed |= fputc('\n', l->file) == EOF;
    l->has_failed |= fflush(l->file) != 0;
    free(line);
    json_decref(object);
}

void log_attach(struct log *l, FILE *file)
{
    *l = (struct log){.file = file};
}

bool log_open(struct log *l, const char *path, struct failure *ret_failure)
{
    FILE *file = fopen(path, "wb");

    if (!file)
        return failure_say(ret_failure, "%s: %s", path, strerror(errno));
    log_attach(l, file);
    return true;
}

bool log_close(struct log *l, struct failure *ret_failure)
{
    l->has_failed |= fclose(l->file) != 0;
    l->file = NULL;
    if (l->has_failed)
        return failure_say(ret_failure, "the log could not be written whole");
    return true;
}

void log_header(struct log *l, const struct log_header *header)
{
    json_t *object = event("header");
    json_t *testee = json_object();

    set(object, "format", json_string(LOG_FORMAT));
    set_text(object, "suite", header->suite);
    set_text(object, "spec", header->spec);
    set_text(object, "started", header->started);
    set_text(object, "cmdline", header->cmdline);
    set_seed(object, header->seed);
    set_text(testee, "name", header->testee);
    set_text(testee, "version", header->version);
    set_text(testee, "language", header->language);
    set(object, "testee", testee);
    set_text(object, "level", header->level);
    set_text(object, "profile", header->profile);
    put(l, object);
}

void log_plan(struct log *l, uint64_t n, uint64_t floor)
{
    json_t *object = event("plan");

    set_number(object, "n", n);
    set_number(object, "floor", floor);
    put(l, object);
}

void log_requirement(struct log *l, const struct log_requirement *r)
{
    json_t *object = event("requirement");

    set_text(object, "id", r->id);
    set_text(object, "level", r->level);
    set_text(object, "sentence", r->sentence);
    set_text(object, "source", r->source);
    set_text(object, "status", r->status);
    set_text(object, "reason", r->reason);
    put(l, object);
}

void log_case_start(struct log *l, struct slice instance)
{
    json_t *object = event("case_start");

    l->notes = 0;
    set_text(object, "instance", instance);
    put(l, object);
}

void log_note(struct log *l, enum log_lane lane, uint64_t at_ns,
              struct slice text)
{
    json_t *object;

    if (++l->notes > LOG_NOTES_MAX + 1)
        return;
    if (l->notes > LOG_NOTES_MAX) {
        lane = LOG_ASIDE;
        text = slice_of("what came after this was not kept");
    }
    object = event("note");
    set(object, "lane", json_string(lanes[lane]));
    set_number(object, "at_ns", at_ns);
    set_text(object, "text", text);
    put(l, object);
}

static json_t *axes_of(const struct log_case *c)
{
    json_t *axes = json_object();

    for (size_t i = 0; i < c->axes_count; i++) {
        struct slice name = c->axes[i].name;
        int failed = json_object_setn_new(axes, (const char *)name.data,
                                          name.len, cleaned(c->axes[i].value));

        assert(!failed);
        (void)failed;
    }
    return axes;
}

static json_t *rules_of(const struct log_case *c)
{
    json_t *rules = json_array();

    for (size_t i = 0; i < c->rules_count; i++) {
        json_t *rule = json_object();

        set_text(rule, "id", c->rules[i].id);
        set_text(rule, "level", c->rules[i].level);
        set_text(rule, "sentence", c->rules[i].sentence);
        json_array_append_new(rules, rule);
    }
    return rules;
}

static struct slice area_of(struct slice id)
{
    const uint8_t *dot = id.len ? memchr(id.data, '.', id.len) : NULL;

    return slice_head(id, dot ? (size_t)(dot - id.data) : id.len);
}

void log_case(struct log *l, const struct log_case *c)
{
    json_t *object = event("case");

    verdict_add(&l->counts, c->verdict, c->excuse);
    set_text(object, "instance", c->instance);
    set_text(object, "id", c->id);
    set_text(object, "area", area_of(c->id));
    set_text(object, "claim", c->claim);
    set_text(object, "level", c->level);
    set(object, "axes", axes_of(c));
    set(object, "rules", rules_of(c));
    set(object, "verdict", json_string(verdict_name(c->verdict)));
    set_text(object, "signature", c->signature);
    set_text(object, "expected", c->expected);
    set_text(object, "observed", c->observed);
    set_text(object, "choice", c->choice);
    set_text(object, "excuse", c->excuse);
    set_number(object, "step", c->step);
    set_seed(object, c->seed);
    set_number(object, "virtual_ns", c->virtual_ns);
    set_number(object, "wall_ns", c->wall_ns);
    set_text(object, "repro", c->repro);
    set_text(object, "bundle", c->bundle);
    set_text(object, "trace_hash", c->trace_hash);
    put(l, object);
}

static json_t *counts_of(const struct verdict_counts *counts)
{
    json_t *object = json_object();

    for (int v = 0; v < VERDICT_COUNT; v++)
        set_number(object, verdict_name((enum verdict)v), counts->of[v]);
    set_number(object, "excused", counts->excused);
    return object;
}

void log_footer(struct log *l, const struct log_footer *footer)
{
    json_t *object = event("footer");

    set(object, "counts", counts_of(&l->counts));
    set(object, "complete", json_boolean(footer->is_complete));
    set(object, "exit", json_integer(footer->exit));
    set_text(object, "reason",
             footer->reason.len ? footer->reason
                                : slice_of(verdict_exit_words(footer->exit)));
    put(l, object);
}
