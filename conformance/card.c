/* SPDX-License-Identifier: MIT */
/* Words, files and listings become one card; nothing is asked of the node. */
#include "conformance/card.h"

#include <stdlib.h>

#include "conformance/file.h"
#include "conformance/hex.h"
#include "conformance/stage.h"
#include "conformance/words.h"
#include "ref/host/udp.h"

#define PIN_PREFIX "ed25519:"

/* --- operations */

static void add(struct arena *arena, struct card_operation **list,
                struct slice ours, struct slice theirs)
{
    struct card_operation *op = arena_new(arena, 1, sizeof *op);

    op->ours = (const char *)arena_copy(arena, ours).data;
    op->theirs = (const char *)arena_copy(arena, theirs).data;
    op->next = *list;
    *list = op;
}

bool card_map(struct arena *arena, struct card_operation **list,
              const char *text, struct failure *ret_failure)
{
    size_t len = strcspn(text, "=");
    struct slice ours = slice_make(text, len);
    const char *theirs = text + len + (text[len] == '=');

    if (text[len] != '=' || strpbrk(theirs, "\"\\'") || *theirs == '/')
        return failure_say(ret_failure,
                           "--map wants OURS=THEIRS, as in "
                           "conf/echo=server/echo, not \"%s\"",
                           text);
    if (!slice_starts(ours, slice_of("conf/")) || !stage_is_default(ours))
        return failure_say(ret_failure,
                           "--map: %.*s is none of the conf/ operations of "
                           "CONTRACT.md, 7",
                           (int)len, text);
    add(arena, list, ours, slice_of(theirs));
    return true;
}

static const struct card_operation *find(const struct card_operation *list,
                                         struct slice ours)
{
    while (list && !slice_equal(slice_of(list->ours), ours))
        list = list->next;
    return list;
}

bool card_is_mapped(const struct card *card, const char *ours)
{
    return find(card->words->operations, slice_of(ours)) != NULL;
}

/* What was added last stands. */
void card_forbid(struct card *card, struct arena *arena, const char *ours)
{
    card->forbidden = arena_text(arena, "%s%s%s", card->forbidden,
                                 *card->forbidden ? " " : "", ours);
    add(arena, &card->operations, slice_of(ours), slice_of(""));
}

const char *card_find(const struct card *card, const char *ours)
{
    const struct card_operation *op = find(card->operations, slice_of(ours));

    return op && *op->theirs ? op->theirs : NULL;
}

void card_learn(struct card *card, struct arena *arena, const struct json *list)
{
    card->listed = list ? list->count : 0;
    for (const struct json *v = list ? list->first : NULL; v; v = v->next) {
        struct slice name;

        if (json_get_text(json_find(v, "name"), &name) &&
            stage_is_default(name) && !find(card->operations, name))
            add(arena, &card->operations, name, name);
    }
}

/* --- files */

static bool read_key(struct card *card, struct arena *arena, const char *path,
                     struct failure *ret_failure)
{
    const struct json *tree = NULL;
    struct slice text;
    struct slice hex = slice_of("");

    if (!file_read(arena, path, &text, ret_failure))
        return false;
    if (json_parse(arena, text, JSON_DEPTH_MAX, &tree, NULL))
        (void)json_get_text(json_find(tree, "ed25519_seed"), &hex);
    if (!hex_read(hex, card->key, sizeof card->key))
        return failure_say(ret_failure,
                           "%s: wanted {\"ed25519_seed\":\"64 lower-case hex "
                           "digits\"}",
                           path);
    card->has_key = true;
    return true;
}

static size_t line_len(struct slice text)
{
    size_t len = 0;

    while (len < text.len && text.data[len] != '\n' && text.data[len] != '\r')
        len++;
    return len;
}

static bool read_token(struct card *card, struct arena *arena, const char *path,
                       struct failure *ret_failure)
{
    struct slice text;

    if (!file_read(arena, path, &text, ret_failure))
        return false;
    card->token = slice_head(text, line_len(text));
    for (size_t i = 0; i < card->token.len; i++) {
        uint8_t c = text.data[i];

        if (c <= ' ' || c == '"' || c == '\\')
            card->token.len = 0;
    }
    if (card->token.len == 0)
        return failure_say(ret_failure,
                           "%s: wanted one line with the token, without "
                           "blanks, quotes and backslashes",
                           path);
    card->token = arena_copy(arena, card->token);
    return true;
}

/* --- the card */

static bool check_addr(const char *addr, struct failure *ret_failure)
{
    const char *colon = strrchr(addr, ':');
    unsigned long port = 0;
    char *end = NULL;
    bool is_one = colon && (*addr == '[' || strchr(addr, ':') == colon);

    if (is_one && colon != addr && colon[1] >= '0' && colon[1] <= '9')
        port = strtoul(colon + 1, &end, 10);
    if (port < 1 || port > 65535 || *end)
        return failure_say(ret_failure,
                           "--addr wants HOST:PORT or [IPV6]:PORT, not \"%s\"",
                           addr);
    return true;
}

static bool check_pin(const char *pin, struct failure *ret_failure)
{
    uint8_t ignored[CARD_KEY_LEN];

    if (!pin)
        return failure_say(ret_failure, "--addr wants --pin as well: the "
                                        "fingerprint of the node's key");
    if (!slice_starts(slice_of(pin), slice_of(PIN_PREFIX)) ||
        !hex_read(slice_of(pin + strlen(PIN_PREFIX)), ignored, sizeof ignored))
        return failure_say(ret_failure,
                           "--pin wants ed25519: and 64 lower-case hex digits, "
                           "not \"%s\"",
                           pin);
    return true;
}

bool card_make(struct card *card, struct arena *arena,
               const struct card_words *words, struct failure *ret_failure)
{
    *card = (struct card){
        .words = words, .operations = words->operations, .forbidden = ""};
    return check_addr(words->addr, ret_failure) &&
           check_pin(words->pin, ret_failure) &&
           (!words->key_file ||
            read_key(card, arena, words->key_file, ret_failure)) &&
           (!words->token_file ||
            read_token(card, arena, words->token_file, ret_failure));
}

bool card_locate(struct card *card, struct failure *ret_failure)
{
    return udp_address_resolve(slice_of(card->words->addr), &card->address,
                               ret_failure);
}

static const char *option(struct arena *arena, const char *name,
                          const char *value)
{
    return value ? arena_text(arena, " %s %s", name, words_quote(arena, value))
                 : "";
}

const char *card_options(const struct card *card, struct arena *arena)
{
    const struct card_words *w = card->words;
    const char *text =
        arena_text(arena, "--addr %s --pin %s%s%s", words_quote(arena, w->addr),
                   w->pin, option(arena, "--key", w->key_file),
                   option(arena, "--token-file", w->token_file));

    for (const struct card_operation *op = w->operations; op; op = op->next)
        text = arena_text(
            arena, "%s%s", text,
            option(arena, "--map",
                   arena_text(arena, "%s=%s", op->ours, op->theirs)));
    return text;
}
