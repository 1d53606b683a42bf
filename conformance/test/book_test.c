/* SPDX-License-Identifier: MIT */
/*
 * What the testee is told of whom it knows and of who owns what, as the actor
 * hears it: in the order in which a case says it, and nothing that was not
 * said.
 */
#include "conformance/book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "conformance/scene.h"
#include "conformance/test/actor.h"

static const struct actor_line obedient[] = {{0}};

/* --- beforehand */

static void know_three(struct scene *s)
{
    stage_peers(s, 2, "x y");
    stage_peer(s, &(struct stage_peer){.peer_id = "last", .is_disabled = true});
    (void)scene_conn(s);
}

static void peers_stand_in_their_order(void **state)
{
    (void)state;
    actor_passes(obedient, know_three, "\"peers\":[{\"peer_id\":\"peer-a\",");
    actor_passes(obedient, know_three,
                 "\"scopes\":[\"x\",\"y\"],\"resources\":{},\"enabled\":true},"
                 "{\"peer_id\":\"peer-b\",");
    actor_passes(obedient, know_three,
                 "\"enabled\":true},{\"peer_id\":\"last\","
                 "\"fingerprints\":[],\"scopes\":[],\"resources\":{},"
                 "\"enabled\":false}],\"profile\"");
}

static void know_keys(struct scene *s)
{
    const char *key = stage_api_secret(s, "first", "alk_");

    verify_that(s, slice_starts(slice_of(key), slice_of("alk_secret-first-")),
                "a secret behind its prefix", "%s", key);
    stage_api_key(s, &(struct stage_api_key){"alk_", key, "z", 0});
    stage_api_key(s, &(struct stage_api_key){"alk_b", key, NULL, 77});
    stage_unix_time(s, 76);
    stage_ownership(s);
    (void)scene_conn(s);
}

static void keys_time_and_owners_are_told(void **state)
{
    (void)state;
    actor_passes(obedient, know_keys,
                 "\"peers\":[],\"api_keys\":[{\"prefix\":\"alk_\","
                 "\"hash\":\"sha256:");
    actor_passes(obedient, know_keys,
                 "\"scopes\":[\"z\"]},{\"prefix\":\"alk_b\",");
    actor_passes(obedient, know_keys,
                 "\"scopes\":[],\"expires_at\":77}],\"unix_time\":76,"
                 "\"ownership\":true,\"profile\"");
}

static void know_nobody(struct scene *s)
{
    (void)scene_conn(s);
}

static void nothing_is_told_that_was_not_said(void **state)
{
    (void)state;
    actor_passes(obedient, know_nobody, "\"peers\":[],\"profile\"");
}

/* --- later */

static void change_everything(struct scene *s)
{
    (void)scene_conn(s);
    stage_reload(s,
                 (const struct stage_peer[]){
                     {.peer_id = "one"}, {.peer_id = "two"}, {0}},
                 NULL);
    stage_reload(s, (const struct stage_peer[]){{0}},
                 (const struct stage_api_key[]){{"alk_", "k", NULL, 5}, {0}});
    stage_grant(s, "one", "doc", "7");
    stage_revoke(s, "doc", "7");
}

static void books_are_changed_later(void **state)
{
    (void)state;
    actor_passes(obedient, change_everything,
                 "\"op\":\"reload\",\"peers\":[{\"peer_id\":\"one\","
                 "\"fingerprints\":[],\"scopes\":[],\"resources\":{},"
                 "\"enabled\":true},{\"peer_id\":\"two\",\"fingerprints\":[],"
                 "\"scopes\":[],\"resources\":{},\"enabled\":true}]}");
    actor_passes(obedient, change_everything,
                 "\"op\":\"reload\",\"peers\":[],\"api_keys\":[{\"prefix\":"
                 "\"alk_\",\"hash\":\"sha256:");
    actor_passes(obedient, change_everything,
                 "\"op\":\"grant\",\"owner\":\"one\",\"resource_type\":\"doc\","
                 "\"resource_id\":\"7\"}");
    actor_passes(obedient, change_everything,
                 "\"op\":\"revoke\",\"resource_type\":\"doc\","
                 "\"resource_id\":\"7\"}");
}

/* A change that comes first sends the stage before itself. */
static void grant_first(struct scene *s)
{
    stage_grant(s, "one", "doc", "7");
    verify_that(s, actor_heard(s, "\"op\":\"configure\""), "the stage",
                "no such verb");
}

static void a_change_sends_the_stage_first(void **state)
{
    (void)state;
    actor_passes(obedient, grant_first, "\"op\":\"grant\"");
}

/* --- operations */

static void hand_on(struct scene *s)
{
    stage_forward(s, "conf/to-b", "peer-b", "conf/echo", "");
    stage_forward(s, "conf/to-any", NULL, "conf/echo", "\"op_type\":\"query\"");
    (void)scene_conn(s);
}

static void what_hands_on_reaches_that_and_no_more(void **state)
{
    (void)state;
    actor_passes(obedient, hand_on,
                 "\"behaviour\":\"conf/forward\",\"forward\":{\"peer\":"
                 "\"peer-b\",\"operation\":\"conf/echo\"},\"scoped_env\":{"
                 "\"pinned\":[\"peer-b/conf/echo\"]}}");
    actor_passes(obedient, hand_on,
                 "\"forward\":{\"peer\":null,\"operation\":\"conf/echo\"},"
                 "\"scoped_env\":{\"allowed\":[\"conf/echo\"]},"
                 "\"op_type\":\"query\"}");
}

static void what_is_declared_is_registered(void **state)
{
    (void)state;
    actor_passes(obedient, know_nobody,
                 "\"behaviour\":\"conf/own\",\"op_type\":\"mutation\"");
    actor_passes(obedient, know_nobody,
                 "\"behaviour\":\"services/list-peers\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peers_stand_in_their_order),
        cmocka_unit_test(keys_time_and_owners_are_told),
        cmocka_unit_test(nothing_is_told_that_was_not_said),
        cmocka_unit_test(books_are_changed_later),
        cmocka_unit_test(a_change_sends_the_stage_first),
        cmocka_unit_test(what_hands_on_reaches_that_and_no_more),
        cmocka_unit_test(what_is_declared_is_registered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
