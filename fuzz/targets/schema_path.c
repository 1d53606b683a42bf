/* SPDX-License-Identifier: MIT */
/*
 * Everything that comes from outside and is no frame: the first byte chooses
 * one of those who read it (parser.h), the rest is for them to read.
 */
#include "fuzz/feed.h"
#include "fuzz/readers/parser.h"
#include "fuzz/target.h"
#include "ref/base/value.h"

static const struct parser *const families[] = {
    parser_values, parser_words, parser_files, parser_sim, parser_judge,
};

#define FAMILIES (sizeof families / sizeof *families)

/* Half of the byte chooses the family and half the member, so that inputs mean
 * the same when a family grows. */
static const struct parser *choose(uint8_t byte)
{
    const struct parser *family = families[(byte >> 4) % FAMILIES];
    size_t count = 0;

    while (family[count].name)
        count++;
    return &family[(byte & 15) % count];
}

static void run(struct slice input)
{
    struct feed feed = {input};
    uint8_t byte = feed_byte(&feed);

    choose(byte)->run(feed.rest);
}

static void setup(void)
{
    value_setup(1);
}

const struct target target_schema_path = {
    .name = "schema_path",
    .promise = "Whatever is read from files, lines and words becomes a value "
               "that is written and read again as the same, or one sentence.",
    .rules = "AC-4 AD-1 AD-6 AD-7 FP-2 FP-3 FP-4 FR-3 IP-2 IP-3 IP-4 IP-9 "
             "IP-10 OC-2 OP-5 OS-1 OS-4 PI-1 PI-3 PI-6 PI-7 RG-1 RP-1 RP-3 "
             "RQ-6 SE-3",
    .setup = setup,
    .run = run,
};
