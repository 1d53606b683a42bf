/* SPDX-License-Identifier: MIT */
/*
 * One walk with a stack of open names. Names are ASCII here, which ours are.
 * Every function leaves the walker behind what it took, or notes why it could
 * not and returns false.
 */
#include "reports/xml.h"

#include "reports/utf8.h"

#define ATTRIBUTES_MAX 16

struct walker {
    struct slice text;                /* all of it */
    size_t at;                        /* where we stand */
    struct slice open[XML_DEPTH_MAX]; /* names of the open elements */
    size_t depth;                     /* how many */
    size_t roots;                     /* elements outside of all others */
    struct xml *xml;                  /* what is counted */
    struct failure *failure;          /* where a refusal goes */
};

static bool refuse(const struct walker *w, const char *why)
{
    size_t line = 1;

    for (size_t i = 0; i < w->at; i++)
        line += w->text.data[i] == '\n';
    return failure_say(w->failure, "line %zu: %s", line, why);
}

static struct slice rest(const struct walker *w)
{
    return slice_skip(w->text, w->at);
}

static int peek(const struct walker *w)
{
    return w->at < w->text.len ? w->text.data[w->at] : -1;
}

static bool take(struct walker *w, const char *wanted)
{
    if (!slice_starts(rest(w), slice_of(wanted)))
        return false;
    w->at += strlen(wanted);
    return true;
}

static bool is_blank(int c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool skip_blanks(struct walker *w)
{
    size_t from = w->at;

    while (is_blank(peek(w)))
        w->at++;
    return w->at > from;
}

static bool is_name_byte(int c, bool is_first)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_')
        return true;
    return !is_first && ((c >= '0' && c <= '9') || c == '-' || c == '.');
}

static bool take_name(struct walker *w, struct slice *ret)
{
    size_t from = w->at;

    while (is_name_byte(peek(w), w->at == from))
        w->at++;
    *ret = slice_make(w->text.data + from, w->at - from);
    return w->at > from || refuse(w, "a name was expected");
}

/* What XML 1.0 calls a Char. */
static bool is_char(uint32_t point)
{
    if (point < 0x20)
        return point == '\t' || point == '\n' || point == '\r';
    return point < 0xd800 || (point > 0xdfff && point != 0xfffe &&
                              point != 0xffff && point <= 0x10ffff);
}

static bool take_char(struct walker *w)
{
    size_t len = utf8_step(rest(w));

    if (len == 0)
        return refuse(w, peek(w) < 0 ? "the text ends too early" : "no UTF-8");
    if (!is_char(utf8_point(rest(w), len)))
        return refuse(w, "a character that XML does not allow");
    w->at += len;
    return true;
}

static int digit_of(int c, uint32_t base)
{
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : 99;

    return digit < (int)base ? digit : -1;
}

/* Behind `&#`. */
static bool take_number(struct walker *w)
{
    uint32_t base = take(w, "x") ? 16 : 10, point = 0;
    size_t from = w->at;
    int digit;

    while ((digit = digit_of(peek(w), base)) >= 0 && point <= 0x10ffff) {
        point = point * base + (uint32_t)digit;
        w->at++;
    }
    if (w->at == from || !take(w, ";") || !is_char(point))
        return refuse(w, "a reference to no character");
    return true;
}

static bool take_reference(struct walker *w)
{
    static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;",
                                        "&apos;"};

    if (take(w, "&#"))
        return take_number(w);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (take(w, names[i]))
            return true;
    return refuse(w, "an entity that nobody declared");
}

static bool take_value(struct walker *w)
{
    const char *quote = peek(w) == '\'' ? "'" : "\"";

    if (!take(w, quote))
        return refuse(w, "a quoted value was expected");
    while (!take(w, quote)) {
        if (peek(w) == '<')
            return refuse(w, "a bare < in an attribute");
        if (!(peek(w) == '&' ? take_reference(w) : take_char(w)))
            return false;
    }
    return true;
}

