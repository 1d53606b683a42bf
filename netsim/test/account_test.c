/* SPDX-License-Identifier: MIT */
/* Accounts: what a campaign proves and what it does not, that sums of shards
 * are those of the whole, and that files are read strictly. */
#include "netsim/account.h"
#include "netsim/summary.h"
#include "ref/test/t.h"

/* A life in which all was looked at, and nothing was broken. */
static struct life_report good(uint64_t seed)
{
    struct life_report r = {.seed = seed,
                            .floor = LIFE_STREAMS,
                            .virtual_ns = 4000000,
                            .lines = 10};

    for (size_t i = 0; i < INVARIANT_CANARY; i++)
        r.ledger.evaluated[i] = i + 1;
    for (size_t i = 0; i < TALLIES; i++)
        r.tally.of[i] = i;
    return r;
}

static struct account lived(uint64_t lives)
{
    struct account a = {0};

    for (uint64_t i = 0; i < lives; i++) {
        struct life_report r = good(i);

        account_add(&a, FINDING_NONE, &r);
    }
    return a;
}

static void add_broken(struct account *a, enum invariant broken)
{
    struct life_report r = good(1);

    r.ledger.is_broken = true;
    r.ledger.broken = broken;
    account_add(a, FINDING_BROKEN, &r);
}

static void a_good_campaign_is_green(void **state)
{
    struct account a = lived(ACCOUNT_ENOUGH);

    (void)state;
    assert_int_equal(account_status(&a), ACCOUNT_GREEN);
    assert_int_equal(account_failures(&a), 0);
    assert_int_equal(a.of[ACCOUNT_VIRTUAL_US], 4000 * ACCOUNT_ENOUGH);
}

static void one_failure_is_enough(void **state)
{
    struct account a = lived(ACCOUNT_ENOUGH), b = lived(3), c = lived(3);
    struct life_report r = {.seed = 4};

    (void)state;
    add_broken(&a, INVARIANT_LIVE);
    assert_int_equal(account_status(&a), ACCOUNT_FAILURES);
    account_add(&b, FINDING_DIED, &r);
    assert_int_equal(account_status(&b), ACCOUNT_FAILURES);
    account_add(&c, FINDING_HUNG, &r);
    assert_int_equal(account_status(&c), ACCOUNT_FAILURES);
    assert_int_equal(c.of[ACCOUNT_SEEDS], 4);
}

static void nothing_lived_proves_nothing(void **state)
{
    struct account a = {0};

    (void)state;
    assert_int_equal(account_status(&a), ACCOUNT_NOT_ALL);
}

static void a_check_that_never_ran_proves_nothing(void **state)
{
    struct account few = lived(ACCOUNT_ENOUGH - 1);
    struct account many = lived(ACCOUNT_ENOUGH);
    struct buf text;

    (void)state;
    few.evaluated[INVARIANT_LIVE] = many.evaluated[INVARIANT_LIVE] = 0;
    assert_int_equal(account_status(&few), ACCOUNT_GREEN);
    assert_int_equal(account_status(&many), ACCOUNT_NOT_ALL);
    buf_init(&text, 65536);
    summary_print(&few, &text);
    buf_put_byte(&text, '\0');
    t_says((const char *)text.data, "live 0 (!)");
    t_says((const char *)text.data,
           "nobody ever looked: After the weather clears, all is answered.");
    buf_clear(&text);
}

static void a_canary_has_to_be_noticed(void **state)
{
    struct account a = lived(2);

    (void)state;
    a.has_canary = true;
    assert_int_equal(account_status(&a), ACCOUNT_MACHINE);
    add_broken(&a, INVARIANT_CANARY);
    assert_int_equal(account_status(&a), ACCOUNT_FAILURES);
}

