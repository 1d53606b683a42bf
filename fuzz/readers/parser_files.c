/* SPDX-License-Identifier: MIT */
/* Files that operators of the reference write: operations, keys, policies,
 * tokens. Nothing of an operations file is ever run here. */
#include "fuzz/readers/parser.h"

#include "fuzz/broken.h"
#include "ref/bin/ops.h"
#include "ref/host/files.h"

/* Without a loop: it would only be asked for when a program is started. */
static void run_operations(struct slice input)
{
    struct failure why = {""};
    struct ops ops;
    json_t *counts;

    if (ops_load(parser_file(input), NULL, &ops, &why)) {
        counts = ops_counts(&ops);
        broken_unless(json_object_size(counts) == ops.registry.by_name.count,
                      "RG-1", "operations are not counted one by one");
        json_decref(counts);
    } else {
        parser_expect_sentence(&why, "operations file");
    }
    ops_clear(&ops);
}

static void run_key(struct slice input)
{
    uint8_t seed[FILES_SEED_LEN];
    struct failure why = {""};

    if (!files_read_key(parser_file(input), seed, &why))
        parser_expect_sentence(&why, "key file");
}

static void run_policy(struct slice input)
{
    struct auth_policy policy;
    struct failure why = {""};

    if (files_read_policy(parser_file(input), &policy, &why))
        auth_policy_clear(&policy);
    else
        parser_expect_sentence(&why, "policy file");
}

static void run_token(struct slice input)
{
    struct failure why = {""};
    struct buf token;

    buf_init(&token, SIZE_MAX);
    if (files_read_token(parser_file(input), &token, &why))
        broken_unless(token.len == 0 || !memchr(token.data, '\n', token.len),
                      "PI-3", "a token is more than the first line");
    else
        parser_expect_sentence(&why, "token file");
    buf_wipe(&token);
}

const struct parser parser_files[] = {
    {"operations file", run_operations},
    {"key file", run_key},
    {"policy file", run_policy},
    {"token file", run_token},
    {NULL, NULL},
};
