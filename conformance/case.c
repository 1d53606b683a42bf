/* SPDX-License-Identifier: MIT */
/* Names of the axes, and what can be wrong with a case before it is run. */
#include "conformance/case.h"

#include "conformance/requirements.h"

struct case_axes case_axes_full(struct case_axes axes)
{
    if (!axes.dial)
        axes.dial = DIAL_US | DIAL_THEM;
    if (!axes.caller)
        axes.caller = CALLER_US;
    if (!axes.lvl)
        axes.lvl = LVL_L1 | LVL_L2;
    if (!axes.profile)
        axes.profile = PROFILE_REMOTE_SAFE;
    return axes;
}

const char *case_side_name(unsigned side)
{
    return side == CALLER_US ? "us" : side == CALLER_THEM ? "them" : "both";
}

const char *case_lvl_name(unsigned lvl)
{
    return lvl == LVL_L0 ? "L0" : lvl == LVL_L1 ? "L1" : "L2";
}

const char *case_profile_name(unsigned profile)
{
    return profile == PROFILE_REMOTE_SAFE ? "remote-safe" : "peer-graph";
}

const char *case_level_name(enum case_level level)
{
    static const char *const names[] = {"must", "should", "choice"};

    return names[level];
}

struct slice case_word(struct slice *words)
{
    struct slice word;
    size_t len = 0;

    while (words->len > 0 && words->data[0] == ' ')
        *words = slice_skip(*words, 1);
    while (len < words->len && words->data[len] != ' ')
        len++;
    word = slice_head(*words, len);
    *words = slice_skip(*words, len);
    return word;
}

bool case_cites(const struct conf_case *c, struct slice rule)
{
    struct slice words = slice_of(c->rules);
    struct slice word;

    while ((word = case_word(&words)).len > 0) {
        if (slice_equal(word, rule))
            return true;
    }
    return false;
}

static bool is_slug(const char *id)
{
    size_t dots = 0;

    for (size_t i = 0; id[i]; i++) {
        bool is_letter =
            (id[i] >= 'a' && id[i] <= 'z') || (id[i] >= '0' && id[i] <= '9');
        bool is_inside = i > 0 && id[i + 1] && id[i - 1] != '.' &&
                         id[i - 1] != '-' && id[i - 1] != '_';

        if (!is_letter &&
            !(is_inside && (id[i] == '.' || id[i] == '-' || id[i] == '_')))
            return false;
        dots += id[i] == '.';
    }
    return dots >= 2;
}

static const struct conf_case *find(const struct conf_case *const *cases,
                                    size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(cases[i]->id, id) == 0)
            return cases[i];
    }
    return NULL;
}

static bool lint_rules(const struct conf_case *c, struct failure *ret_failure)
{
    struct slice words = slice_of(c->rules ? c->rules : "");
    struct slice rule = case_word(&words);

    if (rule.len == 0)
        return failure_say(ret_failure, "%s: no rule", c->id);
    for (; rule.len > 0; rule = case_word(&words)) {
        if (!requirements_find(rule))
            return failure_say(ret_failure, "%s: there is no rule %.*s", c->id,
                               (int)rule.len, (const char *)rule.data);
    }
    return true;
}

/* Is `twin` run wherever `c` is? */
static bool covers(const struct conf_case *twin, const struct conf_case *c)
{
    struct case_axes a = case_axes_full(twin->axes);
    struct case_axes b = case_axes_full(c->axes);

    return !(b.dial & ~a.dial) && !(b.caller & ~a.caller) &&
           !(b.lvl & ~a.lvl) && !(b.profile & ~a.profile);
}

static bool lint_twin(const struct conf_case *const *cases, size_t count,
                      const struct conf_case *c, struct failure *ret_failure)
{
    const struct conf_case *twin = c->twin ? find(cases, count, c->twin) : NULL;

    if (c->twin && !twin)
        return failure_say(ret_failure, "%s: its twin %s does not exist", c->id,
                           c->twin);
    if (c->is_negative && !twin)
        return failure_say(ret_failure, "%s: a negative without a twin", c->id);
    if (twin && twin->is_negative)
        return failure_say(ret_failure, "%s: its twin is a negative as well",
                           c->id);
    if (twin && !covers(twin, c))
        return failure_say(ret_failure,
                           "%s: its twin is not run on all its "
                           "axes",
                           c->id);
    return true;
}

static bool lint_one(const struct conf_case *const *cases, size_t count,
                     const struct conf_case *c, struct failure *ret_failure)
{
    if (!is_slug(c->id))
        return failure_say(ret_failure, "%s: not area.topic.case", c->id);
    if (find(cases, count, c->id) != c)
        return failure_say(ret_failure, "%s: the id is used twice", c->id);
    if (!c->claim || !*c->claim || !c->run)
        return failure_say(ret_failure, "%s: no claim or no body", c->id);
    return lint_rules(c, ret_failure) &&
           lint_twin(cases, count, c, ret_failure);
}

bool case_lint(const struct conf_case *const *cases, size_t count,
               struct failure *ret_failure)
{
    for (size_t i = 0; i < count; i++) {
        if (!lint_one(cases, count, cases[i], ret_failure))
            return false;
    }
    return true;
}
