/* SPDX-License-Identifier: MIT */
/* See decision.h. Who dialled makes no difference to any of this, so one side
 * is enough. */
#include "conformance/decision.h"

#include "conformance/catalogue.h"
#include "conformance/scene.h"

#define OPERATION "conf/subject"

static const char *member(struct scene *s, const char *name)
{
    return catalogue_text(scene_arena(s), scene_data(s), name);
}

/* The value of a member that is a JSON text; NULL where the member is null. */
static const struct json *tree(struct scene *s, const char *name)
{
    const struct json *value = NULL;

    if (json_is(json_find(scene_data(s), name), JSON_STRING))
        (void)json_parse(scene_arena(s), slice_of(member(s, name)),
                         JSON_DEPTH_MAX, &value, NULL);
    return value;
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

/* The call with the input of the vector: it runs, or is refused with that code
 * and never gets as far as the handler. */
static void call(struct conn *c, const char *code)
{
    struct scene *s = conn_scene(c);
    const struct ask_outcome *o = ask_them(c, OPERATION, member(s, "input"));

    if (!o->is_ok)
        verify_error(s, o, code, false);
    settle(s, o->is_ok);
    verify_entered(s, OPERATION, o->is_ok ? 1 : 0);
    if (!o->is_ok)
        verify_alive(c);
}

/* --- schemas */

/* What `register` is told of a schema. */
static const char *with_schema(struct scene *s)
{
    return scene_text(s, "\"remote_safe\":true,\"input_schema\":%s",
                      member(s, "schema"));
}

static void run_input(struct scene *s)
{
    stage_register(s, OPERATION, "conf/echo", with_schema(s));
    call(scene_conn(s), "INVALID_INPUT");
}

/* A schema that is not understood is refused when it is registered. Which
 * keyword it was is for people, and nobody asks for it. */
static void run_schema(struct scene *s)
{
    settle(s, stage_try_register(s, OPERATION, "conf/echo", with_schema(s)));
    verify_alive(scene_conn(s));
}

/* --- owners */

/* What `register` is told of a resource. */
static const char *with_resource(struct scene *s)
{
    const struct json *path = json_find(scene_data(s), "path");
    const char *access = scene_text(s, "\"remote_safe\":true,\"access\":%s",
                                    member(s, "access"));

    return json_is(path, JSON_STRING)
               ? scene_text(s, "%s,\"resource_id_path\":\"%s\"", access,
                            member(s, "path"))
               : access;
}

/* We come as the identity of the vector, or as nobody. */
static struct conn *come(struct scene *s)
{
    const struct json *who = tree(s, "identity");
    struct stage_peer peer = {.key = STAGE_KEY_A};

    if (!who)
        return scene_conn(s);
    peer.peer_id = catalogue_text(scene_arena(s), who, "id");
    peer.scopes = catalogue_words(scene_arena(s), who, "scopes");
    peer.resources = (const char *)arena_copy(
                         scene_arena(s), json_find(who, "resources")->source)
                         .data;
    stage_peer(s, &peer);
    return conn_open(s, &(struct conn_how){.key = STAGE_KEY_A});
}

static void happen(struct scene *s, const struct json *step)
{
    const char *type = catalogue_text(scene_arena(s), step, "type");
    const char *id = catalogue_text(scene_arena(s), step, "id");

    if (json_find(step, "record"))
        stage_grant(s, catalogue_text(scene_arena(s), step, "record"), type,
                    id);
    else
        stage_revoke(s, type, id);
}

static void run_owned(struct scene *s)
{
    const struct json *history = tree(s, "history");
    struct conn *c;

    if (history)
        stage_ownership(s);
    stage_register(s, OPERATION, "conf/echo", with_resource(s));
    c = come(s);
    for (const struct json *step = history ? history->first : NULL; step;
         step = step->next)
        happen(s, step);
    call(c, "FORBIDDEN");
}

/* --- from vectors to cases */

/* What can be asked; a test is of the first type of which it has the member. */
static const struct asked {
    const char *type;             /* of a group */
    const char *member;           /* of its tests, and of none further on */
    const char *needs;            /* of a testee */
    void (*run)(struct scene *s); /* asks for one of them */
} asked[] = {
    {"access_owned", "history", "access ownership", run_owned},
    {"validation", "input", "validation", run_input},
    {"validation_form", "schema", "validation", run_schema},
};

bool decision_is_asked(const struct json *group)
{
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        if (json_is_text(json_find(group, "type"), asked[i].type))
            return true;
    return false;
}

static struct conf_case
make_case(struct arena *arena, const struct json *groups, const struct json *v)
{
    const struct json *verdict = json_find(json_find(v, "expect"), "verdict");
    struct conf_case c = catalogue_case(arena, v);
    const struct asked *a = asked;

    (void)groups;
    while (!json_find(v, a->member))
        a++;
    c.needs = a->needs;
    c.axes = (struct case_axes){.dial = DIAL_US, .lvl = LVL_L1};
    c.is_negative = json_is_text(verdict, "reject");
    c.twin = c.is_negative ? catalogue_text(arena, v, "twin") : NULL;
    c.run = a->run;
    return c;
}

struct case_list decision_cases(struct arena *arena)
{
    return catalogue_cases(arena, decision_is_asked, make_case);
}
