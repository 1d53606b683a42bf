/* SPDX-License-Identifier: MIT */
/* The one protocol that is spoken here, and names that are not its own. */
#include "ref/test/pair.h"

static void refused_as(const char *alpn)
{
    pair.dial.alpn = slice_of(alpn);
    pair_dial();
    pair_run(PAIR_S);
    assert_int_equal(pair.dialler.opened_count, 0);
    pair_closed_is(&pair.dialler, QUIC_LAYER_TLS, 120, QUIC_BY_THEM);
    assert_null(pair.acceptor.quic);
}

/* [AL-6] */
static void another_protocol_is_refused_with_alert_120(void **state)
{
    (void)state;
    refused_as("h3");
}

/* [AL-4] */
static void another_spelling_is_another_protocol(void **state)
{
    (void)state;
    refused_as("Alknet/Call");
}

/* [AL-4] */
static void a_longer_name_is_another_protocol(void **state)
{
    (void)state;
    refused_as("alknet/call/");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, pair_begin, pair_end)
        TEST(another_protocol_is_refused_with_alert_120),
        TEST(another_spelling_is_another_protocol),
        TEST(a_longer_name_is_another_protocol),
    };

    return cmocka_run_group_tests_name("alpn", tests, NULL, NULL);
}
