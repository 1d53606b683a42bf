/* SPDX-License-Identifier: MIT */
/* Two kinds, told apart by the options and by nothing behind them. */
#include "conformance/candidate.h"

#include "conformance/scout.h"
#include "conformance/stage.h"
#include "conformance/stand_in.h"
#include "conformance/words.h"

static int meet_node(struct candidate *c, const struct options *o,
                     struct arena *arena, struct failure *ret_failure)
{
    static const int statuses[] = {
        [SCOUT_MET] = 0, [SCOUT_NOBODY] = 4, [SCOUT_MISLED] = 64};

    if (!card_make(&c->card, arena, &o->node, ret_failure))
        return 64;
    if (!card_locate(&c->card, ret_failure))
        return 4;
    c->program =
        (struct driver_program){.play = stand_in_play, .self = &c->card};
    c->target = card_options(&c->card, arena);
    c->command = c->target;
    return statuses[scout_visit(&c->card, arena, o->seed, ret_failure)];
}

static int find_program(struct candidate *c, const struct options *o,
                        struct arena *arena, struct failure *ret_failure)
{
    c->command = o->testee;
    c->program.argv = words_split(arena, o->testee, ret_failure);
    c->target = arena_text(arena, "--testee %s", words_quote(arena, o->testee));
    return c->program.argv ? 0 : 64;
}

int candidate_find(struct candidate *c, const struct options *o,
                   struct arena *arena, struct failure *ret_failure)
{
    const struct card_words *node = &o->node;
    bool has_more =
        node->pin || node->key_file || node->token_file || node->operations;

    *c = (struct candidate){0};
    assert(o->testee || node->addr);
    if (o->testee && (node->addr || has_more)) {
        (void)failure_say(ret_failure,
                          "--testee names a program, --addr and what goes "
                          "with it a node: one of them");
        return 64;
    }
    return node->addr ? meet_node(c, o, arena, ret_failure)
                      : find_program(c, o, arena, ret_failure);
}

void candidate_introduce(const struct candidate *c, FILE *out)
{
    const struct card *card = &c->card;

    if (!card->words)
        return;
    (void)fprintf(out,
                  "%s lists %zu operations; to be asked:", card->words->addr,
                  card->listed);
    for (const char *const *name = stage_defaults(); *name; name++) {
        const char *theirs = card_find(card, *name);
        bool is_same = theirs && strcmp(theirs, *name) == 0;

        if (theirs)
            (void)fprintf(out, " %s%s%s", *name, is_same ? "" : "=",
                          is_same ? "" : theirs);
    }
    (void)fprintf(out, "\n");
    if (*card->forbidden)
        (void)fprintf(out,
                      "forbidden to us: %s (is a --key or --token-file "
                      "missing?)\n",
                      card->forbidden);
}
