/* SPDX-License-Identifier: MIT */
/* What a person sees, byte for byte. */
#include "reports/terminal.h"

#include "reports/test/sample.h"

/* One failure, one pass, one that does not apply, one excused. */
static void play(struct terminal *t)
{
    struct log_case c = sample_case("authz.a@lvl=L1", VERDICT_PASS);

    terminal_start(t, c.instance, 0);
    terminal_case(t, &c, 1000000000);
    c = sample_case("authz.b@lvl=L1", VERDICT_FAIL);
    c.observed = slice_of("a line\nand \033[2Janother");
    terminal_start(t, c.instance, 1000000000);
    terminal_case(t, &c, 2000000000);
    c = sample_case("authz.c@lvl=L1", VERDICT_NA);
    c.observed = slice_of("needs tokens");
    terminal_case(t, &c, 3000000000);
    c = sample_case("authz.d@lvl=L1", VERDICT_FAIL);
    c.excuse = slice_of("not built yet");
    terminal_case(t, &c, 4999999999);
}

/* What is printed of it in that style; the caller frees it. */
static char *seen(struct terminal_style style)
{
    struct log_footer footer = {.exit = 1, .is_complete = true};
    struct terminal t;
    char *text = calloc(1, 1 << 16);
    FILE *file = tmpfile();

    assert_true(text && file);
    terminal_init(&t, file, style, 4);
    play(&t);
    terminal_end(&t, &footer);
    terminal_clear(&t);
    rewind(file);
    assert_true(fread(text, 1, (1 << 16) - 1, file) > 0);
    (void)fclose(file);
    return text;
}

#define BLOCK                                                                  \
    "FAIL authz.b@lvl=L1\n"                                                    \
    "  AC-5 must  \"A caller without the scope is refused.\"\n"                \
    "  OC-1 should  \"Visibility is checked before access.\"\n"                \
    "  expected: error FORBIDDEN, handler not entered\n"                       \
    "  observed: a line\n"                                                     \
    "            and ␛[2Janother  (step 5, t=1.2 ms)\n"                      \
    "  repro:    callspec run --filter 'x' --seed 7\n"

#define SENTENCE                                                               \
    "callspec: 4 of 4 instances ran, 1 unexpected (1 pass, 2 failed, "         \
    "1 not applicable; expected failures among them: 1), exit 1: something "   \
    "does not conform\n"

static void a_pipe_gets_failures_and_the_sentence(void **state)
{
    char *text = seen((struct terminal_style){.is_tty = false});

    (void)state;
    assert_string_equal(text,
                        BLOCK "\nwhat did not pass:\n\n" BLOCK "\n" SENTENCE);
    free(text);
}

static void verbose_gives_every_instance_a_line(void **state)
{
    char *text = seen((struct terminal_style){.is_verbose = true});

    (void)state;
    assert_string_equal(text, "PASS authz.a@lvl=L1\n" BLOCK
                              "N/A authz.c@lvl=L1  needs tokens\n"
                              "FAIL authz.d@lvl=L1\n"
                              "\nwhat did not pass:\n\n" BLOCK "\n" SENTENCE);
    free(text);
}

static void a_terminal_gets_a_live_line_above_which_failures_stay(void **state)
{
    char *text = seen((struct terminal_style){.is_tty = true});

    (void)state;
    assert_string_equal(
        text, "✔ 0 ✘ 0 ◌ 0 n/a  0/4  0s  authz.a@lvl=L1"
              "\r\033[K✔ 1 ✘ 0 ◌ 0 n/a  1/4  1s  authz.a@lvl=L1"
              "\r\033[K✔ 1 ✘ 0 ◌ 0 n/a  1/4  1s  authz.b@lvl=L1"
              "\r\033[K" BLOCK "✔ 1 ✘ 1 ◌ 0 n/a  2/4  2s  authz.b@lvl=L1"
              "\r\033[K✔ 1 ✘ 1 ◌ 1 n/a  3/4  3s  authz.c@lvl=L1"
              "\r\033[K✔ 1 ✘ 1 ◌ 1 n/a  4/4  4s  authz.d@lvl=L1"
              "\r\033[K\nwhat did not pass:\n\n" BLOCK "\n" SENTENCE);
    free(text);
}

static void ascii_and_colour_are_kept_apart(void **state)
{
    char *plain =
        seen((struct terminal_style){.is_tty = true, .is_ascii = true});
    char *coloured =
        seen((struct terminal_style){.is_tty = true, .has_colour = true});

    (void)state;
    assert_non_null(strstr(plain, "ok 1 FAILED 1 - 1 n/a  4/4  4s  "));
    assert_null(strstr(plain, "✔"));
    assert_null(strstr(plain, "\033[3"));
    assert_non_null(strstr(coloured, "\033[31mFAIL\033[0m \033[1mauthz.b"));
    assert_non_null(strstr(coloured, "\033[32m✔\033[0m 1 "));
    free(plain);
    free(coloured);
}

