/* SPDX-License-Identifier: MIT */
/*
 * Forms that are read as a tree of JSON, and written as one. Whatever is read
 * is written and read again, and what is written then is the same.
 */
#ifndef FUZZ_READERS_PARSER_TREE_H
#define FUZZ_READERS_PARSER_TREE_H

#include "fuzz/readers/parser.h"
#include "ref/base/value.h"

/* The tree of a text; NULL: it is none, in a sentence that was looked at. */
json_t *parser_tree(struct slice text);

/* Two trees that were written are the same text. Takes both. */
void parser_expect_same(json_t *first, json_t *again, const char *rule,
                        const char *form);

/* How a value of some type is read, written and given back. */
struct parser_form {
    const char *name;
    const char *rule; /* by which it is written as it was read */
    bool (*read)(const json_t *tree, void *ret, struct failure *ret_failure);
    json_t *(*tree)(const void *value);
    void (*clear)(void *value);
};

/* TYPE_form, of the functions TYPE_read, TYPE_tree and TYPE_clear. */
#define PARSER_FORM(TYPE, NAME, RULE)                                          \
    static bool TYPE##_any_read(const json_t *tree, void *ret,                 \
                                struct failure *ret_failure)                   \
    {                                                                          \
        return TYPE##_read(tree, ret, ret_failure);                            \
    }                                                                          \
    static json_t *TYPE##_any_tree(const void *value)                          \
    {                                                                          \
        return TYPE##_tree(value);                                             \
    }                                                                          \
    static void TYPE##_any_clear(void *value)                                  \
    {                                                                          \
        TYPE##_clear(value);                                                   \
    }                                                                          \
    static const struct parser_form TYPE##_form = {                            \
        NAME, RULE, TYPE##_any_read, TYPE##_any_tree, TYPE##_any_clear}

/* Reads the text into `ret`, which is cleared by the caller, and once more by
 * way of what is written, into `again`. False: it was refused, in a sentence.
 */
bool parser_round(const struct parser_form *form, struct slice text, void *ret,
                  void *again);

#endif