static void the_order_of_statuses_is_kept(void **state)
{
    struct account a = lived(ACCOUNT_ENOUGH);

    (void)state;
    add_broken(&a, INVARIANT_LIVE);
    a.evaluated[INVARIANT_ORDER] = 0;
    assert_int_equal(account_status(&a), ACCOUNT_NOT_ALL);
    a.ending = ACCOUNT_INTERRUPTED;
    assert_int_equal(account_status(&a), ACCOUNT_STOPPED);
    a.ending = ACCOUNT_REFUSED;
    assert_int_equal(account_status(&a), ACCOUNT_MACHINE);
    a = lived(3);
    a.ending = ACCOUNT_TIME_UP;
    assert_int_equal(account_status(&a), ACCOUNT_GREEN);
}

static void must_be_same(const struct account *a, const struct account *b)
{
    json_t *one = account_tree(a), *other = account_tree(b);

    assert_true(json_equal(one, other));
    json_decref(one);
    json_decref(other);
}

static void shards_add_up_to_the_whole(void **state)
{
    struct account whole = lived(7), sum = lived(3), rest = lived(4);

    (void)state;
    add_broken(&whole, INVARIANT_ORDER);
    add_broken(&rest, INVARIANT_ORDER);
    whole.ending = rest.ending = ACCOUNT_TIME_UP;
    account_join(&sum, &rest);
    must_be_same(&sum, &whole);
}

static void a_file_is_read_as_it_was_written(void **state)
{
    struct account a = lived(7), read;
    json_t *tree;
    struct failure f;

    (void)state;
    add_broken(&a, INVARIANT_CASCADE);
    tree = account_tree(&a);
    assert_true(account_read(tree, &read, &f));
    must_be_same(&a, &read);
    json_decref(tree);
}

static void must_refuse(const char *group, const char *name, json_t *value,
                        const char *words)
{
    struct account a = lived(1), untouched = lived(5);
    json_t *tree = account_tree(&a);
    json_t *place = group ? json_object_get(tree, group) : tree;
    struct failure f;

    if (value)
        json_object_set_new(place, name, value);
    else
        json_object_del(place, name);
    assert_false(account_read(tree, &untouched, &f));
    t_says(f.sentence, words);
    assert_int_equal(untouched.of[ACCOUNT_SEEDS], 5);
    json_decref(tree);
}

static void what_is_no_account_is_refused(void **state)
{
    (void)state;
    must_refuse(NULL, "sums", NULL, "sums: missing");
    must_refuse(NULL, "ending", json_string("happy"), "ending: no such one");
    must_refuse(NULL, "more", json_null(), "more: no such member");
    must_refuse("sums", "seeds", NULL, "sums: seeds: expected");
    must_refuse("tally", "calls", json_integer(-1), "tally: calls: expected");
    must_refuse("evaluated", "luck", json_integer(1), "evaluated: more names");
}

static void each_rule_counts_once(void **state)
{
    struct account all = lived(1), none = {0}, one = {0};
    size_t of_all, of_none;

    (void)state;
    assert_int_equal(account_rules(&none, &of_none), 0);
    assert_int_equal(account_rules(&all, &of_all), of_none);
    assert_int_equal(of_all, of_none);
    one.evaluated[INVARIANT_ORDER] = 1;
    assert_int_equal(account_rules(&one, &of_all), 5);
    one.evaluated[INVARIANT_ENDED_ONCE] = 1; /* SU-2 is in both */
    assert_int_equal(account_rules(&one, &of_all), 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_campaign_is_green),
        cmocka_unit_test(one_failure_is_enough),
        cmocka_unit_test(nothing_lived_proves_nothing),
        cmocka_unit_test(a_check_that_never_ran_proves_nothing),
        cmocka_unit_test(a_canary_has_to_be_noticed),
        cmocka_unit_test(the_order_of_statuses_is_kept),
        cmocka_unit_test(shards_add_up_to_the_whole),
        cmocka_unit_test(a_file_is_read_as_it_was_written),
        cmocka_unit_test(what_is_no_account_is_refused),
        cmocka_unit_test(each_rule_counts_once),
    };

    value_setup(1);
    return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
