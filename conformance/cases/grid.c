/* SPDX-License-Identifier: MIT */
/*
 * The grid of registries: every operation that can be registered, by its
 * visibility, what it asks of a caller and how it is marked, against every
 * caller there can be; in both profiles, whoever dialled, and trusted as well
 * where the testee dialled. Of each the same is demanded: it is listed and
 * described exactly when a call of it would not be refused, and the handler
 * runs exactly then.
 *
 * The cases are not written but made. An id names its cell,
 *
 *     registry.<visibility>.<restriction>.<mark>.<caller>
 *
 * so that `registry.*.any-of.**` or `registry.internal` is a filter like any
 * other. What is expected is computed here, by the four lines of fate_of().
 */
#include "conformance/cases/cases.h"
#include "conformance/cases/shapes.h"

#define OPERATION "conf/subject"
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* --- who calls */

/* What an identity holds; nobody holds nothing. A set where it says whom a
 * restriction lets in. */
enum holding { NOBODY = 1, LITTLE = 2, PART = 4, ALL = 8 };

struct caller {
    const char *slug;   /* in the id */
    const char *words;  /* in the claim */
    const char *rules;  /* how its identity comes about */
    const char *needs;  /* capabilities */
    enum stage_key key; /* whose key it shows */
    enum holding holds; /* what the entry of key A has */
    enum holding token; /* of the token in its requests; NOBODY: one that
                           nobody knows; 0: it sends none */
    enum holding acts;  /* as whom the call is made */
};

static const struct caller callers[] = {
    {"anonymous", "a caller without a key", "AU-7", "discovery access",
     STAGE_KEY_NONE, LITTLE, 0, NOBODY},
    {"stranger", "a caller whose key nobody knows", "AU-2", "discovery access",
     STAGE_KEY_B, ALL, 0, NOBODY},
    {"known-without", "a known peer that holds something else", "AU-2",
     "discovery access", STAGE_KEY_A, LITTLE, 0, LITTLE},
    {"known-partly", "a known peer that holds a part", "AU-2",
     "discovery access", STAGE_KEY_A, PART, 0, PART},
    {"known-with", "a known peer that holds it all", "AU-2", "discovery access",
     STAGE_KEY_A, ALL, 0, ALL},
    {"token-with", "a caller whose token holds it all", "AU-1 AU-3",
     "discovery access tokens", STAGE_KEY_NONE, LITTLE, ALL, ALL},
    {"token-without", "a known peer with a token that holds something else",
     "AU-1 AU-3", "discovery access tokens", STAGE_KEY_A, ALL, LITTLE, LITTLE},
    {"token-unknown", "a known peer with a token that nobody knows",
     "AU-3 AU-4", "discovery access tokens", STAGE_KEY_A, ALL, NOBODY, ALL},
};

static const char *scopes_of(enum holding holding)
{
    return holding == ALL    ? "conf:read conf:write conf:audit"
           : holding == PART ? "conf:read"
                             : "conf:other conf conf:writes";
}

static const char *resources_of(enum holding holding)
{
    return holding == ALL    ? "{\"disk\":[\"look\",\"erase\"]}"
           : holding == PART ? "{\"disk\":[\"look\"],\"tape\":[\"erase\"]}"
                             : "{\"disk\":[],\"erase\":[\"disk\"]}";
}

/* --- what is called */

struct visibility {
    const char *slug; /* in the id, and in the registration */
    const char *rules;
    bool is_internal;
};

static const struct visibility visibilities[] = {
    {"external", "SL-2", false},
    {"internal", "VI-1 VI-2 VI-3 OC-1 EC-11", true},
};

struct mark {
    const char *slug;
    const char *words;   /* in the claim */
    const char *rules;   /* of the filter */
    const char *members; /* of the registration */
    bool is_safe;
};

static const struct mark marks[] = {
    {"safe", "is remote-safe", "LG-3 LG-6", "\"remote_safe\":true,", true},
    {"unsafe", "is not remote-safe", "CK-1 LG-3 LG-4 LG-5 LG-8 LG-9",
     "\"remote_safe\":false,", false},
    {"unmarked", "nobody has marked", "CK-1 LG-1 LG-5 LG-8", "", false},
};

