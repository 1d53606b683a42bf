/* SPDX-License-Identifier: MIT */
/*
 * Somebody asks for something: an operation with what it asks of its callers,
 * a caller with what it holds, a book of who owns what with a history, and an
 * input that names a resource or does not, all out of the input. dispatch
 * decides, and rights() at the top of this file says what is right. The
 * decision has to stay when access or identity were written down and read
 * again, and when somebody claims to speak for another.
 */
#include "fuzz/broken.h"
#include "fuzz/feed.h"
#include "fuzz/target.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"
#include "ref/rules/dispatch.h"
#include "ref/state/ownership.h"

#define EVENTS_MAX 12

/* Something was recorded, or (owner without data) revoked. */
struct event {
    struct slice owner, type, id;
};

/* Where in an input the id may stand, and whether it is found there. */
struct place {
    const char *path; /* NULL: the operation does not say */
    const char *before, *behind;
    bool is_found;
};

struct world {
    struct registration operation; /* what is asked for */
    struct identity who;           /* by whom, if is_known */
    bool is_known;
    struct ownership book; /* who owns what, if is_kept */
    bool is_kept;
    struct event events[EVENTS_MAX]; /* what happened to it, borrowed … */
    size_t event_count;
    struct strings words; /* … from here */
    const struct place *place;
    struct slice id;  /* that stands in the input there */
    struct buf input; /* a JSON text */
};

/* ------------------------------------------------- what is right */

struct right {
    bool is_let;
    const char *rule; /* by which */
};

static bool holds(const struct strings *list, struct slice word)
{
    for (size_t i = 0; list && i < list->count; i++)
        if (slice_equal(list->items[i], word))
            return true;
    return false;
}

static bool is_last_about(const struct world *w, size_t at)
{
    for (size_t i = at + 1; i < w->event_count; i++)
        if (slice_equal(w->events[i].type, w->events[at].type) &&
            slice_equal(w->events[i].id, w->events[at].id))
            return false;
    return true;
}

/* That resource of that type, or (without data) any. */
static bool owns(const struct world *w, struct slice type, struct slice id)
{
    for (size_t i = 0; i < w->event_count; i++)
        if (w->events[i].owner.data &&
            slice_equal(w->events[i].owner, w->who.id) &&
            slice_equal(w->events[i].type, type) &&
            (!id.data || slice_equal(w->events[i].id, id)) &&
            is_last_about(w, i))
            return true;
    return false;
}

static struct right owner_right(const struct world *w, struct slice type)
{
    if (!w->place->path)
        return (struct right){owns(w, type, slice_make(NULL, 0)), "OW-1"};
    if (!w->place->is_found)
        return (struct right){false, "RP-5"};
    return (struct right){owns(w, type, w->id), "RP-1"};
}

/* Without a book: what the identity holds of the type, or of any. */
static struct right holder_right(const struct access *a,
                                 const struct identity *who)
{
    bool is_let = !a->resource_type.data && !a->resource_action.data;

    for (size_t i = 0; i < who->resource_count; i++) {
        const struct identity_resource *r = &who->resources[i];

        if (a->resource_type.data && !slice_equal(r->type, a->resource_type))
            continue;
        if (a->resource_action.data ? holds(&r->values, a->resource_action)
                                    : r->values.count > 0)
            is_let = true;
    }
    return (struct right){is_let, "OW-5"};
}

static struct right rights(const struct world *w)
{
    const struct access *a = &w->operation.spec.access;
    bool has_one = false;

    if (!a->required_scopes.count && !a->has_any && !a->resource_type.data &&
        !a->resource_action.data)
        return (struct right){true, "AC-2"};
    if (!w->is_known)
        return (struct right){false, "AC-5"};
    for (size_t i = 0; i < a->required_scopes.count; i++)
        if (!holds(&w->who.scopes, a->required_scopes.items[i]))
            return (struct right){false, "AC-5"};
    for (size_t i = 0; i < a->required_scopes_any.count; i++)
        has_one |= holds(&w->who.scopes, a->required_scopes_any.items[i]);
    if (a->has_any && !has_one)
        return (struct right){false, "AC-3"};
    if (a->resource_type.data && w->is_kept &&
        w->operation.provenance != REGISTRY_FROM_CALL)
        return owner_right(w, a->resource_type);
    return holder_right(a, &w->who);
}

/* ------------------------------------------------- a world is made */

