/* SPDX-License-Identifier: MIT */
/*
 * See script.h. Decisions are many while they are written down and are looked
 * up once for each datagram, so they are put in order once, in between. The
 * form in files is two tables of members; what is zero is left out of a
 * decision, since most of it is.
 */
#include "netsim/script.h"

#include <stdlib.h>

#include "netsim/life.h"
#include "netsim/numeral.h"
#include "ref/base/xalloc.h"

static const char *const step_names[STEPS] = {
    [STEP_CALL] = "call",
    [STEP_SUBSCRIBE] = "subscribe",
    [STEP_ABORT] = "abort",
    [STEP_RESUME] = "resume",
    [STEP_LIST] = "list",
    [STEP_PROBE] = "probe",
    [STEP_IMPORT] = "import",
    [STEP_DIAL] = "dial",
    [STEP_CUT] = "cut",
    [STEP_CRASH] = "crash",
    [STEP_BLACKHOLE] = "blackhole",
    [STEP_PARTITION] = "partition",
    [STEP_PAUSE] = "pause",
    [STEP_WEATHER] = "weather",
    [STEP_NARROW] = "narrow",
    [STEP_REBIND] = "rebind",
    [STEP_ROTATE] = "rotate",
    [STEP_RELOAD] = "reload",
    [STEP_RESET] = "reset",
    [STEP_MISCHIEF] = "mischief",
};

const char *step_name(enum step_kind kind)
{
    return step_names[kind];
}

static const char *const floor_names[] = {
    [LIFE_STREAMS] = "streams", [LIFE_QUIC] = "quic"};

const char *script_floor_name(uint32_t floor)
{
    return floor_names[floor];
}

bool script_floor_find(struct slice name, uint32_t *ret)
{
    for (uint32_t i = LIFE_STREAMS; i <= LIFE_QUIC; i++) {
        if (slice_equal(name, slice_of(floor_names[i]))) {
            *ret = i;
            return true;
        }
    }
    return false;
}

/* --- writing down */

/* Room for one more behind `count`: doubled whenever it was a power of two. */
static void *grow(void *items, size_t count, size_t size)
{
    if (count & (count - 1))
        return items;
    return xalloc_grow(items, count ? 2 * count : 1, size);
}

void script_add(struct script *s, const struct step *step)
{
    size_t at = s->step_count;

    s->steps = grow(s->steps, s->step_count, sizeof *s->steps);
    for (; at > 0 && s->steps[at - 1].at_ns > step->at_ns; at--)
        s->steps[at] = s->steps[at - 1];
    s->steps[at] = *step;
    s->step_count++;
}

void script_decide(struct script *s, const struct link_decision *d)
{
    assert(!s->has_decisions);
    s->decisions = grow(s->decisions, s->decision_count, sizeof *s->decisions);
    s->decisions[s->decision_count++] = *d;
}

static int order_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* By link, direction and packet. */
static int order(const void *a, const void *b)
{
    const struct link_decision *one = a, *other = b;
    int by = order_numbers(one->link, other->link);

    if (by == 0)
        by = order_numbers(one->direction, other->direction);
    return by ? by : order_numbers(one->packet, other->packet);
}

void script_seal(struct script *s)
{
    if (s->decision_count > 1)
        qsort(s->decisions, s->decision_count, sizeof *s->decisions, order);
    s->has_decisions = true;
}

struct script script_copy(const struct script *from)
{
    struct script s = *from;

    s.steps = NULL;
    s.decisions = NULL;
    s.step_count = s.decision_count = 0;
    for (size_t i = 0; i < from->step_count; i++)
        script_add(&s, &from->steps[i]);
    s.has_decisions = false;
    for (size_t i = 0; i < from->decision_count; i++)
        script_decide(&s, &from->decisions[i]);
    s.has_decisions = from->has_decisions;
    return s;
}

void script_clear(struct script *s)
{
    xalloc_free(s->steps);
    xalloc_free(s->decisions);
    *s = (struct script){0};
}

/* --- almanacs */

static bool look_up(void *self, struct link_decision *ret)
{
    const struct script *s = self;
    const struct link_decision *found = NULL;

    if (s->decision_count)
        found = bsearch(ret, s->decisions, s->decision_count,
                        sizeof *s->decisions, order);
    if (found)
        *ret = *found;
    return found != NULL;
}