static void a_live_line_fits_the_terminal(void **state)
{
    struct terminal_style style = {.is_tty = true, .columns = 40};
    struct terminal t;
    char text[256] = {0};
    FILE *file = tmpfile();

    (void)state;
    assert_non_null(file);
    terminal_init(&t, file, style, 4);
    terminal_start(&t, slice_of("authz.default-deny.unknown-peer@dial=them"),
                   0);
    terminal_clear(&t);
    rewind(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    assert_string_equal(text, "✔ 0 ✘ 0 ◌ 0 n/a  0/4  0s  authz.defaul…");
    (void)fclose(file);
}

static void a_note_stands_where_the_live_line_was(void **state)
{
    struct terminal t;
    char text[512] = {0};
    FILE *file = tmpfile();

    (void)state;
    terminal_init(&t, file, (struct terminal_style){.is_tty = true}, 4);
    terminal_note(&t, "speed", "");
    terminal_start(&t, slice_of("a"), 0);
    terminal_note(&t, "speed", "L1 9/s");
    terminal_clear(&t);
    rewind(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    assert_non_null(strstr(text, "\r\033[Kspeed: L1 9/s\n"));
    (void)fclose(file);
}

static void a_sentence_is_broken_where_the_terminal_ends(void **state)
{
    struct terminal_style style = {.is_tty = true, .columns = 40};
    struct log_case c = sample_case("a.b", VERDICT_FAIL);
    struct buf b;

    (void)state;
    c.rules_count = 1;
    c.observed = slice_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ä ö\nb");
    buf_init(&b, SIZE_MAX / 2);
    terminal_block(&b, &c, &style);
    buf_put_byte(&b, 0);
    assert_string_equal((const char *)b.data,
                        "FAIL a.b\n"
                        "  AC-5 must  \"A caller without the\n"
                        "            scope is refused.\"\n"
                        "  expected: error FORBIDDEN, handler\n"
                        "            not entered\n"
                        "  observed: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
                        "            ä ö\n"
                        "            b  (step 5, t=1.2 ms)\n"
                        "  repro:    callspec run --filter 'x' --seed 7\n");
    buf_clear(&b);
}

static void many_failures_are_a_line_for_each_case(void **state)
{
    struct buf b;
    struct roll r;

    (void)state;
    roll_init(&r);
    buf_init(&b, SIZE_MAX / 2);
    roll_print(&b, &r);
    assert_int_equal(b.len, 0);
    for (size_t i = 0; i < ROLL_WHOLE_MAX; i++)
        roll_add(&r, slice_of("a.b"), VERDICT_FAIL, slice_of("block\n"));
    roll_add(&r, slice_of("a.b"), VERDICT_CRASH, slice_of("block\n"));
    roll_add(&r, slice_of("a.c"), VERDICT_CRASH, slice_of("block\n"));
    roll_print(&b, &r);
    buf_put_byte(&b, 0);
    assert_string_equal((const char *)b.data, "\nwhat did not pass:\n\n"
                                              "FAIL a.b  10 times\n"
                                              "CRASH a.b\n"
                                              "CRASH a.c\n\n");
    buf_clear(&b);
    roll_clear(&r);
}

static void a_good_run_ends_with_one_sentence(void **state)
{
    struct log_footer footer = {.exit = 0, .is_complete = true};
    struct verdict_counts counts = {
        .of = {[VERDICT_PASS] = 209, [VERDICT_NA] = 5}};
    struct buf b;

    (void)state;
    buf_init(&b, SIZE_MAX / 2);
    verdict_sentence(&b, &counts, 214, footer.exit, footer.reason);
    buf_put_byte(&b, 0);
    assert_string_equal((const char *)b.data,
                        "214 of 214 instances ran, none unexpected (209 pass, "
                        "5 not applicable), exit 0: everything planned ran, "
                        "nothing unexpected");
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipe_gets_failures_and_the_sentence),
        cmocka_unit_test(verbose_gives_every_instance_a_line),
        cmocka_unit_test(a_terminal_gets_a_live_line_above_which_failures_stay),
        cmocka_unit_test(ascii_and_colour_are_kept_apart),
        cmocka_unit_test(a_live_line_fits_the_terminal),
        cmocka_unit_test(a_note_stands_where_the_live_line_was),
        cmocka_unit_test(a_sentence_is_broken_where_the_terminal_ends),
        cmocka_unit_test(many_failures_are_a_line_for_each_case),
        cmocka_unit_test(a_good_run_ends_with_one_sentence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
