/* SPDX-License-Identifier: MIT */
/*
 * One function an event, found by the event's name. Members that we do not
 * know are passed over, so that a later log can still be read; an event that
 * we do not know likewise. What we know has to have its kind.
 *
 * The JSON of every line stays alive until summary_clear(), and texts point
 * into it. The last line may lack its end: then the run died while writing it.
 */
#include "reports/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "ref/base/xalloc.h"

/* What texts are borrowed from. */
struct summary_keep {
    json_t **lines; /* owned */
    size_t count;   /* how many */
};

/* A log on its way in. */
struct reading {
    struct summary *s;           /* what it becomes */
    const char *name;            /* the file's, for sentences */
    size_t line;                 /* number of the current line */
    struct summary_note *notes;  /* owned: of the case that was begun */
    size_t notes_count;          /* how many */
    bool has_header, has_footer; /* seen so far */
    struct failure *failure;     /* where a refusal goes */
};

static bool refuse(const struct reading *r, const char *why)
{
    return failure_say(r->failure, "%s: line %zu: %s", r->name, r->line, why);
}

/* Room for one more behind `count` things; doubles at powers of two. */
static void *grown(void *old, size_t count, size_t size)
{
    if (count & (count - 1))
        return old;
    return xalloc_grow(old, count ? 2 * count : 1, size);
}

/* A member that is text, or "". False when it is something else. */
static bool text_in(const json_t *object, const char *name, const char **ret)
{
    const json_t *value = json_object_get(object, name);

    *ret = value ? json_string_value(value) : "";
    return *ret != NULL;
}

/* A member that is no negative integer, or 0. */
static bool number_in(const json_t *object, const char *name, uint64_t *ret)
{
    const json_t *value = json_object_get(object, name);
    json_int_t number = json_integer_value(value);

    if (value && (!json_is_integer(value) || number < 0))
        return false;
    *ret = (uint64_t)number;
    return true;
}

static struct summary_group *group_of(struct summary_groups *groups,
                                      const char *name)
{
    for (size_t i = 0; i < groups->count; i++)
        if (strcmp(groups->groups[i].name, name) == 0)
            return &groups->groups[i];
    groups->groups =
        grown(groups->groups, groups->count, sizeof *groups->groups);
    groups->groups[groups->count] = (struct summary_group){.name = name};
    return &groups->groups[groups->count++];
}

static void count(struct summary *s, const struct summary_case *c)
{
    struct slice excuse = slice_of(c->excuse);

    verdict_add(&s->counts, c->verdict, excuse);
    verdict_add(&group_of(&s->areas, c->area)->counts, c->verdict, excuse);
    verdict_add(&group_of(&s->levels, c->level)->counts, c->verdict, excuse);
    for (size_t i = 0; i < c->rules_count; i++)
        verdict_add(&group_of(&s->rules, c->rules[i].id)->counts, c->verdict,
                    excuse);
}

static bool on_header(struct reading *r, const json_t *e)
{
    struct summary *s = r->s;
    const json_t *testee = json_object_get(e, "testee");
    const char *format;

    if (!text_in(e, "format", &format) || strcmp(format, LOG_FORMAT) != 0)
        return refuse(r, "this is no log of format " LOG_FORMAT);
    r->has_header = true;
    return (text_in(e, "suite", &s->suite) && text_in(e, "spec", &s->spec) &&
            text_in(e, "started", &s->started) &&
            text_in(e, "cmdline", &s->cmdline) &&
            text_in(e, "seed", &s->seed) &&
            text_in(testee, "name", &s->testee) &&
            text_in(testee, "version", &s->version) &&
            text_in(testee, "language", &s->language) &&
            text_in(e, "level", &s->level) &&
            text_in(e, "profile", &s->profile)) ||
           refuse(r, "a member of the header is no text");
}

static bool on_plan(struct reading *r, const json_t *e)
{
    return (number_in(e, "n", &r->s->planned) &&
            number_in(e, "floor", &r->s->floor)) ||
           refuse(r, "a number of the plan is none");
}

static bool on_requirement(struct reading *r, const json_t *e)
{
    struct summary *s = r->s;
    struct summary_requirement q;

    if (!text_in(e, "id", &q.id) || !text_in(e, "level", &q.level) ||
        !text_in(e, "sentence", &q.sentence) ||
        !text_in(e, "source", &q.source) || !text_in(e, "status", &q.status) ||
        !text_in(e, "reason", &q.reason))
        return refuse(r, "a member of the requirement is no text");
    s->requirements =
        grown(s->requirements, s->requirements_count, sizeof *s->requirements);
    s->requirements[s->requirements_count++] = q;
    return true;
}

