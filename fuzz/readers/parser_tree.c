/* SPDX-License-Identifier: MIT */
/* See parser_tree.h. */
#include "fuzz/readers/parser_tree.h"

#include "fuzz/broken.h"

json_t *parser_tree(struct slice text)
{
    struct failure why = {""};
    json_t *tree = value_parse(text, &why);

    if (!tree)
        parser_expect_sentence(&why, "JSON");
    return tree;
}

void parser_expect_same(json_t *first, json_t *again, const char *rule,
                        const char *form)
{
    struct buf one, other;

    buf_init(&one, SIZE_MAX);
    buf_init(&other, SIZE_MAX);
    broken_unless(value_print(first, &one) && value_print(again, &other) &&
                      slice_equal(buf_slice(&one), buf_slice(&other)),
                  rule, "%s: %.*s is read again as %.*s", form, (int)one.len,
                  (const char *)one.data, (int)other.len,
                  (const char *)other.data);
    buf_clear(&one);
    buf_clear(&other);
    json_decref(first);
    json_decref(again);
}

static void check_round(const struct parser_form *form, const void *value,
                        void *again)
{
    json_t *written = form->tree(value);
    struct failure why = {""};

    broken_unless(form->read(written, again, &why), form->rule,
                  "%s: it is not read again: %s", form->name, why.sentence);
    parser_expect_same(written, form->tree(again), form->rule, form->name);
    form->clear(again);
}

bool parser_round(const struct parser_form *form, struct slice text, void *ret,
                  void *again)
{
    json_t *tree = parser_tree(text);
    struct failure why = {""};
    bool is_read = tree && form->read(tree, ret, &why);

    if (is_read)
        check_round(form, ret, again);
    else if (tree)
        parser_expect_sentence(&why, form->name);
    json_decref(tree);
    return is_read;
}
