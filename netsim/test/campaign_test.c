/* SPDX-License-Identifier: MIT */
/* Campaigns: being told to stop. All else is seen in campaign_test.sh. */
#include "netsim/campaign.h"
#include "ref/test/t.h"

#include <signal.h>

/* Who sends SIGTERM to all processes of a group, as timeout(1) does, sends it
 * twice to the one it began. */
static void told_twice_it_ends_as_if_told_once(void **state)
{
    (void)state;
    assert_false(campaign_is_over());
    campaign_catch();
    (void)raise(SIGTERM);
    (void)raise(SIGTERM);
    assert_true(campaign_is_over());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(told_twice_it_ends_as_if_told_once),
    };

    return cmocka_run_group_tests_name("campaign", tests, NULL, NULL);
}
