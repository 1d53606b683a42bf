/* SPDX-License-Identifier: MIT */
/* See lines.h. */
#include "ref/bin/lines.h"
#include "ref/base/bounds.h"

void lines_write_take(FILE *to, json_t *tree)
{
    struct buf line;

    buf_init(&line, 2 * (size_t)BOUNDS_BODY_MAX);
    if (value_print(tree, &line)) {
        (void)fwrite(line.data, 1, line.len, to);
        (void)fputc('\n', to);
    }
    buf_clear(&line);
    json_decref(tree);
}

json_t *lines_tree(struct slice text)
{
    struct failure ignored;
    json_t *tree = value_parse(text, &ignored);

    return tree ? tree : value_new_string(text);
}

json_t *lines_error(const struct call_error *e)
{
    json_t *tree = json_object();

    json_object_set_new(tree, "code", value_new_string(e->code));
    json_object_set_new(tree, "message", value_new_string(e->message));
    json_object_set_new(tree, "retryable", json_boolean(e->retryable));
    if (e->details.len)
        json_object_set_new(tree, "details", lines_tree(e->details));
    return tree;
}
