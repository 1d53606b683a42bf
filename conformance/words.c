/* SPDX-License-Identifier: MIT */
/*
 * One pass over the text. A word is copied while it is read; it cannot get
 * longer than what is left of the text, so its room is known beforehand.
 */
#include "conformance/words.h"

struct words {
    const char *at;     /* what is read next */
    char *out;          /* where the next character of the word goes */
    bool is_open_quote; /* a quote was never closed */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static void take_quoted(struct words *w, char quote)
{
    for (w->at++; *w->at && *w->at != quote; w->at++) {
        bool escapes = quote == '"' && *w->at == '\\' &&
                       (w->at[1] == '"' || w->at[1] == '\\');

        if (escapes)
            w->at++;
        *w->out++ = *w->at;
    }
    if (*w->at)
        w->at++;
    else
        w->is_open_quote = true;
}

static char *take_word(struct words *w, struct arena *arena)
{
    char *word = arena_new(arena, strlen(w->at) + 1, 1);

    w->out = word;
    while (*w->at && !is_blank(*w->at)) {
        if (*w->at == '\'' || *w->at == '"') {
            take_quoted(w, *w->at);
            continue;
        }
        if (*w->at == '\\' && w->at[1])
            w->at++;
        *w->out++ = *w->at++;
    }
    return word;
}

char **words_split(struct arena *arena, const char *text,
                   struct failure *ret_failure)
{
    struct words w = {.at = text};
    char **words = arena_new(arena, strlen(text) / 2 + 2, sizeof *words);
    size_t count = 0;

    for (;;) {
        while (is_blank(*w.at))
            w.at++;
        if (!*w.at)
            break;
        words[count++] = take_word(&w, arena);
    }
    if (w.is_open_quote)
        failure_say(ret_failure, "a quote is left open in: %s", text);
    else if (count == 0)
        failure_say(ret_failure, "the command is empty");
    return w.is_open_quote || count == 0 ? NULL : words;
}

const char *words_quote(struct arena *arena, const char *word)
{
    char *quoted = arena_new(arena, 4 * strlen(word) + 3, 1);
    char *out = quoted;

    *out++ = '\'';
    for (; *word; word++) {
        if (*word == '\'') {
            memcpy(out, "'\\'", 3);
            out += 3;
        }
        *out++ = *word;
    }
    *out = '\'';
    return quoted;
}

const char *words_join(struct arena *arena, char *const *words)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-=+,.:/@%";
    const char *text = "";

    for (; *words; words++) {
        bool is_plain = **words && !(*words)[strspn(*words, plain)];

        text = arena_text(arena, "%s%s%s", text, *text ? " " : "",
                          is_plain ? *words : words_quote(arena, *words));
    }
    return text;
}
