/* SPDX-License-Identifier: MIT */
/*
 * See exec.h. The peer learns only what the program says in due form; how a
 * program failed is for the operator, on our standard error.
 */
#include "ref/bin/exec.h"
#include "ref/base/bounds.h"
#include "ref/base/scan.h"
#include "ref/base/xalloc.h"
#include "ref/bin/spoken.h"
#include "ref/host/entropy.h"
#include "ref/host/process.h"

#include <stdio.h>

/* One that an operation names. */
struct program {
    struct exec *exec;    /* borrowed */
    char **argv;          /* owned, NULL-terminated */
    uint64_t limit_ns;    /* how long it may take, or NEVER */
    bool is_streaming;    /* each line of its output is an item */
    struct program *next; /* named earlier */
};

/* More a streaming one never has said without being heard: a line that has no
 * end yet and the piece that ends it, and at its own end what was left in its
 * pipe, and a newline. */
#define SPOKEN_MAX (2u * BOUNDS_PROGRAM_OUTPUT_MAX + PROCESS_PIECE_MAX + 1u)

/* One that runs, or streams what it has said. */
struct running {
    const struct program *program; /* borrowed */
    struct process *process;       /* owned; NULL: it has ended … */
    struct process_end end;        /* … like this, its output is in spoken */
    struct spoken spoken;          /* streaming: not yet taken */
    bool is_pulled;                /* streaming: an item is asked for */
    struct handler_call call;      /* to be answered */
    struct running *next;          /* started earlier */
};

struct exec {
    struct loop *loop;            /* borrowed */
    struct program *programs;     /* owned */
    struct running *running;      /* owned */
    void (*answered)(void *self); /* who is told, or NULL */
    void *self;                   /* the listener's own */
};

/* ------------------------------------------------------------- answers */

static void fail(struct handler_call call, enum call_error_code code,
                 const char *message)
{
    const struct call_error e = call_error_make(code, slice_of(message));

    handler_fail(call, &e);
}

static void report(const struct program *p, const char *what)
{
    fprintf(stderr, "alkref: %s: %s\n", p->argv[0], what);
}

/* It ended by itself and says that all is well. */
static const char *answer_output(struct handler_call call, struct slice output)
{
    const char *why;

    output = spoken_trimmed(output);
    if (!scan_text(output, &why))
        return "its output is not JSON";
    handler_respond(call, output);
    return NULL;
}

/* It ended by itself and says that it failed. */
static const char *answer_error(struct handler_call call, struct slice output)
{
    struct call_error error;
    struct buf scratch;
    bool is_error;

    buf_init(&scratch, output.len);
    is_error = buf_reserve(&scratch, output.len) &&
               call_error_parse(output, &scratch, &error);
    if (is_error)
        handler_fail(call, &error);
    buf_clear(&scratch);
    return is_error ? NULL
                    : "it failed, and its output is not the JSON of an error";
}

/* NULL, or what the operator should know: then nobody has answered yet. */
static const char *answer(struct handler_call call,
                          const struct process_end *end)
{
    switch (end->how) {
    case PROCESS_EXITED:
        return end->status == 0 ? answer_output(call, end->output)
                                : answer_error(call, end->output);
    case PROCESS_SIGNALED:
        return "it was ended by a signal";
    case PROCESS_TOO_LONG:
        return "its output is too long, so it was killed";
    case PROCESS_TOO_LATE:
        fail(call, CALL_ERROR_TIMEOUT, "the operation took too long");
        break;
    }
    return NULL;
}

static void unlink_one(struct running *r)
{
    struct running **at = &r->program->exec->running;

    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
}

static void tell(const struct exec *e)
{
    if (e->answered)
        e->answered(e->self);
}

/* The operator hears of the trouble, and the peer that there was some. */
static void settle(const struct program *p, struct handler_call call,
                   const char *trouble)
{
    if (!trouble)
        return;
    report(p, trouble);
    fail(call, CALL_ERROR_INTERNAL, "the operation failed");
}

/* Kills it if it still runs, and forgets it. */
static void drop(struct running *r)
{
    unlink_one(r);
    if (r->process)
        process_stop(r->process);
    spoken_wipe(&r->spoken);
    xalloc_free(r);
}

/* It answers once, and now it has ended. */
static void told(void *self, const struct process_end *end)
{
    struct running *r = self;
    struct exec *e = r->program->exec;

    r->process = NULL;
    settle(r->program, r->call, answer(r->call, end));
    drop(r);
    tell(e);
}

/* ------------------------------------------------------------- items */

static void break_off(struct running *r, const char *trouble)
{
    settle(r->program, r->call, trouble);
    drop(r);
}

static void give(struct running *r, struct slice line)
{
    const char *why;

    if (line.len > BOUNDS_PROGRAM_OUTPUT_MAX) {
        break_off(r, "a line of its output is too long, so it was killed");
    } else if (!scan_text(line, &why)) {
        break_off(r, "a line of its output is not JSON, so it was killed");
    } else {
        r->is_pulled = false;
        handler_item(r->call, line);
    }
}

static bool is_well(const struct process_end *end)
{
    return end->how == PROCESS_EXITED && end->status == 0;
}

/* It has ended and all its lines are given; what stands behind the last of
 * them belongs to its end. */
static void conclude(struct running *r)
{
    r->end.output = spoken_rest(&r->spoken);
    if (is_well(&r->end))
        handler_complete(r->call);
    else
        settle(r->program, r->call, answer(r->call, &r->end));
    drop(r);
}

/* [SU-9] Gives what is asked for as soon as it is there, and reads no further.
 * Afterwards `r` may be gone. */