struct restriction {
    const char *slug;
    const char *words;  /* in the claim */
    const char *rules;  /* of access control */
    const char *access; /* in the registration */
    unsigned admits;    /* set of holdings */
};

static const struct restriction restrictions[] = {
    {"open", "asks for nothing", "AC-2", "{}", NOBODY | LITTLE | PART | ALL},
    {"all-of", "asks for two scopes", "AC-1 AC-5",
     "{\"required_scopes\":[\"conf:read\",\"conf:write\"]}", ALL},
    {"any-of", "asks for one of two scopes", "AC-1 AC-5",
     "{\"required_scopes_any\":[\"conf:audit\",\"conf:read\"]}", PART | ALL},
    {"any-of-none", "asks for one scope of none", "AC-3 AC-5",
     "{\"required_scopes_any\":[]}", 0},
    {"type", "asks for a resource", "AC-1 AC-3", "{\"resource_type\":\"disk\"}",
     PART | ALL},
    {"action", "asks for an action on anything", "AC-1 AC-3",
     "{\"resource_action\":\"erase\"}", PART | ALL},
    {"type-action", "asks for an action on a resource", "AC-1 AC-3 AC-7",
     "{\"resource_type\":\"disk\",\"resource_action\":\"erase\"}", ALL},
    {"together", "asks for scopes and a resource", "AC-1 AC-5",
     "{\"required_scopes\":[\"conf:write\"],\"required_scopes_any\":"
     "[\"conf:audit\",\"conf:none\"],\"resource_type\":\"disk\","
     "\"resource_action\":\"look\"}",
     ALL},
};

/* --- what becomes of it */

struct cell {
    const struct visibility *visibility;
    const struct restriction *restriction;
    const struct mark *mark;
    const struct caller *caller;
};

enum fate { RUNS, REFUSED, HIDDEN };

/* The decision table. */
static enum fate fate_of(const struct cell *cell, bool is_filtered)
{
    if (is_filtered && !cell->mark->is_safe)
        return HIDDEN;
    if (cell->visibility->is_internal)
        return HIDDEN;
    return cell->restriction->admits & cell->caller->acts ? RUNS : REFUSED;
}

static void verify_called(struct conn *c, enum fate fate, const char *more)
{
    struct scene *s = conn_scene(c);
    const char *id = ask_send(c, OPERATION, "{\"n\":1}", more);
    const struct ask_outcome *o = ask_answer(c, id);

    if (fate == RUNS)
        verify_output(s, o, "{\"n\":1}");
    else
        verify_error(s, o, fate == HIDDEN ? "NOT_FOUND" : "FORBIDDEN", false);
}

static void verify_described(struct conn *c, enum fate fate, const char *more)
{
    struct scene *s = conn_scene(c);
    const char *id =
        ask_send(c, "services/schema", "{\"name\":\"" OPERATION "\"}", more);
    const struct ask_outcome *o = ask_answer(c, id);

    if (fate == RUNS)
        verify_same(s, "the name in the schema", json_find(o->output, "name"),
                    "\"" OPERATION "\"");
    else
        verify_error(s, o, "NOT_FOUND", false);
}

/* What access control alone refuses may be listed in the older profile. */
static void verify_listed(struct conn *c, enum fate fate, const char *more)
{
    struct scene *s = conn_scene(c);
    bool is_listed = shapes_listed(shapes_listing(c, more), OPERATION) != NULL;

    if (fate == REFUSED && scene_axes(s).profile == PROFILE_REMOTE_SAFE)
        scene_choice(s, "forbidden-operation-in-the-listing",
                     is_listed ? "listed" : "hidden");
    else
        verify_that(s, is_listed == (fate == RUNS),
                    fate == RUNS ? "it listed to who may call it"
                                 : "it hidden from who may not call it",
                    "it is %s", is_listed ? "listed" : "missing");
}

/* --- a cell is played */

static void register_subject(struct scene *s, const struct cell *cell)
{
    stage_register(s, OPERATION, "conf/echo",
                   scene_text(s,
                              "%s\"visibility\":\"%s\",\"access\":%s,"
                              "\"capabilities\":{\"upstream\":\"%s\"}",
                              cell->mark->members, cell->visibility->slug,
                              cell->restriction->access,
                              stage_secret(s, "inside")));
}