/* Words that are easily taken for one another, or any other. */
static struct slice take_word(struct world *w, struct feed *f)
{
    static const struct {
        const char *text;
        size_t len;
    } known[] = {{"", 0},   {"a", 1},    {"b", 1},    {"A", 1},
                 {"ab", 2}, {"a\0b", 3}, {"a\0c", 3}, {"*", 1},
                 {"a ", 2}, {"a/b", 3},  {"read", 4}, {"alice", 5}};
    uint32_t choice = feed_below(f, 16);
    struct slice word;
    uint8_t other[24];

    if (choice < sizeof known / sizeof *known) {
        word = slice_make(known[choice].text, known[choice].len);
    } else {
        word = feed_bytes(f, feed_below(f, sizeof other));
        for (size_t i = 0; i < word.len; i++)
            other[i] = word.data[i] & 0x7f;
        word.data = other;
    }
    strings_add(&w->words, word);
    return w->words.items[w->words.count - 1];
}

static struct slice own(struct slice word)
{
    return slice_make(xalloc_copy(word), word.len);
}

static void take_words(struct world *w, struct feed *f, struct strings *ret)
{
    for (uint32_t n = feed_below(f, 4); n > 0; n--)
        strings_add(ret, take_word(w, f));
}

static void take_access(struct world *w, struct feed *f)
{
    struct access *a = &w->operation.spec.access;
    uint32_t has = feed_byte(f);

    if (has & 1)
        take_words(w, f, &a->required_scopes);
    a->has_any = has & 2;
    if (a->has_any)
        take_words(w, f, &a->required_scopes_any);
    if (has & 4)
        a->resource_type = own(take_word(w, f));
    if (has & 8)
        a->resource_action = own(take_word(w, f));
    w->operation.provenance =
        (has & 0x70) == 0x70 ? REGISTRY_FROM_CALL : REGISTRY_LOCAL;
}

static void take_resource(struct world *w, struct feed *f)
{
    struct identity *who = &w->who;
    struct slice type = take_word(w, f);
    struct identity_resource *r;

    if (identity_resource(who, type))
        return;
    who->resources = xalloc_grow(who->resources, who->resource_count + 1,
                                 sizeof *who->resources);
    r = &who->resources[who->resource_count++];
    *r = (struct identity_resource){.type = own(type)};
    take_words(w, f, &r->values);
}

static void take_identity(struct world *w, struct feed *f)
{
    w->is_known = !feed_once_in(f, 8);
    w->who.id = own(take_word(w, f));
    take_words(w, f, &w->who.scopes);
    for (uint32_t n = feed_below(f, 4); n > 0; n--)
        take_resource(w, f);
}

static void take_event(struct world *w, struct feed *f)
{
    struct event *e = &w->events[w->event_count++];
    struct failure why = {""};
    bool is_done;

    e->type = take_word(w, f);
    e->id = take_word(w, f);
    if (feed_once_in(f, 4)) {
        is_done = ownership_revoke(&w->book, e->type, e->id, &why);
    } else {
        e->owner = take_word(w, f);
        is_done = ownership_record(&w->book, e->owner, e->type, e->id, &why);
    }
    broken_unless(is_done, "OW-2", "it is not written down: %s", why.sentence);
}

/* A text in which every letter is escaped. */
static void put_id(struct buf *out, struct slice id)
{
    buf_put(out, "\"");
    for (size_t i = 0; i < id.len; i++) {
        buf_put(out, "\\u00");
        buf_put_hex(out, slice_make(id.data + i, 1));
    }
    buf_put(out, "\"");
}

static void take_input(struct world *w, struct feed *f)
{
    static const struct place places[] = {
        {NULL, "{\"r\":", "}", false},
        {"$.r", "{\"r\":", "}", true},
        {"$.r", "{\"r\":\"no\",\"r\":", "}", true},
        {"$.a.b", "{\"a\":{\"b\":", "}}", true},
        {"$/a/b", "{\"a\":{\"b\":", "}}", true},
        {"$.a/b", "{\"a\":{\"b\":", "}}", true},
        {"$/a.b", "{\"a.b\":", "}", true},
        {"$/a~1b", "{\"a/b\":", "}", true},
        {"$/~0", "{\"~\":", "}", true},
        {"$.l.1", "{\"l\":[0,", "]}", true},
        {"$.l.01", "{\"l\":[0,", "]}", false},
        {"$.r", "{\"R\":", "}", false},
        {"$.r", "{\"r\":[", "]}", false},
        {"$.r.", "{\"r\":", "}", false},
        {"$.r", "[", "]", false},
        {"$", "{\"\":", "}", false},
    };

    w->place = &places[feed_below(f, sizeof places / sizeof *places)];
    w->id = take_word(w, f);
    if (w->place->path)
        w->operation.spec.resource_id_path = own(slice_of(w->place->path));
    buf_put(&w->input, w->place->before);
    put_id(&w->input, w->id);
    buf_put(&w->input, w->place->behind);
}

