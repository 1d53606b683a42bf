/* SPDX-License-Identifier: MIT */
/* See finding.h. */
#include "netsim/finding.h"

#include "netsim/numeral.h"
#include "ref/base/bounds.h"
#include "ref/host/files.h"
#include "reports/text.h"

/* Lines of a trace in a file, and members of the list of rules: enough for
 * ours, and nobody else writes any. */
#define LINES_MAX 1000

static const char *const kind_names[FINDING_KINDS] = {
    [FINDING_NONE] = "", [FINDING_DIED] = "died", [FINDING_HUNG] = "hung"};

const char *finding_name(const struct finding *f)
{
    return f->kind == FINDING_BROKEN
               ? invariant_text(f->report.ledger.broken)->name
               : kind_names[f->kind];
}

struct life_terms finding_terms(const struct finding *f)
{
    return (struct life_terms){
        .seed = f->report.seed,
        .floor = f->report.floor,
        .script = f->has_script ? &f->script : NULL,
        .has_canary = f->has_canary,
    };
}

bool finding_is_same(const struct finding *f, enum finding_kind kind,
                     const struct life_report *report)
{
    return kind == f->kind &&
           (kind != FINDING_BROKEN ||
            report->ledger.broken == f->report.ledger.broken);
}

void finding_clear(struct finding *f)
{
    strings_clear(&f->trace);
    script_clear(&f->script);
    *f = (struct finding){0};
}

/* --- writing */

