/* SPDX-License-Identifier: MIT */
/* See options.h. */
#include "ref/bin/options.h"

#include <stdlib.h>

#define NS_PER_MS 1000000u
#define COUNT_MAX 1000000000u
#define MS_MAX 86400000u /* a day: whoever waits longer waits for ever */

static bool is_option(const char *name)
{
    return name[0] == '-' && name[1] == '-';
}

static const struct options_word *find_option(const struct options_word *words,
                                              size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (is_option(words[i].name) && strcmp(words[i].name, name) == 0)
            return &words[i];
    return NULL;
}

/* The first word without a value yet. */
static const struct options_word *next_word(const struct options_word *words,
                                            size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_option(words[i].name) && !*words[i].ret)
            return &words[i];
    return NULL;
}

/* True when the argument after it was its value. */
static bool take_option(const struct options_word *w, const char *value,
                        bool *ret_took_value, struct failure *f)
{
    size_t max = w->times == OPTIONS_MANY ? OPTIONS_MANY_MAX : 1, count = 0;
    const char **place;

    *ret_took_value = w->ret != NULL;
    if (w->ret_flag) {
        *w->ret_flag = true;
        return true;
    }
    if (!value)
        return failure_say(f, "%s: expected a value behind it", w->name);
    place = w->ret;
    while (*place && ++count < max)
        place++;
    if (*place)
        return failure_say(f, "%s: given %s", w->name,
                           max == 1 ? "twice" : "too often");
    *place = value;
    return true;
}

static bool take_word(const struct options_word *words, size_t count,
                      const char *text, struct failure *f)
{
    const struct options_word *w = next_word(words, count);

    if (!w)
        return failure_say(f, "%.80s: one word too many", text);
    *w->ret = text;
    return true;
}

static bool has_all(const struct options_word *words, size_t count,
                    struct failure *f)
{
    for (size_t i = 0; i < count; i++)
        if (words[i].times == OPTIONS_ONCE && !*words[i].ret)
            return failure_say(f, "%s is missing", words[i].name);
    return true;
}

bool options_read(int argc, char **argv, int from,
                  const struct options_word *words, size_t count,
                  struct failure *ret_failure)
{
    for (int i = from; i < argc; i++) {
        const struct options_word *w = find_option(words, count, argv[i]);
        bool took_value = false, is_good;

        if (!w && argv[i][0] == '-' && argv[i][1])
            return failure_say(ret_failure, "%.80s: no such option", argv[i]);
        is_good = w ? take_option(w, i + 1 < argc ? argv[i + 1] : NULL,
                                  &took_value, ret_failure)
                    : take_word(words, count, argv[i], ret_failure);
        if (!is_good)
            return false;
        i += took_value;
    }
    return has_all(words, count, ret_failure);
}

/* A number from 1 to `max`, and nothing behind it. */
static bool read_number(const char *text, unsigned long max, uint64_t *ret)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    *ret = number;
    return !*end && end != text && text[0] != '-' && number && number <= max;
}

bool options_count(const char *name, const char *text, uint64_t *ret,
                   struct failure *ret_failure)
{
    return read_number(text, COUNT_MAX, ret) ||
           failure_say(ret_failure, "%s: expected a number from 1 to %u", name,
                       COUNT_MAX);
}

bool options_milliseconds(const char *name, const char *text, uint64_t *ret_ns,
                          struct failure *ret_failure)
{
    uint64_t ms;

    if (!read_number(text, MS_MAX, &ms))
        return failure_say(ret_failure,
                           "%s: expected milliseconds from 1 to %u", name,
                           MS_MAX);
    *ret_ns = ms * NS_PER_MS;
    return true;
}