static void step(struct running *r)
{
    struct slice line;

    if (spoken_line(&r->spoken, &line))
        give(r, line);
    else if (!r->process)
        conclude(r);
    else if (spoken_rest(&r->spoken).len > BOUNDS_PROGRAM_OUTPUT_MAX)
        break_off(r, "a line of its output is too long, so it was killed");
    else
        process_ask(r->process);
}

static void heard(void *self, struct slice piece)
{
    struct running *r = self;
    struct exec *e = r->program->exec;

    spoken_add(&r->spoken, piece);
    step(r);
    tell(e);
}

/* What it said last may lack its newline; when all is well it is a line. */
static void heard_out(void *self, const struct process_end *end)
{
    struct running *r = self;
    struct exec *e = r->program->exec;

    r->process = NULL;
    r->end = *end;
    spoken_add(&r->spoken, end->output);
    if (is_well(end))
        spoken_add(&r->spoken, slice_of("\n"));
    if (r->is_pulled)
        step(r);
    tell(e);
}

/* ------------------------------------------------------------- the handler */

/* Escaped, a byte becomes six at most; around each text stand four more. */
static size_t printed_len_max(const struct capabilities *c)
{
    size_t len = 4;

    for (size_t i = 0; i < capabilities_count(c); i++) {
        struct slice name = capabilities_name(c, i);

        len += 6 * (name.len + capabilities_get(c, name).len) + 8;
    }
    return len;
}

/* {"name":"secret"} on one line; {} for none. To be wiped: it never moves, so
 * there is one copy. */
static void print_secrets(const struct capabilities *c, struct buf *ret)
{
    json_t *tree = json_object();

    for (size_t i = 0; i < capabilities_count(c); i++) {
        struct slice name = capabilities_name(c, i);

        json_object_setn_new(tree, (const char *)name.data, name.len,
                             value_new_string(capabilities_get(c, name)));
    }
    buf_init(ret, printed_len_max(c));
    (void)buf_reserve(ret, ret->len_max);
    (void)value_print(tree, ret);
    buf_put(ret, "\n");
    json_decref(tree);
}

static struct process *launch(const struct program *p, struct running *r,
                              struct slice input,
                              const struct capabilities *secrets)
{
    struct process_config config = {
        .loop = p->exec->loop,
        .argv = p->argv,
        .input = input,
        .output_max = BOUNDS_PROGRAM_OUTPUT_MAX,
        .deadline_ns =
            p->limit_ns == NEVER ? NEVER : entropy_now_ns() + p->limit_ns,
        .said = p->is_streaming ? heard : NULL,
        .told = p->is_streaming ? heard_out : told,
        .self = r,
    };
    struct process *process;
    struct failure f;
    struct buf text;

    print_secrets(secrets, &text);
    config.secrets = buf_slice(&text);
    process = process_start(&config, &f);
    buf_wipe(&text);
    if (!process)
        fprintf(stderr, "alkref: %s\n", f.sentence);
    return process;
}

static void start(void *self, const struct context *context, struct slice input,
                  struct handler_call call)
{
    struct program *p = self;
    struct exec *e = p->exec;
    struct running *r;

    if (exec_running(e) >= BOUNDS_PROGRAMS_MAX) {
        fail(call, CALL_ERROR_INTERNAL, "too much is going on");
        return;
    }
    r = xalloc(1, sizeof *r);
    *r = (struct running){.program = p, .call = call, .next = e->running};
    spoken_init(&r->spoken, SPOKEN_MAX);
    r->process = launch(p, r, input, context->capabilities);
    e->running = r;
    if (r->process)
        return;
    drop(r);
    fail(call, CALL_ERROR_INTERNAL, "the operation failed");
}

static struct running *find(const struct exec *e, uint64_t serial)
{
    struct running *r = e->running;

    while (r && r->call.serial != serial)
        r = r->next;
    return r;
}

/* One step more is wanted; who could not be started has failed already. */
static void pull(void *self, struct handler_call call)
{
    const struct program *p = self;
    struct running *r = find(p->exec, call.serial);

    if (!r)
        return;
    r->is_pulled = true;
    step(r);
}

/* Nobody waits for its answer any more. */
static void stop(void *self, struct handler_call call)
{
    const struct program *p = self;
    struct running *r = find(p->exec, call.serial);

    if (r)
        drop(r);
}

struct handler exec_handler(struct exec *e, const struct exec_program *program)
{
    const struct strings *argv = program->argv;
    struct program *p = xalloc(1, sizeof *p);

    p->exec = e;
    p->limit_ns = program->limit_ns;
    p->is_streaming = program->is_streaming;
    p->argv = xalloc(argv->count + 1, sizeof *p->argv);
    for (size_t i = 0; i < argv->count; i++)
        p->argv[i] = xalloc_copy(argv->items[i]);
    p->next = e->programs;
    e->programs = p;
    return (struct handler){.start = start,
                            .pull = p->is_streaming ? pull : NULL,
                            .stop = stop,
                            .self = p};
}

/* ------------------------------------------------------------- all of them */

struct exec *exec_new(struct loop *loop)
{
    struct exec *e = xalloc(1, sizeof *e);

    e->loop = loop;
    return e;
}

static void free_program(struct program *p)
{
    for (char **word = p->argv; *word; word++)
        xalloc_free(*word);
    xalloc_free(p->argv);
    xalloc_free(p);
}

void exec_free(struct exec *e)
{
    if (!e)
        return;
    while (e->running)
        drop(e->running);
    while (e->programs) {
        struct program *p = e->programs;

        e->programs = p->next;
        free_program(p);
    }
    xalloc_free(e);
}

void exec_tell(struct exec *e, void (*answered)(void *self), void *self)
{
    e->answered = answered;
    e->self = self;
}

size_t exec_running(const struct exec *e)
{
    size_t count = 0;

    for (const struct running *r = e->running; r; r = r->next)
        count++;
    return count;
}
