/* SPDX-License-Identifier: MIT */
/*
 * Of whom something is composed when several peers serve it: in which order
 * they are looked through, what a certain peer means, how far reach goes, and
 * that nothing of the caller's but its request has a say in it. Who was asked
 * is seen at the connection where the request comes; peers that were not asked,
 * and the testee's own conf/echo, are silent.
 */
#include "conformance/cases/hub.h"

extern const struct case_list peers_cases;

#define ECHO "conf/echo"
#define READ "fs/read"

static const struct import_operation echo[] = {{.name = ECHO}, {0}};
static const struct import_operation reader[] = {{.name = READ}, {0}};
static const struct import_operation both[] = {
    {.name = ECHO}, {.name = READ}, {0}};

static void verify_not_here(struct scene *s)
{
    verify_entered(s, ECHO, 0);
}

/* An error of the peer's may be passed on or become another [FW-6]. */
static void met_some_error(struct conn *c, const char *id)
{
    const struct ask_outcome *o = ask_answer(c, id);

    verify_that(conn_scene(c), json_find(o->output, "error") != NULL,
                "an error in the handler", "another end");
}

/* --- of a certain peer */

static void of_that_peer(struct scene *s)
{
    struct hub h = hub_begin(s, 2);

    import_all(h.a, echo);
    import_all(h.b, echo);
    hub_served(h.a, HUB, ECHO, "peer-b", h.b);
    hub_served(h.b, HUB, ECHO, "peer-a", h.a);
    hub_served(h.a, HUB, ECHO, "peer-a", h.a);
    hub_silence(&h);
    verify_not_here(s);
}

/* Others have it, and do not step in. */
static void not_of_that_peer(struct scene *s)
{
    struct hub h = hub_begin(s, 3);

    import_all(h.a, echo);
    import_all(h.b, reader);
    hub_refused(h.a, HUB, ECHO, "peer-b", "NOT_FOUND");
    hub_refused(h.a, HUB, ECHO, "peer-c", "NOT_FOUND");
    hub_refused(h.a, HUB, READ, "peer-a", "NOT_FOUND");
    hub_silence(&h);
    verify_not_here(s);
    hub_served(h.a, HUB, ECHO, "peer-a", h.a);
    hub_served(h.a, HUB, READ, "peer-b", h.b);
}

static void of_no_peer(struct scene *s)
{
    static const char *const nobody[] = {"peer-x", "peer-", "peer-bb", "PEER-B",
                                         "local",  "any",   "*",       " "};
    struct hub h = hub_begin(s, 2);

    import_all(h.b, echo);
    for (size_t i = 0; i < sizeof nobody / sizeof *nobody; i++)
        hub_refused(h.a, HUB, ECHO, nobody[i], "NOT_FOUND");
    hub_refused(h.a, HUB, ECHO, stage_fingerprint(s, STAGE_KEY_B), "NOT_FOUND");
    hub_silence(&h);
    verify_not_here(s);
    hub_served(h.a, HUB, ECHO, "peer-b", h.b);
}

/* --- of anybody */

static void in_their_order(struct scene *s)
{
    struct hub h = hub_begin(s, 3);

    import_all(h.a, echo);
    import_all(h.b, both);
    hub_served(h.c, HUB, ECHO, NULL, h.a);
    hub_served(h.c, HUB, READ, NULL, h.b);
    hub_silence(&h);
    verify_not_here(s);
}

static void own_at_last(struct scene *s)
{
    struct hub h = hub_begin(s, 2);

    import_all(h.a, reader);
    hub_served_here(h.a, HUB, ECHO, NULL);
    verify_entered(s, ECHO, 1);
    import_all(h.b, echo);
    hub_served(h.a, HUB, ECHO, NULL, h.b);
    hub_silence(&h);
    verify_entered(s, ECHO, 1);
}

/* It fails at the first, and that is all. */
static void first_decides(struct scene *s)
{
    struct hub h = hub_begin(s, 3);
    const char *id;

    import_all(h.a, echo);
    import_all(h.b, echo);
    id = hub_compose(h.c, HUB, ECHO, NULL);
    ask_fail(ask_take_of(h.a, ECHO), "NOT_FOUND", false, NULL);
    met_some_error(h.c, id);
    hub_silence(&h);
    verify_not_here(s);
    hub_served(h.c, HUB, ECHO, "peer-b", h.b);
}

