/* SPDX-License-Identifier: MIT */
/*
 * The JSON Schema Test Suite, run over what we understand of JSON Schema. It is
 * other people's, a package of its own, and nothing here needs it: this
 * measures. Arguments are files of the suite, each a list of schemas with
 * values that fit and values that do not.
 *
 * A schema that schema_check() refuses is not asked about. All others have to
 * be decided as the suite says. Exit status: 0; 1 when something was decided
 * otherwise; 2 when there is no such suite.
 */
#include "ref/model/schema.h"

#include <stdio.h>

struct tally {
    size_t tests, passed, failed, not_asked;
};

static const char *text(const json_t *object, const char *name)
{
    const char *said = json_string_value(json_object_get(object, name));

    return said ? said : "(no description)";
}

static void run_test(const json_t *group, const json_t *test,
                     struct tally *tally)
{
    bool wanted = json_is_true(json_object_get(test, "valid"));
    bool is_fit = schema_allows(json_object_get(group, "schema"),
                                json_object_get(test, "data"), NULL);

    if (is_fit == wanted) {
        tally->passed++;
        return;
    }
    tally->failed++;
    printf("  differs: %s: %s: %s, and we say it %s\n",
           text(group, "description"), text(test, "description"),
           wanted ? "fits" : "does not fit", is_fit ? "does" : "does not");
}

static void run_group(const json_t *group, struct tally *tally)
{
    const json_t *tests = json_object_get(group, "tests");
    size_t count = json_array_size(tests);
    struct failure f;

    tally->tests += count;
    if (!schema_check(json_object_get(group, "schema"), &f)) {
        tally->not_asked += count;
        return;
    }
    for (size_t i = 0; i < count; i++)
        run_test(group, json_array_get(tests, i), tally);
}

static void print_row(const char *name, const struct tally *t)
{
    printf("%-24.40s %6zu %7zu %7zu %10zu\n", name, t->tests, t->passed,
           t->failed, t->not_asked);
}

static void add(struct tally *sum, const struct tally *t)
{
    sum->tests += t->tests;
    sum->passed += t->passed;
    sum->failed += t->failed;
    sum->not_asked += t->not_asked;
}

/* The keyword that a file is about: its name without folder and ending. */
static void run_file(const char *path, const json_t *groups, struct tally *sum)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    struct tally tally = {.tests = 0};
    char row[64];

    for (size_t i = 0; i < json_array_size(groups); i++)
        run_group(json_array_get(groups, i), &tally);
    snprintf(row, sizeof row, "%.*s", (int)strcspn(name, "."), name);
    print_row(row, &tally);
    add(sum, &tally);
}

int main(int argc, char **argv)
{
    struct tally sum = {.tests = 0};

    value_setup(1);
    if (argc < 2) {
        fprintf(stderr, "usage: schema_suite FILE...\n");
        return 2;
    }
    printf("%-24s %6s %7s %7s %10s\n", "keyword", "tests", "passed", "failed",
           "not asked");
    for (int i = 1; i < argc; i++) {
        json_error_t error;
        json_t *groups = json_load_file(argv[i], JSON_ALLOW_NUL, &error);

        if (!json_is_array(groups)) {
            fprintf(stderr, "%s: no file of the JSON Schema Test Suite: %s\n",
                    argv[i], groups ? "not a list" : error.text);
            json_decref(groups);
            return 2;
        }
        run_file(argv[i], groups, &sum);
        json_decref(groups);
    }
    print_row("all", &sum);
    return sum.failed ? 1 : 0;
}