static bool on_case_start(struct reading *r, const json_t *e)
{
    r->notes_count = 0;
    return text_in(e, "instance", &r->s->unfinished) ||
           refuse(r, "the instance is no text");
}

static bool on_note(struct reading *r, const json_t *e)
{
    struct summary_note note;
    const char *lane;

    if (!text_in(e, "text", &note.text) || !text_in(e, "lane", &lane) ||
        !number_in(e, "at_ns", &note.at_ns))
        return refuse(r, "a member of the note has the wrong kind");
    note.lane = strcmp(lane, "us") == 0     ? LOG_US
                : strcmp(lane, "them") == 0 ? LOG_THEM
                                            : LOG_ASIDE;
    if (!r->notes)
        r->notes_count = 0;
    r->notes = grown(r->notes, r->notes_count, sizeof *r->notes);
    r->notes[r->notes_count++] = note;
    return true;
}

static bool read_texts(const json_t *e, struct summary_case *c)
{
    return text_in(e, "instance", &c->instance) && text_in(e, "id", &c->id) &&
           text_in(e, "area", &c->area) && text_in(e, "claim", &c->claim) &&
           text_in(e, "level", &c->level) &&
           text_in(e, "signature", &c->signature) &&
           text_in(e, "expected", &c->expected) &&
           text_in(e, "observed", &c->observed) &&
           text_in(e, "choice", &c->choice) &&
           text_in(e, "excuse", &c->excuse) && text_in(e, "seed", &c->seed) &&
           text_in(e, "repro", &c->repro) &&
           text_in(e, "trace_hash", &c->trace_hash);
}

static bool read_numbers(const json_t *e, struct summary_case *c)
{
    return number_in(e, "step", &c->step) &&
           number_in(e, "virtual_ns", &c->virtual_ns) &&
           number_in(e, "wall_ns", &c->wall_ns);
}

static bool read_axes(const json_t *e, struct summary_case *c)
{
    json_t *axes = json_object_get(e, "axes");
    const char *name;
    json_t *value;

    if (axes && !json_is_object(axes))
        return false;
    json_object_foreach(axes, name, value)
    {
        struct summary_axis axis = {name, json_string_value(value)};

        if (!axis.value)
            return false;
        c->axes = grown(c->axes, c->axes_count, sizeof *c->axes);
        c->axes[c->axes_count++] = axis;
    }
    return true;
}

static bool read_rules(const json_t *e, struct summary_case *c)
{
    const json_t *rules = json_object_get(e, "rules");

    if (rules && !json_is_array(rules))
        return false;
    for (size_t i = 0; i < json_array_size(rules); i++) {
        const json_t *item = json_array_get(rules, i);
        struct summary_rule rule;

        if (!text_in(item, "id", &rule.id) ||
            !text_in(item, "level", &rule.level) ||
            !text_in(item, "sentence", &rule.sentence))
            return false;
        c->rules = grown(c->rules, c->rules_count, sizeof *c->rules);
        c->rules[c->rules_count++] = rule;
    }
    return true;
}

/* The case as it lies in the summary, where summary_clear() finds it whatever
 * becomes of it. */
static bool on_case(struct reading *r, const json_t *e)
{
    struct summary *s = r->s;
    struct summary_case *c;
    const char *verdict;

    s->cases = grown(s->cases, s->cases_count, sizeof *s->cases);
    c = &s->cases[s->cases_count++];
    *c = (struct summary_case){.notes = r->notes,
                               .notes_count = r->notes ? r->notes_count : 0};
    r->notes = NULL;
    s->unfinished = "";
    if (!read_texts(e, c) || !read_numbers(e, c) || !read_axes(e, c) ||
        !read_rules(e, c))
        return refuse(r, "a member of the case has the wrong kind");
    if (c->instance[0] == '\0')
        return refuse(r, "the case has no instance");
    if (!text_in(e, "verdict", &verdict) || !verdict_find(verdict, &c->verdict))
        return refuse(r, "the case has no verdict that we know");
    count(s, c);
    return true;
}