/* It may not be asked there, and nobody else is asked. */
static void first_refuses(struct scene *s)
{
    static const struct import_operation guarded[] = {
        {.name = ECHO,
         .access_control = "{\"required_scopes\":[\"conf:guarded\"]}"},
        {0}};
    struct hub h = hub_begin(s, 3);

    import_all(h.a, guarded);
    import_all(h.b, echo);
    hub_refused(h.c, HUB, ECHO, NULL, "FORBIDDEN");
    hub_silence(&h);
    verify_not_here(s);
    hub_served(h.c, HUB, ECHO, "peer-b", h.b);
}

/* --- the order */

static void anew_in_its_place(struct scene *s)
{
    struct hub h = hub_begin(s, 3);

    import_all(h.a, echo);
    import_all(h.b, echo);
    import_all(h.a, both);
    hub_served(h.c, HUB, ECHO, NULL, h.a);
    hub_silence(&h);
    verify_not_here(s);
}

static void back_at_the_end(struct scene *s)
{
    struct hub h = hub_begin(s, 3);

    import_all(h.a, echo);
    import_all(h.b, echo);
    hub_served(h.c, HUB, ECHO, NULL, h.a);
    conn_drop(h.a);
    hub_served(h.c, HUB, ECHO, NULL, h.b);
    h.a = conn_open_as(s, STAGE_KEY_A);
    import_all(h.a, echo);
    hub_served(h.c, HUB, ECHO, NULL, h.b);
    hub_served(h.c, HUB, ECHO, "peer-a", h.a);
    conn_drop(h.b);
    h.b = NULL;
    hub_served(h.c, HUB, ECHO, NULL, h.a);
    hub_silence(&h);
    verify_not_here(s);
}

static const bool earlier_goes = false;
static const bool later_goes = true;

/* Whichever served, the other does now, and b still comes behind it. */
static void one_of_two_goes(struct scene *s)
{
    const bool *is_later = scene_data(s);
    struct hub h = hub_begin(s, 3);
    struct conn *later = conn_open_as(s, STAGE_KEY_A);
    struct conn *gone = *is_later ? later : h.a;

    import_all(h.a, echo);
    import_all(later, echo);
    import_all(h.b, echo);
    conn_drop(gone);
    h.a = *is_later ? h.a : later;
    hub_served(h.c, HUB, ECHO, NULL, h.a);
    hub_served(h.c, HUB, ECHO, "peer-a", h.a);
    conn_drop(h.a);
    h.a = NULL;
    hub_served(h.c, HUB, ECHO, NULL, h.b);
    hub_refused(h.c, HUB, ECHO, "peer-a", "NOT_FOUND");
    hub_silence(&h);
    verify_not_here(s);
}

/* Which of the two is open, and that it is one. */
static void two_connections(struct scene *s)
{
    struct hub h = hub_begin(s, 2);
    struct conn *later = conn_open_as(s, STAGE_KEY_B);
    const struct ask_request *r;
    const char *id;

    import_all(h.b, echo);
    import_all(later, echo);
    id = hub_compose(h.a, HUB, ECHO, "peer-b");
    r = ask_take_anywhere(s);
    scene_choice(s, "peer-with-two-connections",
                 ask_conn(r) == later ? "later" : "earlier");
    ask_respond(r, "2");
    verify_output(s, ask_answer(h.a, id), "{\"output\":2}");
    hub_silence(&h);
    verify_conn_silence(later);
    verify_not_here(s);
}

/* --- reach */

#define PINNED "conf/pinned"

static void pinned(struct scene *s)
{
    struct hub h;

    hub_composer(s, PINNED, NULL, "\"peer-b/conf/echo\",\"peer-x/conf/echo\"",
                 NULL);
    h = hub_begin(s, 3);
    import_all(h.a, echo);
    import_all(h.b, both);
    hub_refused(h.c, PINNED, ECHO, NULL, "NOT_FOUND");
    hub_refused(h.c, PINNED, ECHO, "peer-a", "NOT_FOUND");
    hub_refused(h.c, PINNED, ECHO, "peer-c", "NOT_FOUND");
    hub_refused(h.c, PINNED, ECHO, "peer-x", "NOT_FOUND");
    hub_refused(h.c, PINNED, READ, "peer-b", "NOT_FOUND");
    hub_refused(h.c, PINNED, "peer-b/conf/echo", NULL, "NOT_FOUND");
    hub_silence(&h);
    verify_not_here(s);
    hub_served(h.c, PINNED, ECHO, "peer-b", h.b);
    hub_silence(&h);
    verify_not_here(s);
}

