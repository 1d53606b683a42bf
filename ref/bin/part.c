/* SPDX-License-Identifier: MIT */
/* See part.h. */
#include "ref/bin/part.h"
#include "ref/base/bounds.h"
#include "ref/base/jstring.h"
#include "ref/base/xalloc.h"

/* ------------------------------------------------------------- its life */

static struct slice key_of(const struct handler_call *call)
{
    return slice_make(&call->serial, sizeof call->serial);
}

struct part *part_new(struct parts *all, struct handler_call call,
                      json_t *witness, json_t *input)
{
    struct part *p = xalloc(1, sizeof *p);

    p->parts = all;
    p->call = call;
    p->witness = witness;
    p->input = input;
    table_add(&all->playing, key_of(&call), p);
    return p;
}

static void part_free(struct part *p)
{
    (void)table_remove(&p->parts->playing, key_of(&p->call));
    json_decref(p->witness);
    json_decref(p->input);
    xalloc_free(p);
}

void part_enter(struct part *p)
{
    p->depth++;
}

void part_leave(struct part *p)
{
    if (--p->depth == 0 && p->is_over && !p->is_asking)
        part_free(p);
}

struct part *parts_find(const struct parts *all, struct handler_call call)
{
    struct part *p = table_find(&all->playing, key_of(&call));

    return p && !p->is_over ? p : NULL;
}

void part_stop(struct part *p)
{
    p->is_over = true;
    p->wait = PART_WORKS;
    if (p->ticket)
        node_abort(p->origin, p->ticket);
}

void parts_clear(struct parts *all)
{
    while (table_first(&all->playing))
        part_free(table_first(&all->playing)->value);
    table_clear(&all->playing);
    tally_clear(&all->counts);
}

/* ------------------------------------------------------------- what it says */

void part_respond(struct part *p, struct slice output)
{
    p->is_over = true;
    handler_respond(p->call, output);
}

/* The text of a tree, which is taken. To be cleared. */
static void print_take(json_t *tree, struct buf *text)
{
    buf_init(text, 2 * (size_t)BOUNDS_BODY_MAX);
    (void)value_print(tree, text);
    json_decref(tree);
}

void part_answer(struct part *p, json_t *output)
{
    struct buf text;

    print_take(output, &text);
    part_respond(p, buf_slice(&text));
    buf_clear(&text);
}

void part_fail(struct part *p, const struct call_error *error)
{
    p->is_over = true;
    handler_fail(p->call, error);
}

void part_fail_with(struct part *p, enum call_error_code code, const char *why)
{
    const struct call_error e = call_error_make(code, slice_of(why));

    part_fail(p, &e);
}

void part_refuse(struct part *p, const char *why)
{
    part_fail_with(p, CALL_ERROR_INVALID_INPUT, why);
}

void part_break_down(struct part *p)
{
    p->is_over = true;
    handler_break_down(p->call);
}

void part_item(struct part *p, json_t *output)
{
    struct buf text;

    p->wait = PART_ROOM;
    print_take(output, &text);
    handler_item(p->call, buf_slice(&text));
    buf_clear(&text);
}

void part_complete(struct part *p)
{
    p->is_over = true;
    handler_complete(p->call);
}

/* ------------------------------------------------------------- tags */

void part_hold(struct part *p, struct slice tag, part_step *then)
{
    p->wait = PART_TAG;
    p->tag = tag;
    p->then = then;
}

static struct part *find_held(const struct parts *all, struct slice tag)
{
    for (struct table_entry *e = table_first(&all->playing); e;
         e = table_next(e)) {
        struct part *p = e->value;

        if (p->wait == PART_TAG && slice_equal(p->tag, tag))
            return p;
    }
    return NULL;
}

size_t parts_release(struct parts *all, struct slice tag)
{
    size_t released = 0;
    struct part *p;

    while ((p = find_held(all, tag))) {
        part_enter(p);
        p->wait = PART_WORKS;
        p->then(p);
        part_leave(p);
        released++;
    }
    return released;
}

bool parts_are_waiting(const struct parts *all)
{
    for (struct table_entry *e = table_first(&all->playing); e;
         e = table_next(e)) {
        const struct part *p = e->value;

        if (!p->is_over && p->wait == PART_WORKS)
            return false;
    }
    return true;
}

/* ------------------------------------------------------------- asking */

static void answer_outcome(struct part *p, const struct pending_outcome *o)
{
    struct buf text;

    buf_init(&text, 2 * (size_t)BOUNDS_BODY_MAX);
    if (o->is_ok) {
        buf_put(&text, "{\"output\":");
        buf_put_slice(&text, o->output);
    } else {
        buf_put(&text, "{\"error\":{\"code\":");
        (void)jstring_quote(&text, o->error.code);
        buf_put(&text, o->error.retryable ? ",\"retryable\":true}"
                                          : ",\"retryable\":false}");
    }
    buf_put(&text, "}");
    part_respond(p, buf_slice(&text));
    buf_clear(&text);
}

static void told(void *self, const struct pending_outcome *outcome)
{
    struct part *p = self;

    part_enter(p);
    p->is_asking = false;
    p->ticket = 0;
    if (!p->is_over)
        answer_outcome(p, outcome);
    part_leave(p);
}

void part_call(struct part *p, const struct client_request *request)
{
    uint64_t ticket;

    p->is_asking = true;
    ticket = node_call(p->origin, request,
                       (struct pending_waiter){.tell = told, .self = p});
    if (p->is_asking) /* it was not told at once */
        p->ticket = ticket;
}

void part_compose(struct part *p, const struct composing_request *request)
{
    p->is_asking = true;
    p->wait = PART_CHILD;
    node_invoke(p->call, request,
                (struct pending_waiter){.tell = told, .self = p});
}