static bool on_footer(struct reading *r, const json_t *e)
{
    uint64_t status;

    if (!number_in(e, "exit", &status) || status > 255 ||
        !text_in(e, "reason", &r->s->reason))
        return refuse(r, "a member of the footer has the wrong kind");
    r->s->exit = (int)status;
    r->s->is_complete = json_is_true(json_object_get(e, "complete"));
    r->has_footer = true;
    return true;
}

static const struct handler {
    const char *event;                                /* its name */
    bool (*read)(struct reading *r, const json_t *e); /* takes it in */
} handlers[] = {
    {"header", on_header},
    {"plan", on_plan},
    {"requirement", on_requirement},
    {"case_start", on_case_start},
    {"note", on_note},
    {"case", on_case},
    {"footer", on_footer},
};

static bool on_event(struct reading *r, const json_t *e)
{
    const char *name = json_string_value(json_object_get(e, "event"));

    if (!name)
        return refuse(r, "there is no event in it");
    if (!r->has_header && strcmp(name, "header") != 0)
        return refuse(r, "the log does not begin with a header");
    if (r->has_footer)
        return refuse(r, "something follows the footer");
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
        if (strcmp(name, handlers[i].event) == 0)
            return handlers[i].read(r, e);
    return true;
}

/* One line, of which jansson tells whether it is JSON at all. */
static bool on_line(struct reading *r, const char *line, size_t len)
{
    struct summary_keep *keep = r->s->keep;
    json_error_t error;
    json_t *e = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);

    if (!e)
        return failure_say(r->failure, "%s: line %zu: no JSON: %s", r->name,
                           r->line, error.text);
    keep->lines = grown(keep->lines, keep->count, sizeof *keep->lines);
    keep->lines[keep->count++] = e;
    return on_event(r, e);
}

static bool read_lines(struct reading *r, FILE *file)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    bool is_good = true;

    while (is_good && (len = getline(&line, &capacity, file)) > 0) {
        r->line++;
        if (line[len - 1] != '\n')
            break;
        is_good = on_line(r, line, (size_t)len);
    }
    free(line);
    if (is_good && ferror(file))
        return failure_say(r->failure, "%s: %s", r->name, strerror(errno));
    return is_good;
}

static void init(struct summary *s)
{
    *s = (struct summary){.suite = "",
                          .spec = "",
                          .started = "",
                          .cmdline = "",
                          .seed = "",
                          .testee = "",
                          .version = "",
                          .language = "",
                          .level = "",
                          .profile = "",
                          .unfinished = "",
                          .exit = 130,
                          .reason =
                              "the log ends without a footer: the run died",
                          .keep = xalloc(1, sizeof *s->keep)};
}

bool summary_load(struct summary *ret, FILE *file, const char *name,
                  struct failure *ret_failure)
{
    struct summary s;
    struct reading r = {.s = &s, .name = name, .failure = ret_failure};
    bool is_good;

    init(&s);
    is_good = read_lines(&r, file);
    xalloc_free(r.notes);
    if (is_good && !r.has_header)
        is_good = failure_say(ret_failure, "%s: there is no log in it", name);
    if (is_good)
        *ret = s;
    else
        summary_clear(&s);
    return is_good;
}

bool summary_read(struct summary *ret, const char *path,
                  struct failure *ret_failure)
{
    FILE *file = fopen(path, "rb");
    bool is_good;

    if (!file)
        return failure_say(ret_failure, "%s: %s", path, strerror(errno));
    is_good = summary_load(ret, file, path, ret_failure);
    (void)fclose(file);
    return is_good;
}

void summary_clear(struct summary *s)
{
    for (size_t i = 0; i < s->cases_count; i++) {
        xalloc_free(s->cases[i].axes);
        xalloc_free(s->cases[i].rules);
        xalloc_free(s->cases[i].notes);
    }
    xalloc_free(s->cases);
    xalloc_free(s->requirements);
    xalloc_free(s->areas.groups);
    xalloc_free(s->levels.groups);
    xalloc_free(s->rules.groups);
    for (size_t i = 0; i < s->keep->count; i++)
        json_decref(s->keep->lines[i]);
    xalloc_free(s->keep->lines);
    xalloc_free(s->keep);
}

const char *summary_axis(const struct summary_case *c, const char *name)
{
    for (size_t i = 0; i < c->axes_count; i++)
        if (strcmp(c->axes[i].name, name) == 0)
            return c->axes[i].value;
    return "";
}

void summary_sentence(struct buf *b, const struct summary *s)
{
    verdict_sentence(b, &s->counts, s->planned, s->exit, slice_of(s->reason));
}