static void write_down(void *self, const struct link_decision *d)
{
    script_decide(self, d);
}

struct link_almanac script_almanac(const struct script *s)
{
    return (struct link_almanac){
        .recorded = s->has_decisions ? look_up : NULL,
        .self = (void *)(uintptr_t)s,
    };
}

struct link_almanac script_recorder(struct script *s)
{
    return (struct link_almanac){.decided = write_down, .self = s};
}

/* --- the form in files: kinds by name */

static bool read_kind(const json_t *name, enum step_kind *ret,
                      struct failure *f)
{
    for (uint32_t i = 0; i < STEPS; i++) {
        if (slice_equal(value_string(name), slice_of(step_names[i]))) {
            *ret = (enum step_kind)i;
            return true;
        }
    }
    return failure_say(f, "kind: no such step is known");
}

/* --- the form in files: numbers */

static bool read_u64(const char *name, const json_t *number, uint64_t max,
                     uint64_t *ret, struct failure *f)
{
    uint64_t read = (uint64_t)json_integer_value(number);

    if (read > max)
        return failure_say(f, "%s: expected at most %ju", name, (uintmax_t)max);
    *ret = read;
    return true;
}

static bool read_u32(const char *name, const json_t *number, uint32_t *ret,
                     struct failure *f)
{
    uint64_t wide = 0;

    if (!read_u64(name, number, UINT32_MAX, &wide, f))
        return false;
    *ret = (uint32_t)wide;
    return true;
}

static void put(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

static void put_number(json_t *object, const char *name, uint64_t number)
{
    put(object, name, numeral_count(number));
}

/* --- the form in files: a step */

static json_t *step_tree(const struct step *s)
{
    json_t *tree = json_object();

    put_number(tree, "at_ns", s->at_ns);
    put(tree, "kind", json_string(step_names[s->kind]));
    put_number(tree, "number", s->number);
    put_number(tree, "who", s->who);
    put_number(tree, "tie", s->tie);
    put_number(tree, "what", s->what);
    return tree;
}

static bool read_step(const json_t *tree, struct step *ret, struct failure *f)
{
    const json_t *at, *kind, *number, *who, *tie, *what;
    const struct value_field fields[] = {
        {"at_ns", VALUE_INTEGER, true, &at},
        {"kind", VALUE_STRING, true, &kind},
        {"number", VALUE_INTEGER, true, &number},
        {"who", VALUE_INTEGER, true, &who},
        {"tie", VALUE_INTEGER, true, &tie},
        {"what", VALUE_INTEGER, true, &what},
    };

    return value_fields(tree, fields, sizeof fields / sizeof *fields, f) &&
           read_u64("at_ns", at, SCRIPT_TIME_MAX_NS, &ret->at_ns, f) &&
           read_kind(kind, &ret->kind, f) &&
           read_u32("number", number, &ret->number, f) &&
           read_u32("who", who, &ret->who, f) &&
           read_u32("tie", tie, &ret->tie, f) &&
           read_u32("what", what, &ret->what, f);
}

/* --- the form in files: a decision */

static void put_true(json_t *object, const char *name, bool is_so)
{
    if (is_so)
        put(object, name, json_true());
}

static json_t *decision_tree(const struct link_decision *d)
{
    json_t *tree = json_object();

    put_number(tree, "link", d->link);
    put_number(tree, "direction", d->direction);
    put_number(tree, "packet", d->packet);
    put_true(tree, "lost", d->is_lost);
    put_true(tree, "burst", d->is_burst);
    put_true(tree, "doubled", d->is_doubled);
    put_true(tree, "reordered", d->is_reordered);
    if (d->is_corrupt)
        put_number(tree, "bit", d->bit);
    if (d->is_truncated)
        put_number(tree, "kept", d->kept);
    if (d->late_ns[0])
        put_number(tree, "late_ns", d->late_ns[0]);
    if (d->late_ns[1])
        put_number(tree, "double_late_ns", d->late_ns[1]);
    return tree;
}

static bool read_decision(const json_t *tree, struct link_decision *ret,
                          struct failure *f)
{
    const json_t *link, *direction, *packet, *lost, *burst, *doubled,
        *reordered, *bit, *kept, *late, *late_double;
    const struct value_field fields[] = {
        {"link", VALUE_INTEGER, true, &link},
        {"direction", VALUE_INTEGER, true, &direction},
        {"packet", VALUE_INTEGER, true, &packet},
        {"lost", VALUE_BOOL, false, &lost},
        {"burst", VALUE_BOOL, false, &burst},
        {"doubled", VALUE_BOOL, false, &doubled},
        {"reordered", VALUE_BOOL, false, &reordered},
        {"bit", VALUE_INTEGER, false, &bit},
        {"kept", VALUE_INTEGER, false, &kept},
        {"late_ns", VALUE_INTEGER, false, &late},
        {"double_late_ns", VALUE_INTEGER, false, &late_double},
    };

    *ret = (struct link_decision){0};
    if (!value_fields(tree, fields, sizeof fields / sizeof *fields, f))
        return false;
    ret->is_lost = json_is_true(lost);
    ret->is_burst = json_is_true(burst);
    ret->is_doubled = json_is_true(doubled);
    ret->is_reordered = json_is_true(reordered);
    ret->is_corrupt = bit != NULL;
    ret->is_truncated = kept != NULL;
    return read_u32("link", link, &ret->link, f) &&
           read_u32("direction", direction, &ret->direction, f) &&
           read_u64("packet", packet, INT64_MAX, &ret->packet, f) &&
           read_u32("bit", bit, &ret->bit, f) &&
           read_u32("kept", kept, &ret->kept, f) &&
           read_u64("late_ns", late, SCRIPT_TIME_MAX_NS, &ret->late_ns[0], f) &&
           read_u64("double_late_ns", late_double, SCRIPT_TIME_MAX_NS,
                    &ret->late_ns[1], f);
}

/* --- the form in files: the whole */

json_t *script_tree(const struct script *s)
{
    json_t *tree = json_object(), *steps = json_array(),
           *decisions = s->has_decisions ? json_array() : json_null();

    for (size_t i = 0; i < s->step_count; i++)
        json_array_append_new(steps, step_tree(&s->steps[i]));
    for (size_t i = 0; s->has_decisions && i < s->decision_count; i++)
        json_array_append_new(decisions, decision_tree(&s->decisions[i]));
    put(tree, "seed", numeral_string(s->seed));
    put(tree, "floor", json_string(floor_names[s->floor]));
    put(tree, "steps", steps);
    put(tree, "decisions", decisions);
    return tree;
}

static bool read_steps(const json_t *list, struct script *s, struct failure *f)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct step step;

        if (!read_step(json_array_get(list, i), &step, f))
            return failure_wrap(f, "step %zu: ", i + 1);
        script_add(s, &step);
    }
    return true;
}

