/* SPDX-License-Identifier: MIT */
/* See validation.h. Who dialled makes no difference to an input, so one side
 * is enough. */
#include "conformance/validation.h"

#include "conformance/catalogue.h"
#include "conformance/scene.h"

#define OPERATION "conf/subject"

static const char *member(struct scene *s, const char *name)
{
    return catalogue_text(scene_arena(s), scene_data(s), name);
}

/* What `register` is told: the schema of the vector. */
static const char *declared(struct scene *s)
{
    return scene_text(s, "\"remote_safe\":true,\"input_schema\":%s",
                      member(s, "schema"));
}

/* Was it taken as the vector says? Where that is open it is written down. */
static void settle(struct scene *s, bool is_taken)
{
    const struct json *verdict =
        json_find(json_find(scene_data(s), "expect"), "verdict");
    bool is_accept = json_is_text(verdict, "accept");

    if (json_is_text(verdict, "either"))
        scene_choice(s, member(s, "id"), is_taken ? "taken" : "refused");
    else
        verify_that(s, is_taken == is_accept,
                    is_accept ? "that it is taken" : "that it is refused",
                    is_taken ? "it was taken" : "it was refused");
}

/* [OC-2] An input that does not fit never gets as far as the handler. */
static void run_input(struct scene *s)
{
    const struct ask_outcome *o;
    struct conn *c;

    stage_register(s, OPERATION, "conf/echo", declared(s));
    c = scene_conn(s);
    o = ask_them(c, OPERATION, member(s, "input"));
    if (!o->is_ok)
        verify_error(s, o, "INVALID_INPUT", false);
    settle(s, o->is_ok);
    verify_entered(s, OPERATION, o->is_ok ? 1 : 0);
    if (!o->is_ok)
        verify_alive(c);
}

/* A schema that is not understood is refused when it is registered. */
static void run_schema(struct scene *s)
{
    settle(s, stage_try_register(s, OPERATION, "conf/echo", declared(s)));
    verify_alive(scene_conn(s));
}

/* --- from vectors to cases */

static struct conf_case
make_case(struct arena *arena, const struct json *groups, const struct json *v)
{
    const struct json *verdict = json_find(json_find(v, "expect"), "verdict");
    struct conf_case c = catalogue_case(arena, v);

    (void)groups;
    c.needs = "validation";
    c.axes = (struct case_axes){.dial = DIAL_US, .lvl = LVL_L1};
    c.is_negative = json_is_text(verdict, "reject");
    c.twin = c.is_negative ? catalogue_text(arena, v, "twin") : NULL;
    c.run = json_find(v, "input") ? run_input : run_schema;
    return c;
}

struct case_list validation_cases(struct arena *arena)
{
    return catalogue_cases(arena, catalogue_is_validation, make_case);
}
