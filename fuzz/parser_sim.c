/* SPDX-License-Identifier: MIT */
/* What the simulator reads: scripts and findings, which are written and read
 * again as the same, and numbers as texts. */
#include "fuzz/parser.h"

#include "fuzz/broken.h"
#include "netsim/finding.h"
#include "netsim/numeral.h"

/* Takes it. */
static void print_take(json_t *tree, struct buf *out)
{
    buf_init(out, SIZE_MAX);
    (void)value_print(tree, out);
    json_decref(tree);
}

static json_t *tree_of(struct slice input)
{
    struct failure ignored;

    return value_parse(input, &ignored);
}

static void expect_same(struct buf *one, struct buf *other, const char *form)
{
    broken_unless(slice_equal(buf_slice(one), buf_slice(other)), PARSER_OURS,
                  "a %s is read again as another: %.*s", form, (int)other->len,
                  (const char *)other->data);
    buf_clear(one);
    buf_clear(other);
}

static void run_script(struct slice input)
{
    json_t *tree = tree_of(input), *written;
    struct failure why = {""};
    struct script s, again;
    struct buf one, other;

    if (script_read(tree, &s, &why)) {
        written = script_tree(&s);
        broken_unless(script_read(written, &again, &why), PARSER_OURS,
                      "a script is not read again: %s", why.sentence);
        print_take(written, &one);
        print_take(script_tree(&again), &other);
        expect_same(&one, &other, "script");
        script_clear(&again);
        script_clear(&s);
    } else {
        parser_expect_sentence(&why, "script");
    }
    json_decref(tree);
}

static void run_finding(struct slice input)
{
    json_t *tree = tree_of(input), *written;
    struct finding f, again;
    struct failure why = {""};
    struct buf one, other;

    if (finding_read(tree, &f, &why)) {
        written = finding_tree(&f);
        broken_unless(finding_read(written, &again, &why), PARSER_OURS,
                      "a finding is not read again: %s", why.sentence);
        print_take(written, &one);
        print_take(finding_tree(&again), &other);
        expect_same(&one, &other, "finding");
        finding_clear(&again);
        finding_clear(&f);
    } else {
        parser_expect_sentence(&why, "finding");
    }
    json_decref(tree);
}

static void run_numeral(struct slice input)
{
    uint64_t number, again;
    json_t *text;

    if (!numeral_read(input, &number))
        return;
    text = numeral_string(number);
    broken_unless(slice_equal(value_string(text), input) &&
                      numeral_read_string(text, &again) && again == number,
                  PARSER_OURS,
                  "a number is written otherwise than it was read");
    json_decref(text);
    text = numeral_hash(number);
    broken_unless(numeral_read_hash(text, &again) && again == number,
                  PARSER_OURS, "a hash is not read again");
    json_decref(text);
}

const struct parser parser_sim[] = {
    {"script", run_script},
    {"finding", run_finding},
    {"numeral", run_numeral},
    {NULL, NULL},
};
