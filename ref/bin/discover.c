/* SPDX-License-Identifier: MIT */
/*
 * alkref list, peers and schema: discovery for people and scripts. A peer chose
 * the names, so they are printed as in a JSON string without its quotes:
 * nothing in them reaches the terminal as a command.
 */
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"
#include "ref/bin/ask.h"
#include "ref/bin/commands.h"
#include "ref/bin/lines.h"

#define PRINTED (JSON_ENCODE_ANY | JSON_ENSURE_ASCII)

/* Without the quotes around it, `width` columns wide at least. */
static void print_bare(const json_t *string, int width)
{
    size_t len = json_dumpb(string, NULL, 0, PRINTED);
    char *text = xalloc(len, 1);

    (void)json_dumpb(string, text, len, PRINTED);
    (void)printf("%-*.*s", width, (int)(len - 2), text + 1);
    xalloc_free(text);
}

static bool print_entry(const json_t *entry)
{
    const json_t *name = json_object_get(entry, "name");
    const json_t *op_type = json_object_get(entry, "op_type");

    if (!json_is_string(name) || !json_is_string(op_type))
        return false;
    print_bare(op_type, 13);
    print_bare(name, 0);
    (void)putchar('\n');
    return true;
}

/* Each on a line, behind the peer if there is one. */
static bool print_entries(const json_t *peer, const json_t *list)
{
    bool is_good = json_is_array(list);

    for (size_t i = 0; is_good && i < json_array_size(list); i++) {
        if (peer) {
            print_bare(peer, 15);
            (void)putchar(' ');
        }
        is_good = print_entry(json_array_get(list, i));
    }
    return is_good;
}

/* [SL-1] */
static bool print_list(struct slice output)
{
    json_t *tree = lines_tree(output);
    bool is_good = print_entries(NULL, json_object_get(tree, "operations"));

    json_decref(tree);
    return is_good;
}

/* [LP-1] */
static bool print_peers(struct slice output)
{
    json_t *tree = lines_tree(output);
    const json_t *list = json_object_get(tree, "peers");
    bool is_good = json_is_array(list);

    for (size_t i = 0; is_good && i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const json_t *peer = json_object_get(entry, "peer_id");

        is_good = json_is_string(peer) &&
                  print_entries(peer, json_object_get(entry, "operations"));
    }
    json_decref(tree);
    return is_good;
}

/* [SS-1] */
static bool print_schema(struct slice output)
{
    json_t *tree = lines_tree(output);
    bool is_good = json_is_object(tree) &&
                   json_dumpf(tree, stdout, PRINTED | JSON_INDENT(2)) == 0;

    if (is_good)
        (void)putchar('\n');
    json_decref(tree);
    return is_good;
}

/* Asks for what takes no input; shown as a table, or as it came. */
static int look(const char *operation, bool (*print)(struct slice output),
                int argc, char **argv, struct failure *f)
{
    bool is_json = false;
    const struct options_word more[] = {
        {"--json", OPTIONS_MAYBE, &is_json, NULL}};
    struct ask a = {.operation = slice_of(operation), .input = slice_of("{}")};
    int status = OPTIONS_EXIT_USAGE;

    if (ask_read(&a, argc, argv, more, 1, f)) {
        a.print = is_json ? ask_print_text : print;
        status = ask_run(&a, f);
    } else {
        commands_complain(f, status);
    }
    ask_clear(&a);
    return status;
}

int commands_list(int argc, char **argv, struct failure *f)
{
    return look("services/list", print_list, argc, argv, f);
}

int commands_peers(int argc, char **argv, struct failure *f)
{
    return look("services/list-peers", print_peers, argc, argv, f);
}

/* {"name": NAME} as a text. False with a sentence when it cannot be one. */
static bool print_name(const char *name, struct buf *ret, struct failure *f)
{
    json_t *input = json_pack("{s:s}", "name", name);
    bool is_good = input && value_print(input, ret);

    json_decref(input);
    return is_good || failure_say(f, "NAME: expected UTF-8");
}

int commands_schema(int argc, char **argv, struct failure *f)
{
    const char *name = NULL;
    const struct options_word more[] = {{"NAME", OPTIONS_ONCE, NULL, &name}};
    struct ask a = {.operation = slice_of("services/schema"),
                    .print = print_schema};
    struct buf input;
    int status = OPTIONS_EXIT_USAGE;

    buf_init(&input, BOUNDS_BODY_MAX);
    if (ask_read(&a, argc, argv, more, 1, f) && print_name(name, &input, f)) {
        a.input = buf_slice(&input);
        status = ask_run(&a, f);
    } else {
        commands_complain(f, status);
    }
    buf_clear(&input);
    ask_clear(&a);
    return status;
}
