/* SPDX-License-Identifier: MIT */
/* Bundles out to a file and in again, and files that are none. */
#include "conformance/bundle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "conformance/file.h"
#include "reports/text.h"

static const struct slice lines[] = {
    {(const uint8_t *)"{\"seq\":1}", 9},
    {(const uint8_t *)"\xff\"\n", 3},
};

static struct bundle sample(void)
{
    return (struct bundle){
        .suite = slice_of("s"),
        .suite_digest = slice_of("0"),
        .spec = slice_of("p"),
        .spec_digest = slice_of("1"),
        .command = slice_of("./it 'is'"),
        .name = slice_of("n"),
        .version = slice_of("v"),
        .language = slice_of("l"),
        .instance = slice_of("a.b.c@dial=us,lvl=L1"),
        .signature = slice_of("FAIL step=2"),
        .expected = slice_of("one \xff"),
        .observed = slice_of(""),
        .hash = slice_of("abc"),
        .seed = UINT64_MAX,
        .script = lines,
        .script_count = 2,
    };
}

static void begin(char path[32])
{
    int fd;

    (void)snprintf(path, 32, "/tmp/bundle-test-XXXXXX");
    fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
}

static void what_goes_out_comes_in(void **state)
{
    const struct bundle out = sample();
    struct arena arena = {0};
    struct failure failure;
    struct bundle in;
    char path[32];

    (void)state;
    begin(path);
    assert_string_equal(bundle_path(&arena, "d", &out),
                        "d/a.b.c@dial=us,lvl=L1.18446744073709551615.bundle");
    assert_true(bundle_write(&out, path, &failure));
    assert_true(bundle_read(&arena, path, &in, &failure));
    assert_true(slice_equal(in.command, out.command));
    assert_true(slice_equal(in.instance, out.instance));
    assert_true(slice_equal(in.expected, slice_of("one \xef\xbf\xbd")));
    assert_true(in.seed == UINT64_MAX);
    assert_int_equal(in.script_count, 2);
    assert_true(slice_equal(in.script[0], lines[0]));
    assert_true(slice_equal(in.script[1], slice_of("\xef\xbf\xbd\"\n")));
    (void)unlink(path);
    arena_clear(&arena);
}

/* No byte of it can be changed, and none be missing, without being seen. */
static void damage_is_seen_wherever_it_is(void **state)
{
    const struct bundle out = sample();
    struct arena arena = {0};
    struct arena each = {0};
    struct failure failure;
    struct bundle in;
    struct slice whole;
    char path[32];

    (void)state;
    begin(path);
    assert_true(bundle_write(&out, path, &failure));
    assert_true(file_read(&arena, path, &whole, &failure));
    for (size_t i = 0; i < whole.len; i++) {
        struct slice changed = arena_copy(&arena, whole);

        assert_true(text_save(path, slice_head(whole, i), &failure));
        assert_false(bundle_read(&each, path, &in, &failure));
        ((uint8_t *)(uintptr_t)changed.data)[i] ^= 1;
        assert_true(text_save(path, changed, &failure));
        failure.sentence[0] = '\0';
        assert_false(bundle_read(&each, path, &in, &failure));
        assert_non_null(strstr(failure.sentence, path));
        arena_clear(&each);
    }
    (void)unlink(path);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_out_comes_in),
        cmocka_unit_test(damage_is_seen_wherever_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
