/* SPDX-License-Identifier: MIT */
/* What the simulator reads: scripts and findings, which are written and read
 * again as the same, and numbers as texts. */
#include "fuzz/readers/parser_tree.h"

#include "fuzz/broken.h"
#include "netsim/finding.h"
#include "netsim/numeral.h"

PARSER_FORM(script, "script", PARSER_OURS);
PARSER_FORM(finding, "finding", PARSER_OURS);

static void run_script(struct slice input)
{
    struct script s, again;

    if (parser_round(&script_form, input, &s, &again))
        script_clear(&s);
}

static void run_finding(struct slice input)
{
    struct finding f, again;

    if (parser_round(&finding_form, input, &f, &again))
        finding_clear(&f);
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
