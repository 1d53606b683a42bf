/* SPDX-License-Identifier: MIT */
/* Axes multiplied out, and their names. */
#include "conformance/instance.h"

const char *const instance_axes[] = {"dial",    "caller", "lvl",
                                     "profile", "net",    NULL};

const char *instance_axis(const struct instance *i, struct slice axis)
{
    const struct case_axes *a = &i->axes;

    if (slice_equal(axis, slice_of("lvl")))
        return case_lvl_name(a->lvl);
    if (a->lvl == LVL_L0)
        return NULL;
    if (slice_equal(axis, slice_of("dial")))
        return case_side_name(a->dial);
    if (slice_equal(axis, slice_of("caller")))
        return case_side_name(a->caller);
    if (slice_equal(axis, slice_of("profile")))
        return case_profile_name(a->profile);
    if (slice_equal(axis, slice_of("net")) && i->net)
        return i->net->name;
    return NULL;
}

static const char *make_name(struct arena *arena, const struct instance *i)
{
    if (i->axes.lvl == LVL_L0)
        return arena_text(arena, "%s@lvl=L0", i->of->id);
    return arena_text(
        arena, "%s@dial=%s,caller=%s,lvl=%s,profile=%s", i->of->id,
        case_side_name(i->axes.dial), case_side_name(i->axes.caller),
        case_lvl_name(i->axes.lvl), case_profile_name(i->axes.profile));
}

/* The `n`-th value of a set, or 0. */
static unsigned value_at(unsigned set, size_t n)
{
    for (unsigned bit = 1; bit <= set; bit <<= 1) {
        if ((set & bit) && n-- == 0)
            return bit;
    }
    return 0;
}

static size_t size_of(unsigned set)
{
    size_t size = 0;

    while (value_at(set, size))
        size++;
    return size;
}

/* Combination number `n`: the last axis turns fastest. */
static struct case_axes combination(const struct case_axes *sets, size_t n)
{
    struct case_axes one;

    one.profile = value_at(sets->profile, n % size_of(sets->profile));
    n /= size_of(sets->profile);
    one.caller = value_at(sets->caller, n % size_of(sets->caller));
    n /= size_of(sets->caller);
    one.dial = value_at(sets->dial, n % size_of(sets->dial));
    n /= size_of(sets->dial);
    one.lvl = value_at(sets->lvl, n);
    return one;
}

const struct instance *instance_expand(struct arena *arena,
                                       const struct conf_case *c,
                                       size_t *ret_count)
{
    struct case_axes sets = case_axes_full(c->axes);
    size_t count = size_of(sets.lvl) * size_of(sets.dial) *
                   size_of(sets.caller) * size_of(sets.profile);
    struct instance *all;

    if (sets.lvl == LVL_L0)
        count = 1;
    all = arena_new(arena, count, sizeof *all);
    for (size_t n = 0; n < count; n++) {
        all[n].of = c;
        all[n].axes = combination(&sets, n);
        all[n].name = make_name(arena, &all[n]);
    }
    *ret_count = count;
    return all;
}

const struct instance *instance_in(struct arena *arena,
                                   const struct instance *i,
                                   const struct weather *net)
{
    struct instance *one = arena_new(arena, 1, sizeof *one);

    *one = *i;
    one->net = net;
    one->name = arena_text(arena, "%s,net=%s", i->name, net->name);
    return one;
}