/* Behind the name of a start tag, up to its end. */
static bool take_attributes(struct walker *w)
{
    struct slice names[ATTRIBUTES_MAX];
    size_t count = 0;

    while (skip_blanks(w) && peek(w) != '>' && peek(w) != '/') {
        if (count == ATTRIBUTES_MAX)
            return refuse(w, "more attributes than we ever write");
        if (!take_name(w, &names[count]))
            return false;
        for (size_t i = 0; i < count; i++)
            if (slice_equal(names[i], names[count]))
                return refuse(w, "an attribute stands there twice");
        count++;
        skip_blanks(w);
        if (!take(w, "="))
            return refuse(w, "an attribute has no value");
        skip_blanks(w);
        if (!take_value(w))
            return false;
    }
    return true;
}

static bool count_element(struct walker *w, struct slice name)
{
    struct xml *x = w->xml;
    size_t i = 0;

    while (i < x->elements_count && !slice_equal(x->elements[i].name, name))
        i++;
    if (i == XML_NAMES_MAX)
        return refuse(w, "more kinds of elements than we ever write");
    if (i == x->elements_count) {
        x->elements[i] = (struct xml_element){name, 0};
        x->elements_count++;
    }
    x->elements[i].count++;
    return true;
}

/* Behind the `<` of a start tag. */
static bool take_start(struct walker *w)
{
    struct slice name;

    if (w->depth == 0 && w->roots++ > 0)
        return refuse(w, "a second outermost element");
    if (!take_name(w, &name) || !count_element(w, name) || !take_attributes(w))
        return false;
    if (take(w, "/>"))
        return true;
    if (!take(w, ">"))
        return refuse(w, "a tag does not end");
    if (w->depth == XML_DEPTH_MAX)
        return refuse(w, "nested more deeply than we ever write");
    w->open[w->depth++] = name;
    return true;
}

/* Behind `</`. */
static bool take_end(struct walker *w)
{
    struct slice name;

    if (!take_name(w, &name))
        return false;
    if (w->depth == 0 || !slice_equal(name, w->open[w->depth - 1]))
        return refuse(w, "an end tag that fits no start");
    w->depth--;
    skip_blanks(w);
    return take(w, ">") || refuse(w, "a tag does not end");
}

/* Behind `<!--`. */
static bool take_comment(struct walker *w)
{
    while (!take(w, "--"))
        if (!take_char(w))
            return false;
    return take(w, ">") || refuse(w, "two hyphens in a comment");
}

/* Behind `<?xml`; nothing else of this form is ever ours. */
static bool take_declaration(struct walker *w)
{
    while (!take(w, "?>"))
        if (!take_char(w))
            return false;
    return true;
}

static bool take_text(struct walker *w)
{
    if (w->depth == 0 && !is_blank(peek(w)))
        return refuse(w, "text outside of all elements");
    if (slice_starts(rest(w), slice_of("]]>")))
        return refuse(w, "a section ends that never began");
    return peek(w) == '&' ? take_reference(w) : take_char(w);
}

static bool take_piece(struct walker *w)
{
    if (take(w, "<!--"))
        return take_comment(w);
    if (take(w, "</"))
        return take_end(w);
    if (take(w, "<"))
        return take_start(w);
    return take_text(w);
}

bool xml_check(struct slice text, struct xml *ret, struct failure *ret_failure)
{
    struct xml xml = {.elements_count = 0};
    struct walker w = {.text = text, .xml = &xml, .failure = ret_failure};

    if (take(&w, "<?xml ") && !take_declaration(&w))
        return false;
    while (w.at < text.len)
        if (!take_piece(&w))
            return false;
    if (w.depth > 0)
        return refuse(&w, "an element does not end");
    if (w.roots == 0)
        return refuse(&w, "there is no element");
    *ret = xml;
    return true;
}

size_t xml_count(const struct xml *x, const char *name)
{
    for (size_t i = 0; i < x->elements_count; i++)
        if (slice_equal(x->elements[i].name, slice_of(name)))
            return x->elements[i].count;
    return 0;
}
