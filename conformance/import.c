/* SPDX-License-Identifier: MIT */
/*
 * What we serve is made into text, and requests are answered as they come. The
 * events of an import carry no id: those of a connection are counted.
 */
#include "conformance/import.h"

#include "conformance/backstage.h"
#include "conformance/body.h"
#include "conformance/conn.h"
#include "conformance/verify.h"

/* --- what we serve, as text */

static const char *or_else(const char *json, const char *otherwise)
{
    return json ? json : otherwise;
}

/* The members that both answers have. */
static const char *title(struct scene *s, const struct import_operation *o)
{
    const char *slash = strchr(o->name, '/');
    size_t len = slash ? (size_t)(slash - o->name) : 0;

    return scene_text(s,
                      "\"name\":\"%s\",\"namespace\":\"%.*s\","
                      "\"op_type\":\"%s\"",
                      o->name, (int)len, o->name, or_else(o->op_type, "query"));
}

const char *import_list(struct scene *s, const struct import_operation *table)
{
    const char *entries = "";

    for (const struct import_operation *o = table; o->name; o++)
        entries = scene_text(s, "%s%s%s", entries, *entries ? "," : "",
                             o->entry ? o->entry
                                      : scene_text(s, "{%s}", title(s, o)));
    return scene_text(s, "{\"operations\":[%s]}", entries);
}

const char *import_schema(struct scene *s, const struct import_operation *o)
{
    static const char open_to_all[] =
        "{\"required_scopes\":[],\"required_scopes_any\":null,"
        "\"resource_type\":null,\"resource_action\":null}";

    if (o->schema)
        return o->schema;
    return scene_text(s,
                      "{%s,\"visibility\":\"external\",\"input_schema\":%s,"
                      "\"output_schema\":%s,\"error_schemas\":%s,"
                      "\"access_control\":%s}",
                      title(s, o), or_else(o->input_schema, "{}"),
                      or_else(o->output_schema, "{}"),
                      or_else(o->error_schemas, "[]"),
                      or_else(o->access_control, open_to_all));
}

/* --- answering */

static const struct import_operation *find(const struct import_operation *table,
                                           const struct json *name)
{
    struct slice text;

    if (!json_get_text(name, &text))
        return NULL;
    while (table->name && !slice_equal(raw_name(text), slice_of(table->name)))
        table++;
    return table->name ? table : NULL;
}

void import_answer(const struct ask_request *r,
                   const struct import_operation *table)
{
    struct scene *s = r->stream->conn->scene;
    const struct import_operation *o = NULL;

    if (strcmp(r->name, "services/schema") == 0)
        o = find(table, json_find(r->input, "name"));
    if (o)
        ask_respond(r, import_schema(s, o));
    else if (strcmp(r->name, "services/list") == 0)
        ask_respond(r, import_list(s, table));
    else
        ask_fail(r, "NOT_FOUND", false, NULL);
}

/* --- the verb, and how it ends */

/* The nth end of an import on that connection, from 0; or NULL. */
static const struct json *end_at(struct conn *c, size_t nth)
{
    const struct event *e = c->scene->events;

    for (; e; e = e->next) {
        const struct json *ev = json_find(e->tree, "ev");

        if ((json_is_text(ev, "imported") ||
             json_is_text(ev, "import_failed")) &&
            json_is_text(json_find(e->tree, "conn"), c->name) && nth-- == 0)
            return e->tree;
    }
    return NULL;
}

struct import *import_begin(struct conn *c, const char *more)
{
    struct scene *s = c->scene;
    struct import *i = arena_new(&s->arena, 1, sizeof *i);

    i->conn = c;
    while (end_at(c, i->before))
        i->before++;
    (void)scene_verb(
        s, "import",
        scene_text(s, "\"conn\":\"%s\"%s%s", c->name, *more ? "," : "", more));
    return i;
}

bool import_has_ended(const struct import *i)
{
    return end_at(i->conn, i->before) != NULL;
}

static bool ends_or_asks(void *what)
{
    struct import *i = what;

    return import_has_ended(i) || ask_is_called(i->conn);
}

static void count(struct import *i, const struct ask_request *r)
{
    if (strcmp(r->name, "services/list") == 0)
        i->lists++;
    else if (strcmp(r->name, "services/schema") == 0)
        i->schemas++;
    else
        i->others++;
}

void import_serve(struct import *i, const struct import_operation *table)
{
    struct scene *s = i->conn->scene;
    const struct ask_request *r;

    while (scene_await(s, ends_or_asks, i) && ask_is_called(i->conn)) {
        r = ask_take(i->conn);
        count(i, r);
        import_answer(r, table);
    }
    scene_require(s, import_has_ended(i), "an import that ends or asks",
                  "neither");
}

static bool has_ended(void *what)
{
    return import_has_ended(what);
}

/* Its end, the only one. */
static const struct json *end_of(struct import *i)
{
    struct scene *s = i->conn->scene;

    scene_step(s);
    (void)scene_await(s, has_ended, i);
    scene_settle(s);
    scene_require(s, import_has_ended(i), "an end of the import", "none");
    scene_require(s, !end_at(i->conn, i->before + 1), "one end of the import",
                  "two");
    return end_at(i->conn, i->before);
}

void verify_imported(struct import *i, const char *names)
{
    struct scene *s = i->conn->scene;
    const struct json *end = end_of(i);

    verify_that(s, json_is_text(json_find(end, "ev"), "imported"),
                "operations that were imported", "%s",
                scene_string(s, end->source));
    verify_same(s, "the imported names", json_find(end, "names"), names);
}

void verify_import_failed(struct import *i, const char *kind)
{
    struct scene *s = i->conn->scene;
    const struct json *end = end_of(i);

    verify_that(s, json_is_text(json_find(end, "kind"), kind),
                scene_text(s, "an import that fails with %s", kind), "%s",
                scene_string(s, end->source));
}

void import_all(struct conn *c, const struct import_operation *table)
{
    struct import *i = import_begin(c, "");
    const char *names = "";

    for (const struct import_operation *o = table; o->name; o++)
        names = scene_text(c->scene, "%s%s\"%s\"", names, *names ? "," : "",
                           o->name);
    import_serve(i, table);
    verify_imported(i, scene_text(c->scene, "[%s]", names));
}