static void draw(void *self, uint8_t *bytes, size_t len)
{
    (void)self;
    memset(bytes, 0x5a, len);
}

static void make(struct world *w, struct feed *f)
{
    static const struct entropy_source entropy = {draw, NULL};

    *w = (struct world){.operation = {.spec = spec_plain(slice_of("o/p"))}};
    buf_init(&w->input, BOUNDS_BODY_MAX);
    ownership_init(&w->book, &entropy);
    take_access(w, f);
    take_identity(w, f);
    take_input(w, f);
    w->is_kept = !feed_once_in(f, 3);
    while (!feed_is_over(f) && w->event_count < EVENTS_MAX)
        take_event(w, f);
}

static void unmake(struct world *w)
{
    registry_drop(&w->operation);
    identity_clear(&w->who);
    ownership_clear(&w->book);
    strings_clear(&w->words);
    buf_clear(&w->input);
}

/* ------------------------------------------------- and judged */

static void ask(const struct world *w, const struct registration *operation,
                const struct identity *who, struct right right,
                const char *manner)
{
    struct access_owners owners = ownership_owners((void *)(uintptr_t)&w->book);
    struct context context = {.operation = operation->spec.name,
                              .identity = w->is_known ? who : NULL,
                              .forwarded_for = &w->who,
                              .owners = w->is_kept ? &owners : NULL,
                              .filter = {.is_open = true}};
    struct call_error error = {.code = {NULL, 0}};
    struct buf scratch;
    bool is_let;

    buf_init(&scratch, BOUNDS_BODY_MAX);
    is_let = dispatch_check(operation, &context, buf_slice(&w->input), &scratch,
                            &error);
    broken_unless(is_let == right.is_let, right.rule, "%s, %s passes", manner,
                  is_let ? "who may not" : "nobody who may");
    broken_unless(is_let || (slice_equal(error.code, slice_of("FORBIDDEN")) &&
                             !error.retryable && !error.details.len),
                  "AC-5", "%s, the answer is %.*s", manner, (int)error.code.len,
                  (const char *)error.code.data);
    buf_clear(&scratch);
}

static void ask_by_written_access(struct world *w, struct right right)
{
    struct registration again = w->operation;
    json_t *tree = access_tree(&w->operation.spec.access);
    struct failure why = {""};

    broken_unless(json_object_size(tree) == 4 &&
                      access_read(tree, &again.spec.access, &why),
                  "AC-4", "what was written is not read: %s", why.sentence);
    ask(w, &again, &w->who, right, "its access written and read");
    access_clear(&again.spec.access);
    json_decref(tree);
}

/* A name with a NUL in it is no name of a member to whoever reads it. */
static bool is_readable(const struct identity *who)
{
    for (size_t i = 0; i < who->resource_count; i++)
        if (memchr(who->resources[i].type.data, '\0',
                   who->resources[i].type.len))
            return false;
    return true;
}

static void ask_as_written_identity(struct world *w, struct right right)
{
    struct identity again;
    struct buf text;

    buf_init(&text, BOUNDS_BODY_MAX);
    broken_unless(identity_print(&w->who, &text), "PI-1", "it is not printed");
    if (identity_parse(buf_slice(&text), &again)) {
        broken_unless(is_readable(&w->who), "PI-1", "a NUL is in its name");
        ask(w, &w->operation, &again, right, "the identity written and read");
        identity_clear(&again);
    } else {
        broken_unless(!is_readable(&w->who), "PI-1",
                      "what was printed is not read again");
    }
    buf_clear(&text);
}

static void run(struct slice input)
{
    struct feed feed = {input};
    struct identity *copy;
    struct right right;
    struct world w;

    make(&w, &feed);
    right = rights(&w);
    ask(&w, &w.operation, &w.who, right, "as it is");
    copy = identity_copy(&w.who);
    ask(&w, &w.operation, copy, right, "the identity copied");
    identity_free(copy);
    ask_by_written_access(&w, right);
    ask_as_written_identity(&w, right);
    unmake(&w);
}

static void setup(void)
{
    value_setup(1);
}

const struct target target_access = {
    .name = "access",
    .promise = "Who may passes and who may not does not, by scopes, resources "
               "and ownership alone.",
    .rules = "AC-2 AC-3 AC-4 AC-5 OW-1 OW-2 OW-5 RP-1 RP-5 PI-1",
    .setup = setup,
    .run = run,
};