static void pinned_and_allowed(struct scene *s)
{
    struct hub h;

    hub_composer(s, PINNED, "\"conf/echo\"", "\"peer-b/conf/echo\"", NULL);
    h = hub_open(s, 3);
    import_all(h.a, echo);
    import_all(h.b, echo);
    hub_served(h.c, PINNED, ECHO, NULL, h.a);
    hub_served(h.c, PINNED, ECHO, "peer-a", h.a);
    hub_served(h.c, PINNED, ECHO, "peer-b", h.b);
    hub_silence(&h);
    verify_not_here(s);
}

/* What is there and may not be had looks like what is not there. */
static void out_of_reach(struct scene *s)
{
    static const struct import_operation guarded[] = {
        {.name = READ,
         .access_control = "{\"required_scopes\":[\"conf:guarded\"]}"},
        {.name = "fs/watch", .op_type = "subscription"},
        {.name = ECHO},
        {0}};
    struct hub h;

    hub_composer(s, "conf/narrow", "\"conf/echo\"", NULL, NULL);
    h = hub_open(s, 2);
    import_all(h.b, guarded);
    hub_refused(h.a, "conf/narrow", READ, "peer-b", "NOT_FOUND");
    hub_refused(h.a, "conf/narrow", READ, NULL, "NOT_FOUND");
    hub_refused(h.a, "conf/narrow", "fs/watch", "peer-b", "NOT_FOUND");
    hub_refused(h.a, "conf/narrow", "fs/stat", "peer-b", "NOT_FOUND");
    hub_silence(&h);
    hub_served(h.a, "conf/narrow", ECHO, "peer-b", h.b);
}

static void subscription(struct scene *s)
{
    struct hub h = hub_begin(s, 2);

    import_all(h.b, hub_files);
    hub_refused(h.a, HUB, "fs/watch", "peer-b", "INVALID_OPERATION_TYPE");
    hub_refused(h.a, HUB, "fs/watch", NULL, "INVALID_OPERATION_TYPE");
    hub_silence(&h);
    hub_served(h.a, HUB, READ, "peer-b", h.b);
}

/* --- authority */

#define STEWARD                                                                \
    "{\"label\":\"steward\",\"scopes\":[\"conf:guarded\"],"                    \
    "\"resources\":{\"disk\":[\"erase\"]}}"
#define CLERK                                                                  \
    "{\"label\":\"clerk\",\"scopes\":[\"conf:other\"],"                        \
    "\"resources\":{\"disk\":[\"look\"]}}"

static const struct import_operation restricted[] = {
    {.name = READ,
     .access_control = "{\"required_scopes\":[\"conf:guarded\"]}"},
    {.name = "fs/stat",
     .access_control =
         "{\"required_scopes_any\":[\"conf:none\",\"conf:guarded\"]}"},
    {.name = "fs/write",
     .access_control =
         "{\"resource_type\":\"disk\",\"resource_action\":\"erase\"}"},
    {0}};

#define RESTRICTED "\"fs/read\",\"fs/stat\",\"fs/write\""

/* The caller has all that is asked for, which helps nobody. */
static void by_the_composers_authority(struct scene *s)
{
    struct hub h = {0};

    hub_composer(s, "conf/steward", RESTRICTED, NULL, STEWARD);
    hub_composer(s, "conf/clerk", RESTRICTED, NULL, CLERK);
    hub_composer(s, "conf/nobody", RESTRICTED, NULL, NULL);
    stage_peer(s, &(struct stage_peer){.peer_id = "peer-a",
                                       .key = STAGE_KEY_A,
                                       .scopes = "conf:guarded",
                                       .resources = "{\"disk\":[\"erase\"]}"});
    stage_peer(s, &(struct stage_peer){.peer_id = "peer-b",
                                       .key = STAGE_KEY_B,
                                       .scopes = "conf:guarded"});
    h.a = conn_open_as(s, STAGE_KEY_A);
    h.b = conn_open_as(s, STAGE_KEY_B);
    import_all(h.b, restricted);
    for (const struct import_operation *o = restricted; o->name; o++) {
        hub_refused(h.a, "conf/clerk", o->name, "peer-b", "FORBIDDEN");
        hub_refused(h.a, "conf/nobody", o->name, NULL, "FORBIDDEN");
        hub_silence(&h);
        hub_served(h.a, "conf/steward", o->name, "peer-b", h.b);
    }
    hub_silence(&h);
}

/* Passing the check here is no promise of passing the one there. */
static void the_peer_decides_too(struct scene *s)
{
    struct hub h;
    const char *id;

    hub_composer(s, "conf/steward", RESTRICTED, NULL, STEWARD);
    h = hub_open(s, 2);
    import_all(h.b, restricted);
    id = hub_compose(h.a, "conf/steward", READ, "peer-b");
    ask_fail(ask_take_of(h.b, READ), "FORBIDDEN", false, NULL);
    met_some_error(h.a, id);
    hub_silence(&h);
}

