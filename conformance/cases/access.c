/* SPDX-License-Identifier: MIT */
/*
 * Who may call what: scopes, tokens, hidden operations and the filter of a node
 * that dials. A refusal is proven twice: by the error and by the witness.
 */
#include "conformance/scene.h"

extern const struct case_list access_cases;

static void scope_held(struct scene *s)
{
    struct conn *c;

    stage_peer(s, &(struct stage_peer){.peer_id = "peer-a",
                                       .key = STAGE_KEY_A,
                                       .scopes = "conf:guarded"});
    c = conn_open(s, &(struct conn_how){.key = STAGE_KEY_A});
    verify_output(s, ask_them(c, "conf/guarded", "{\"n\":1}"), "{\"n\":1}");
    verify_entered(s, "conf/guarded", 1);
}

static void scope_missing(struct scene *s)
{
    struct conn *c;

    stage_peer(s, &(struct stage_peer){.peer_id = "peer-a",
                                       .key = STAGE_KEY_A,
                                       .scopes = "conf:other"});
    c = conn_open(s, &(struct conn_how){.key = STAGE_KEY_A});
    verify_error(s, ask_them(c, "conf/guarded", "{\"n\":1}"), "FORBIDDEN",
                 false);
    verify_entered(s, "conf/guarded", 0);
    verify_alive(c);
}

static void token_for_one_request(struct scene *s)
{
    struct conn *c = NULL;
    const char *token = stage_secret(s, "token");
    const char *with;
    const char *without;

    stage_peer(s, &(struct stage_peer){.peer_id = "peer-t",
                                       .token = token,
                                       .scopes = "conf:guarded"});
    c = scene_conn(s);
    with = ask_send(c, "conf/guarded", "1",
                    scene_text(s, "\"auth_token\":\"%s\"", token));
    verify_output(s, ask_answer(c, with), "1");
    without = ask_send(c, "conf/guarded", "2", "");
    verify_error(s, ask_answer(c, without), "FORBIDDEN", false);
    verify_entered(s, "conf/guarded", 1);
}

static void unsafe_is_filtered(struct scene *s)
{
    struct conn *c = scene_conn(s);

    verify_error(s, ask_them(c, "conf/unsafe", "{\"key\":\"k\"}"), "NOT_FOUND",
                 false);
    verify_entered(s, "conf/unsafe", 0);
    verify_alive(c);
}

static void unsafe_for_the_trusted(struct scene *s)
{
    struct conn *c = conn_open(s, &(struct conn_how){.is_trusted = true});

    verify_output(s, ask_them(c, "conf/unsafe", "{\"key\":\"k\"}"),
                  "{\"count\":1}");
    verify_entered(s, "conf/unsafe", 1);
}

static const struct conf_case cases[] = {
    {
        .id = "access.scope.held",
        .rules = "AC-5 AU-2",
        .claim = "A peer whose entry in the peer book holds the required scope "
                 "may call the operation.",
        .needs = "access",
        .run = scope_held,
    },
    {
        .id = "access.scope.missing",
        .rules = "AC-5 CK-2 CK-3",
        .claim = "A peer without the required scope gets FORBIDDEN, and the "
                 "handler is not entered.",
        .needs = "access",
        .twin = "access.scope.held",
        .is_negative = true,
        .run = scope_missing,
    },
    {
        .id = "access.token.one-request",
        .rules = "AU-1 AU-3 AU-5",
        .claim = "A token in one request lends its identity to that request "
                 "and to no other.",
        .needs = "access tokens",
        .run = token_for_one_request,
    },
    {
        .id = "access.filter.unsafe-when-dialled",
        .rules = "LG-3 LG-5",
        .claim = "A node that dialled answers NOT_FOUND to a call of what is "
                 "not marked remote-safe, and its handler is not entered.",
        .twin = "access.filter.unsafe-when-trusted",
        .is_negative = true,
        .axes = {.dial = DIAL_THEM},
        .run = unsafe_is_filtered,
    },
    {
        .id = "access.filter.unsafe-when-trusted",
        .rules = "LG-2 LG-3",
        .claim = "A node that dialled a peer it was told to trust serves it "
                 "also what is not marked remote-safe.",
        .axes = {.dial = DIAL_THEM},
        .run = unsafe_for_the_trusted,
    },
};

const struct case_list access_cases = {cases, sizeof cases / sizeof cases[0]};