static bool read_decisions(const json_t *list, struct script *s,
                           struct failure *f)
{
    if (json_is_null(list))
        return true;
    if (!json_is_array(list))
        return failure_say(f, "decisions: expected a list or null");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct link_decision d;

        if (!read_decision(json_array_get(list, i), &d, f))
            return failure_wrap(f, "decision %zu: ", i + 1);
        script_decide(s, &d);
    }
    script_seal(s);
    for (size_t i = 1; i < s->decision_count; i++) {
        if (order(&s->decisions[i - 1], &s->decisions[i]) == 0)
            return failure_say(f, "decisions: two speak of one datagram");
    }
    return true;
}

static bool read_all(const json_t *tree, struct script *s, struct failure *f)
{
    const json_t *seed, *floor, *steps, *decisions;
    const struct value_field fields[] = {
        {"seed", VALUE_STRING, true, &seed},
        {"floor", VALUE_STRING, true, &floor},
        {"steps", VALUE_LIST, true, &steps},
        {"decisions", VALUE_ANY, true, &decisions},
    };

    if (!value_fields(tree, fields, sizeof fields / sizeof *fields, f))
        return false;
    if (!numeral_read_string(seed, &s->seed))
        return failure_say(f, "seed: expected a number in a text");
    if (!script_floor_find(value_string(floor), &s->floor))
        return failure_say(f, "floor: expected streams or quic");
    return read_steps(steps, s, f) && read_decisions(decisions, s, f);
}

bool script_read(const json_t *tree, struct script *ret,
                 struct failure *ret_failure)
{
    struct script s = {0};

    if (!read_all(tree, &s, ret_failure)) {
        script_clear(&s);
        return false;
    }
    *ret = s;
    return true;
}
