/* SPDX-License-Identifier: MIT */
/* See imports.h. A waiter is what stays of the asking: whom it was about. */
#include "ref/bin/imports.h"
#include "ref/bin/lines.h"

void imports_words(struct imports *i, struct options_word ret[IMPORTS_WORDS])
{
    const struct options_word words[IMPORTS_WORDS] = {
        {"--import", OPTIONS_MAYBE, &i->is_wanted, NULL},
        {"--prefix", OPTIONS_MAYBE, NULL, &i->prefix},
    };

    memcpy(ret, words, sizeof words);
}

static bool is_text(const char *word)
{
    json_t *text = json_string(word);
    bool is_good = text != NULL;

    json_decref(text);
    return is_good;
}

bool imports_check(const struct imports *i, const char *peers,
                   struct failure *ret_failure)
{
    if (i->is_wanted && !peers)
        return failure_say(ret_failure, "--import: expected --peers, too: "
                                        "nobody else is asked");
    if (!i->prefix)
        return true;
    if (!i->is_wanted)
        return failure_say(ret_failure, "--prefix: expected --import, too");
    return (i->prefix[0] && i->prefix[0] != '/' && is_text(i->prefix)) ||
           failure_say(ret_failure, "--prefix: expected what a name can begin "
                                    "with");
}

json_t *imports_names(const struct registry *operations)
{
    json_t *names = json_array();

    for (struct table_entry *e = table_first(&operations->by_name); e;
         e = table_next(e))
        json_array_append_new(names, value_new_string(e->key));
    return names;
}

static void tell(void *self, const struct operation_adapter_outcome *outcome)
{
    json_t *line = self; /* with the peer in it */

    if (outcome->is_ok) {
        json_object_set_new(line, "imported",
                            imports_names(outcome->operations));
    } else {
        json_object_set_new(
            line, "import_failed",
            json_string(operation_adapter_name(outcome->error)));
        json_object_set_new(line, "message",
                            value_new_string(outcome->message));
    }
    lines_write_take(stdout, line);
}

void imports_ask(const struct imports *i, struct connection *c)
{
    const struct identity *peer = c->serving.identity;
    const struct from_call_terms terms = {
        .prefix = slice_of(i->prefix ? i->prefix : "")};
    json_t *line;

    if (!i->is_wanted || !peer)
        return;
    line = json_object();
    json_object_set_new(line, "peer", value_new_string(peer->id));
    from_call_import(
        c, &terms,
        (struct operation_adapter_waiter){.tell = tell, .self = line});
}
