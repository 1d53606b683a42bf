/* SPDX-License-Identifier: MIT */
/* See values.h. One walk over the text; what is still open at its end, ends
 * there. */
#include "fuzz/mutator/values.h"

struct walk {
    struct slice text;
    size_t at;
    struct slice name; /* of the value that comes next */
    struct value *found;
    size_t count;
    size_t around; /* the value that we are in; `count` when in none */
    bool is_inside;
};

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/* Behind the closing quote of the string that begins here. */
static size_t string_end(struct slice text, size_t at)
{
    for (at++; at < text.len && text.data[at] != '"'; at++)
        at += text.data[at] == '\\';
    return at < text.len ? at + 1 : text.len;
}

static size_t word_end(struct slice text, size_t at)
{
    while (at < text.len && !is_blank(text.data[at]) &&
           !memchr(",:[]{}\"", text.data[at], 7))
        at++;
    return at;
}

static void add(struct walk *w, size_t len)
{
    w->found[w->count] =
        (struct value){.name = w->name,
                       .text = slice_make(w->text.data + w->at, len),
                       .in = w->is_inside ? w->around : w->count};
    w->name = slice_make(NULL, 0);
    w->count++;
}

static void step_in(struct walk *w)
{
    add(w, w->text.len - w->at);
    w->around = w->count - 1;
    w->is_inside = true;
    w->at++;
}

static void step_out(struct walk *w)
{
    struct value *v;

    w->at++;
    if (!w->is_inside)
        return;
    v = &w->found[w->around];
    v->text.len = (size_t)(w->text.data + w->at - v->text.data);
    w->is_inside = v->in != w->around;
    w->around = v->in;
}

/* A name, when a colon is behind it; else a value. */
static void take_string(struct walk *w)
{
    const size_t end = string_end(w->text, w->at);
    size_t behind = end;

    while (behind < w->text.len && is_blank(w->text.data[behind]))
        behind++;
    if (behind < w->text.len && w->text.data[behind] == ':')
        w->name = slice_make(w->text.data + w->at, end - w->at);
    else
        add(w, end - w->at);
    w->at = end;
}

size_t values_find(struct slice text, struct value found[static VALUES_MAX])
{
    struct walk w = {.text = text, .found = found};

    while (w.at < text.len && w.count < VALUES_MAX) {
        const uint8_t byte = text.data[w.at];

        if (is_blank(byte) || byte == ',' || byte == ':') {
            w.at++;
        } else if (byte == '{' || byte == '[') {
            step_in(&w);
        } else if (byte == '}' || byte == ']') {
            step_out(&w);
        } else if (byte == '"') {
            take_string(&w);
        } else {
            size_t end = word_end(text, w.at);

            add(&w, end - w.at);
            w.at = end;
        }
    }
    return w.count;
}

size_t values_member(const struct value *found, size_t count, const char *name)
{
    const size_t len = strlen(name);

    for (size_t i = 1; i < count; i++)
        if (found[i].in == 0 && found[i].name.len == len + 2 &&
            memcmp(found[i].name.data + 1, name, len) == 0)
            return i;
    return count;
}

struct slice values_whole(const struct value *v)
{
    if (v->name.len == 0)
        return v->text;
    return slice_make(v->name.data,
                      (size_t)(v->text.data - v->name.data) + v->text.len);
}
