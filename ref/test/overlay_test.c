/* SPDX-License-Identifier: MIT */
/* What each peer serves, in which order peers are asked, and which layer has an
 * operation. */
#include "ref/state/overlay.h"
#include "ref/test/offer.h"

enum { BASE, SESSION, A1, A2, B1, C1, SETS };

static struct registry sets[SETS];
static struct overlays all;

/* Each set has "t/all", and one of its own name. */
static int begin(void **state)
{
    static const char *const own[] = {"t/base", "t/session", "t/a1",
                                      "t/a2",   "t/b1",      "t/c1"};

    (void)state;
    for (size_t i = 0; i < SETS; i++) {
        char spec[100];

        snprintf(spec, sizeof spec, "{\"name\":\"%s\"}", own[i]);
        offer(&sets[i], spec, false, offer_never);
        offer(&sets[i], "{\"name\":\"t/all\"}", false, offer_never);
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    overlay_clear(&all);
    for (size_t i = 0; i < SETS; i++)
        registry_clear(&sets[i]);
    return 0;
}

static void attach(const char *peer, int set)
{
    overlay_attach(&all, slice_of(peer), &sets[set]);
}

static void detach(const char *peer, int set)
{
    overlay_detach(&all, slice_of(peer), &sets[set]);
}

/* "a=A1 b=B1": peers in their order, and which set each serves; static. */
static const char *order(void)
{
    static const char *const names[] = {"BASE", "SESSION", "A1",
                                        "A2",   "B1",      "C1"};
    static char text[200];
    size_t len = 0;

    text[0] = '\0';
    for (const struct overlay *o = all.first; o; o = o->next)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%.*s=%s",
                                len ? " " : "", (int)o->peer.len,
                                (const char *)o->peer.data,
                                names[overlay_serving(o) - sets]);
    return text;
}

/* [PE-7] */
static void peers_stand_in_the_order_in_which_they_came(void **state)
{
    (void)state;
    assert_string_equal(order(), "");
    attach("a", A1);
    attach("b", B1);
    attach("c", C1);
    assert_string_equal(order(), "a=A1 b=B1 c=C1");
    attach("a", A2); /* keeps its place, and serves anew */
    assert_string_equal(order(), "a=A2 b=B1 c=C1");
    detach("b", B1);
    assert_string_equal(order(), "a=A2 c=C1");
    attach("b", B1); /* who comes again comes last */
    assert_string_equal(order(), "a=A2 c=C1 b=B1");
}

/* [PE-9] */
static void the_latest_connection_of_a_peer_serves(void **state)
{
    (void)state;
    attach("a", A1);
    attach("a", A2);
    assert_string_equal(order(), "a=A2");
    detach("a", A2);
    assert_string_equal(order(), "a=A1"); /* the one before it again */
    attach("a", A2);
    detach("a", A1); /* whoever does not serve goes unnoticed */
    assert_string_equal(order(), "a=A2");
    detach("a", A2);
    assert_string_equal(order(), "");
}

static void what_is_attached_already_stays_as_it_is(void **state)
{
    (void)state;
    attach("a", A1);
    attach("a", A2);
    attach("a", A1); /* an import over the older connection is no new one */
    assert_string_equal(order(), "a=A2");
    detach("a", A2);
    detach("a", A1);
    assert_string_equal(order(), "");
}

static void what_was_not_attached_is_detached_without_harm(void **state)
{
    (void)state;
    detach("a", A1);
    attach("a", A1);
    detach("a", B1);
    detach("b", A1);
    detach("", A1);
    assert_string_equal(order(), "a=A1");
}

/* ------------------------------------------------------------- finding */

static int set_of(const struct registration *r)
{
    for (int i = 0; i < SETS; i++)
        if (r && registry_find(&sets[i], r->spec.name) == r)
            return i;
    return -1;
}

/* In which set it is found, or -1; `peer` NULL: any. */
static int found(const char *peer, const char *name, bool has_session)
{
    const struct overlay_layers layers = {
        .session = has_session ? &sets[SESSION] : NULL,
        .peers = &all,
        .base = &sets[BASE],
    };
    struct peer_ref ref = {peer ? slice_of(peer) : slice_make(NULL, 0)};

    return set_of(overlay_find(&layers, ref, slice_of(name)));
}

static int served(const char *peer, const char *name)
{
    struct peer_ref ref = {peer ? slice_of(peer) : slice_make(NULL, 0)};

    return set_of(overlay_find_at_peers(&all, ref, slice_of(name)));
}

/* [LY-1, LY-2, LY-3, PE-5] */
static void a_session_comes_before_peers_and_peers_before_home(void **state)
{
    (void)state;
    assert_int_equal(found(NULL, "t/all", false), BASE);
    attach("b", B1);
    attach("a", A1);
    assert_int_equal(found(NULL, "t/all", true), SESSION);
    assert_int_equal(found(NULL, "t/all", false), B1); /* which came first */
    assert_int_equal(found(NULL, "t/a1", true), A1);
    assert_int_equal(found(NULL, "t/base", true), BASE);
    assert_int_equal(found(NULL, "t/session", false), -1);
    assert_int_equal(found(NULL, "t/none", true), -1);
    detach("b", B1);
    assert_int_equal(found(NULL, "t/all", false), A1);
}

/* [PE-4] no session, no other peer, no home */
static void who_is_asked_by_name_answers_alone(void **state)
{
    (void)state;
    attach("a", A1);
    attach("b", B1);
    assert_int_equal(found("b", "t/all", true), B1);
    assert_int_equal(found("a", "t/all", true), A1);
    assert_int_equal(found("a", "t/b1", true), -1);
    assert_int_equal(found("a", "t/base", true), -1);
    assert_int_equal(found("a", "t/session", true), -1);
    assert_int_equal(found("z", "t/all", true), -1);
    assert_int_equal(found("", "t/all", true), -1);
    attach("a", A2);
    assert_int_equal(found("a", "t/a1", true), -1); /* nor an older one */
    assert_int_equal(found("a", "t/a2", true), A2);
}

static void what_peers_serve_is_found_apart_from_the_rest(void **state)
{
    (void)state;
    assert_int_equal(served(NULL, "t/all"), -1);
    attach("a", A1);
    attach("b", B1);
    assert_int_equal(served(NULL, "t/all"), A1);
    assert_int_equal(served("b", "t/all"), B1);
    assert_int_equal(served(NULL, "t/base"), -1);
    assert_int_equal(served("local", "t/base"), -1);
}

#define WITH_PEERS(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEERS(peers_stand_in_the_order_in_which_they_came),
        WITH_PEERS(the_latest_connection_of_a_peer_serves),
        WITH_PEERS(what_is_attached_already_stays_as_it_is),
        WITH_PEERS(what_was_not_attached_is_detached_without_harm),
        WITH_PEERS(a_session_comes_before_peers_and_peers_before_home),
        WITH_PEERS(who_is_asked_by_name_answers_alone),
        WITH_PEERS(what_peers_serve_is_found_apart_from_the_rest),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