/* The peer book, and what the caller's payloads have besides. */
static const char *introduce(struct scene *s, const struct caller *caller)
{
    const char *token = stage_secret(s, "token");

    stage_peer(s,
               &(struct stage_peer){.peer_id = "peer-a",
                                    .key = STAGE_KEY_A,
                                    .scopes = scopes_of(caller->holds),
                                    .resources = resources_of(caller->holds)});
    if (!caller->token)
        return "";
    if (caller->token != NOBODY)
        stage_peer(
            s, &(struct stage_peer){.peer_id = "peer-t",
                                    .token = token,
                                    .scopes = scopes_of(caller->token),
                                    .resources = resources_of(caller->token)});
    return scene_text(s, "\"auth_token\":\"%s\"", token);
}

/* One connection; whether the handler has run on it. */
static bool look(struct scene *s, const struct cell *cell, bool is_trusted,
                 const char *more)
{
    struct case_axes axes = scene_axes(s);
    bool is_filtered = axes.dial == DIAL_THEM && !is_trusted &&
                       axes.profile == PROFILE_REMOTE_SAFE;
    enum fate fate = fate_of(cell, is_filtered);
    struct conn *c = conn_open(s, &(struct conn_how){.key = cell->caller->key,
                                                     .is_trusted = is_trusted});

    verify_called(c, fate, more);
    verify_described(c, fate, more);
    verify_listed(c, fate, more);
    return fate == RUNS;
}

static void play_cell(struct scene *s)
{
    const struct cell *cell = scene_data(s);
    const char *more = introduce(s, cell->caller);
    size_t runs;

    register_subject(s, cell);
    runs = look(s, cell, false, more);
    if (scene_axes(s).dial == DIAL_THEM)
        runs += look(s, cell, true, more);
    verify_entered(s, OPERATION, runs);
}

/* --- a cell becomes a case */

/* A refusal counts beside the peer that holds it all and is served; where
 * nobody is admitted, beside the open operation. */
static const char *twin_of(struct arena *arena, const struct cell *cell)
{
    return arena_text(arena, "registry.external.%s.safe.known-with",
                      cell->restriction->admits ? cell->restriction->slug
                                                : restrictions[0].slug);
}

static struct conf_case make_case(struct arena *arena, const struct cell *cell)
{
    bool is_negative = fate_of(cell, true) != RUNS;

    return (struct conf_case){
        .id = arena_text(arena, "registry.%s.%s.%s.%s", cell->visibility->slug,
                         cell->restriction->slug, cell->mark->slug,
                         cell->caller->slug),
        .rules = arena_text(arena, "SS-3 CK-2 CK-3 CP-5 SL-3 %s %s %s %s",
                            cell->visibility->rules, cell->restriction->rules,
                            cell->mark->rules, cell->caller->rules),
        .claim = arena_text(arena,
                            "An %s operation that %s and %s is shown to %s "
                            "exactly when a call of it is not refused, and "
                            "runs only then.",
                            cell->visibility->slug, cell->restriction->words,
                            cell->mark->words, cell->caller->words),
        .needs = cell->caller->needs,
        .axes = {.lvl = LVL_L1,
                 .profile = PROFILE_REMOTE_SAFE | PROFILE_PEER_GRAPH},
        .twin = is_negative ? twin_of(arena, cell) : NULL,
        .is_negative = is_negative,
        .run = play_cell,
        .data = cell,
    };
}

/* Cell number `n`: the caller turns fastest. */
static struct cell cell_at(size_t n)
{
    struct cell cell;

    cell.caller = &callers[n % COUNT(callers)];
    n /= COUNT(callers);
    cell.mark = &marks[n % COUNT(marks)];
    n /= COUNT(marks);
    cell.restriction = &restrictions[n % COUNT(restrictions)];
    n /= COUNT(restrictions);
    cell.visibility = &visibilities[n];
    return cell;
}

struct case_list grid_cases(struct arena *arena)
{
    const size_t count = COUNT(visibilities) * COUNT(restrictions) *
                         COUNT(marks) * COUNT(callers);
    struct cell *cells = arena_new(arena, count, sizeof *cells);
    struct conf_case *cases = arena_new(arena, count, sizeof *cases);

    for (size_t n = 0; n < count; n++) {
        cells[n] = cell_at(n);
        cases[n] = make_case(arena, &cells[n]);
    }
    return (struct case_list){cases, count};
}