/* --- who asks, and who is a peer */

/* The caller serves nothing, and still composes what others serve. */
static void whoever_asks(struct scene *s)
{
    struct hub h = hub_begin(s, 3);
    struct conn *stranger = conn_open_as(s, STAGE_KEY_NONE);

    import_all(h.a, reader);
    import_all(h.b, echo);
    hub_served(h.c, HUB, READ, NULL, h.a);
    hub_served(h.c, HUB, ECHO, "peer-b", h.b);
    hub_served(stranger, HUB, READ, "peer-a", h.a);
    hub_served(stranger, HUB, ECHO, NULL, h.b);
    hub_served(h.a, HUB, ECHO, "peer-b", h.b);
    hub_silence(&h);
    verify_not_here(s);
}

/* By its token the call is peer c's; what a serves stays a's. */
static void token_moves_nothing(struct scene *s)
{
    const char *token = stage_secret(s, "token-c");
    struct hub h = {0};
    const char *more = scene_text(s, "\"auth_token\":\"%s\"", token);
    const char *id;

    hub_composer(s, HUB, "\"conf/echo\"", NULL, NULL);
    stage_peers(s, 2, NULL);
    stage_peer(s, &(struct stage_peer){.peer_id = "peer-c", .token = token});
    h.a = conn_open_as(s, STAGE_KEY_A);
    h.b = conn_open_as(s, STAGE_KEY_B);
    import_all(h.a, echo);
    id = ask_send(h.a, HUB, hub_input(s, ECHO, "peer-c"), more);
    hub_met(h.a, id, "NOT_FOUND");
    hub_silence(&h);
    for (size_t i = 0; i < 2; i++) {
        id = ask_send(i == 0 ? h.a : h.b, HUB, hub_input(s, ECHO, "peer-a"),
                      more);
        ask_respond(ask_take_of(h.a, ECHO), "2");
        verify_output(s, ask_answer(i == 0 ? h.a : h.b, id), "{\"output\":2}");
    }
    hub_served(h.a, HUB, ECHO, NULL, h.a);
    hub_silence(&h);
    verify_not_here(s);
}

/* What it serves is in nobody's reach, whatever it is called by. */
static void of_a_stranger(struct scene *s)
{
    struct hub h = hub_begin(s, 2);
    struct conn *stranger = conn_open_as(s, STAGE_KEY_C);
    struct import *i = import_begin(stranger, "");

    import_serve(i, both);
    hub_absent(&h, READ);
    hub_refused(h.a, HUB, READ, "", "NOT_FOUND");
    hub_refused(h.a, HUB, READ, stage_fingerprint(s, STAGE_KEY_C), "NOT_FOUND");
    hub_refused(h.a, HUB, READ, conn_name(stranger), "NOT_FOUND");
    hub_refused(stranger, HUB, READ, NULL, "NOT_FOUND");
    hub_served_here(stranger, HUB, ECHO, NULL);
    verify_conn_silence(stranger);
    import_all(h.b, both);
    hub_served(h.a, HUB, READ, NULL, h.b);
    hub_served(stranger, HUB, READ, NULL, h.b);
    hub_silence(&h);
    verify_conn_silence(stranger);
}

/* A disabled entry is nobody's. */
static void of_a_disabled_peer(struct scene *s)
{
    struct hub h = {0};

    hub_composer(s, HUB, "\"fs/read\"", NULL, NULL);
    stage_peers(s, 1, NULL);
    stage_peer(s, &(struct stage_peer){.peer_id = "peer-b",
                                       .key = STAGE_KEY_B,
                                       .is_disabled = true});
    h.a = conn_open_as(s, STAGE_KEY_A);
    h.b = conn_open_as(s, STAGE_KEY_B);
    import_serve(import_begin(h.b, ""), reader);
    hub_absent(&h, READ);
    import_all(h.a, reader);
    hub_served(h.b, HUB, READ, NULL, h.a);
    hub_silence(&h);
}

#define COMPOSED(slug, rule, what, need, body)                                 \
    {                                                                          \
        .id = "peers.compose." slug, .rules = rule, .claim = what,             \
        .needs = need, .axes = HUB_AXES, .run = body                           \
    }

#define ONE_GOES(slug, what, which)                                            \
    {                                                                          \
        .id = "peers.compose." slug, .rules = "PE-7 LY-5 FC-11",               \
        .claim = what, .needs = "import", .axes = HUB_AXES,                    \
        .run = one_of_two_goes, .data = which                                  \
    }