static void put(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

/* A text of foreign bytes. */
static json_t *clean_string(const char *text)
{
    struct buf clean;
    json_t *string;

    buf_init(&clean, SIZE_MAX / 2);
    text_clean(&clean, slice_of(text), TEXT_MAX);
    string = value_new_string(buf_slice(&clean));
    buf_clear(&clean);
    return string;
}

static json_t *rules_tree(const struct finding *f)
{
    json_t *list = json_array();
    struct slice id;

    for (size_t n = 0; f->kind == FINDING_BROKEN; n++) {
        id = invariant_rule(f->report.ledger.broken, n);
        if (id.len == 0)
            break;
        json_array_append_new(list, value_new_string(id));
    }
    return list;
}

static json_t *lines_tree(const struct strings *lines)
{
    json_t *list = json_array();

    for (size_t i = 0; i < lines->count; i++)
        json_array_append_new(list, value_new_string(lines->items[i]));
    return list;
}

static json_t *shrunk_tree(const struct finding *f)
{
    json_t *tree = json_object();

    put(tree, "steps_before", numeral_count(f->steps_before));
    put(tree, "decisions_before", numeral_count(f->decisions_before));
    put(tree, "lives", numeral_count(f->lives));
    put(tree, "minimal", json_boolean(f->is_minimal));
    return tree;
}

json_t *finding_tree(const struct finding *f)
{
    const struct life_report *report = &f->report;
    json_t *tree = json_object();

    put(tree, "format", json_string(FINDING_FORMAT));
    put(tree, "commit", clean_string(f->commit));
    put(tree, "seed", numeral_string(report->seed));
    put(tree, "floor", json_string(script_floor_name(report->floor)));
    put(tree, "canary", json_boolean(f->has_canary));
    put(tree, "broken", json_string(finding_name(f)));
    put(tree, "rules", rules_tree(f));
    put(tree, "what", clean_string(report->ledger.what));
    put(tree, "trace", lines_tree(&f->trace));
    put(tree, "lines", numeral_count(report->lines));
    put(tree, "virtual_ns", numeral_count(report->virtual_ns));
    put(tree, "hash", numeral_hash(report->hash));
    put(tree, "script", f->has_script ? script_tree(&f->script) : json_null());
    put(tree, "shrunk", f->lives ? shrunk_tree(f) : json_null());
    return tree;
}

bool finding_save(const struct finding *f, const char *path,
                  struct failure *ret_failure)
{
    json_t *tree = finding_tree(f);
    bool is_saved;
    struct buf text;

    buf_init(&text, BOUNDS_FILE_MAX - 1);
    is_saved =
        value_print(tree, &text) ||
        failure_say(ret_failure, "%s: the script is too long for a file", path);
    if (is_saved) {
        buf_put(&text, "\n");
        is_saved = text_save(path, buf_slice(&text), ret_failure);
    }
    buf_clear(&text);
    json_decref(tree);
    return is_saved;
}

/* --- reading */

/* As much as there is room for: cleaning may have made it longer. */
static void copy_text(const json_t *string, char *ret, size_t size)
{
    struct slice text = slice_cut(value_string(string), size - 1);

    if (text.len)
        memcpy(ret, text.data, text.len);
    ret[text.len] = '\0';
}

static bool read_broken(const json_t *name, struct finding *ret,
                        struct failure *f)
{
    enum invariant broken = invariant_find(json_string_value(name));

    ret->report.ledger.is_broken = broken < INVARIANTS;
    ret->report.ledger.broken = broken;
    if (broken < INVARIANTS)
        ret->kind = FINDING_BROKEN;
    else if (strcmp(json_string_value(name), "died") == 0)
        ret->kind = FINDING_DIED;
    else if (strcmp(json_string_value(name), "hung") == 0)
        ret->kind = FINDING_HUNG;
    else
        return failure_say(f, "broken: no such invariant is known");
    return true;
}

static bool read_shrunk(const json_t *tree, struct finding *ret,
                        struct failure *f)
{
    const json_t *steps, *decisions, *lives, *minimal;
    const struct value_field fields[] = {
        {"steps_before", VALUE_INTEGER, true, &steps},
        {"decisions_before", VALUE_INTEGER, true, &decisions},
        {"lives", VALUE_INTEGER, true, &lives},
        {"minimal", VALUE_BOOL, true, &minimal},
    };

    if (json_is_null(tree))
        return true;
    if (!value_fields(tree, fields, sizeof fields / sizeof *fields, f))
        return failure_wrap(f, "shrunk: ");
    ret->steps_before = (uint64_t)json_integer_value(steps);
    ret->decisions_before = (uint64_t)json_integer_value(decisions);
    ret->lives = (uint64_t)json_integer_value(lives);
    ret->is_minimal = json_is_true(minimal);
    return true;
}

/* A script is of the same seed and floor as all else. */
static bool read_script(const json_t *tree, struct finding *ret,
                        struct failure *f)
{
    if (json_is_null(tree))
        return true;
    if (!script_read(tree, &ret->script, f))
        return failure_wrap(f, "script: ");
    ret->has_script = true;
    if (ret->script.seed != ret->report.seed ||
        ret->script.floor != (uint32_t)ret->report.floor)
        return failure_say(f, "script: of another seed or floor");
    return true;
}

/* The few that are more than a member of some kind. */
static bool read_head(const json_t *format, const json_t *seed,
                      const json_t *floor, struct finding *ret,
                      struct failure *f)
{
    uint32_t number;

    if (!slice_equal(value_string(format), slice_of(FINDING_FORMAT)))
        return failure_say(f, "format: expected " FINDING_FORMAT);
    if (!numeral_read_string(seed, &ret->report.seed))
        return failure_say(f, "seed: expected a number in a text");
    if (!script_floor_find(value_string(floor), &number))
        return failure_say(f, "floor: expected streams, quic or drawn");
    ret->report.floor = (enum life_floor)number;
    return true;
}

static bool read_all(const json_t *tree, struct finding *ret, struct failure *f)
{
    const json_t *format, *commit, *seed, *floor, *canary, *broken, *rules,
        *what, *trace, *lines, *virtual_ns, *hash, *script, *shrunk;
    const struct value_field fields[] = {
        {"format", VALUE_STRING, true, &format},
        {"commit", VALUE_STRING, true, &commit},
        {"seed", VALUE_STRING, true, &seed},
        {"floor", VALUE_STRING, true, &floor},
        {"canary", VALUE_BOOL, true, &canary},
        {"broken", VALUE_STRING, true, &broken},
        {"rules", VALUE_STRINGS, true, &rules},
        {"what", VALUE_STRING, true, &what},
        {"trace", VALUE_STRINGS, true, &trace},
        {"lines", VALUE_INTEGER, true, &lines},
        {"virtual_ns", VALUE_INTEGER, true, &virtual_ns},
        {"hash", VALUE_STRING, true, &hash},
        {"script", VALUE_ANY, true, &script},
        {"shrunk", VALUE_ANY, true, &shrunk},
    };

    if (!value_fields(tree, fields, sizeof fields / sizeof *fields, f) ||
        !read_head(format, seed, floor, ret, f))
        return false;
    if (!numeral_read_hash(hash, &ret->report.hash))
        return failure_say(f, "hash: expected 16 hex digits");
    if (json_array_size(trace) > LINES_MAX)
        return failure_say(f, "trace: expected at most %d lines", LINES_MAX);
    ret->has_canary = json_is_true(canary);
    ret->report.lines = (uint64_t)json_integer_value(lines);
    ret->report.virtual_ns = (uint64_t)json_integer_value(virtual_ns);
    ret->trace = value_strings(trace);
    copy_text(commit, ret->commit, sizeof ret->commit);
    copy_text(what, ret->report.ledger.what, sizeof ret->report.ledger.what);
    return read_broken(broken, ret, f) && read_script(script, ret, f) &&
           read_shrunk(shrunk, ret, f);
}

bool finding_read(const json_t *tree, struct finding *ret,
                  struct failure *ret_failure)
{
    struct finding f = {0};

    if (!read_all(tree, &f, ret_failure)) {
        finding_clear(&f);
        return false;
    }
    *ret = f;
    return true;
}

bool finding_load(const char *path, struct finding *ret,
                  struct failure *ret_failure)
{
    json_t *tree = files_read_tree(path, ret_failure);
    bool is_good;

    if (!tree)
        return false;
    is_good = finding_read(tree, ret, ret_failure) ||
              failure_wrap(ret_failure, "%s: ", path);
    json_decref(tree);
    return is_good;
}