#define REFUSED(slug, rule, what, need, body)                                  \
    {                                                                          \
        .id = "peers.compose." slug, .rules = rule, .claim = what,             \
        .needs = need, .axes = HUB_AXES, .run = body, .is_negative = true,     \
        .twin = "peers.compose.of-that-peer"                                   \
    }

static const struct conf_case cases[] = {
    COMPOSED("of-that-peer", "PE-3 PE-4",
             "What is composed of a peer by its id is called of that peer "
             "and of no other that serves the same.",
             "import", of_that_peer),
    REFUSED("not-of-that-peer", "PE-4",
            "What a certain peer does not serve is NOT_FOUND, though another "
            "peer and the node itself have it.",
            "import", not_of_that_peer),
    REFUSED("of-no-peer", "PE-4 PE-3",
            "Of an id that is no peer's nothing is to be had.", "import",
            of_no_peer),
    COMPOSED("in-their-order", "LY-2 PE-5",
             "What is asked of anybody is served by the first peer that has "
             "it, in the order in which they came.",
             "import", in_their_order),
    COMPOSED("own-at-last", "LY-2 PE-5",
             "What no peer has is served by the node itself, and a peer that "
             "comes with it goes before.",
             "import", own_at_last),
    REFUSED("first-decides", "LY-2",
            "When the first that has an operation fails, nobody else is "
            "tried.",
            "import", first_decides),
    REFUSED("first-refuses", "LY-2 FW-13",
            "When the first that has an operation may not be asked, nobody "
            "else is tried.",
            "import access", first_refuses),
    COMPOSED("anew-in-its-place", "PE-7 LY-2 FC-10",
             "A peer that is imported again keeps its place in the order.",
             "import", anew_in_its_place),
    COMPOSED("back-at-the-end", "PE-7 LY-2 LY-5 FC-11",
             "A peer that was gone comes back at the end of the order.",
             "import", back_at_the_end),
    ONE_GOES("earlier-connection-goes",
             "A peer that loses the earlier of two connections keeps its place "
             "in the order and serves over the later.",
             &earlier_goes),
    ONE_GOES("later-connection-goes",
             "A peer that loses the later of two connections keeps its place "
             "in the order and serves over the earlier.",
             &later_goes),
    {
        .id = "peers.compose.two-connections",
        .rules = "PE-9",
        .level = CASE_CHOICE,
        .claim = "Of two connections of one peer one serves its operations.",
        .needs = "import",
        .axes = HUB_AXES,
        .run = two_connections,
    },
    REFUSED("pinned", "SE-1 SE-4 SE-6 SE-8",
            "What is pinned to a peer can be composed of that one, and is "
            "NOT_FOUND of others and of anybody.",
            "import", pinned),
    COMPOSED("pinned-and-allowed", "SE-5 SE-8",
             "What is allowed of anybody can be composed of every peer, also "
             "when it is pinned to one.",
             "import", pinned_and_allowed),
    REFUSED("out-of-reach", "PE-6 SE-6",
            "Whatever a peer serves out of reach is NOT_FOUND like what is not "
            "there: restricted, of another kind, or plain.",
            "import", out_of_reach),
    REFUSED("subscription", "PE-10 SU-17",
            "To compose a peer's subscription fails with "
            "INVALID_OPERATION_TYPE.",
            "import subscriptions", subscription),
    REFUSED("authority", "FW-13 CA-1 CA-2 CA-3",
            "The access control that was imported is held against the "
            "authority of the handler that composes, and not against the "
            "caller.",
            "import access", by_the_composers_authority),
    COMPOSED("the-peer-decides-too", "FW-13",
             "Who may compose an imported operation may still be refused by "
             "the peer.",
             "import access", the_peer_decides_too),
    COMPOSED("whoever-asks", "LY-7",
             "What peers serve can be composed for every caller, also for one "
             "that serves nothing and one that nobody knows.",
             "import", whoever_asks),
    COMPOSED("token", "AU-10 IR-5",
             "A token changes whose a call is, and not whose operations they "
             "are that its connection serves.",
             "import tokens", token_moves_nothing),
    REFUSED("stranger", "CC-16 PE-8",
            "What a connection of nobody serves is composed of no peer and "
            "not of anybody.",
            "import", of_a_stranger),
    REFUSED("disabled", "PE-8",
            "A connection whose entry in the peer book is disabled is no "
            "peer's.",
            "import", of_a_disabled_peer),
};

const struct case_list peers_cases = {cases, sizeof cases / sizeof cases[0]};
