/* SPDX-License-Identifier: MIT */
/*
 * See exec.h. The peer learns only what the program says in due form; how a
 * program failed is for the operator, on our standard error.
 */
#include "ref/bin/exec.h"
#include "ref/base/bounds.h"
#include "ref/base/scan.h"
#include "ref/base/xalloc.h"
#include "ref/host/entropy.h"
#include "ref/host/process.h"

#include <stdio.h>

/* One that an operation names. */
struct program {
    struct exec *exec;    /* borrowed */
    char **argv;          /* owned, NULL-terminated */
    uint64_t limit_ns;    /* how long it may take */
    struct program *next; /* named earlier */
};

/* One that runs. */
struct running {
    const struct program *program; /* borrowed */
    struct process *process;       /* owned */
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

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/* Without the blanks that programs put around, a newline above all. */
static struct slice trimmed(struct slice text)
{
    while (text.len && is_blank(text.data[0]))
        text = slice_skip(text, 1);
    while (text.len && is_blank(text.data[text.len - 1]))
        text = slice_head(text, text.len - 1);
    return text;
}

/* It ended by itself and says that all is well. */
static const char *answer_output(struct handler_call call, struct slice output)
{
    const char *why;

    output = trimmed(output);
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

static struct running *take(struct exec *e, uint64_t serial)
{
    struct running **at = &e->running, *r;

    while (*at && (*at)->call.serial != serial)
        at = &(*at)->next;
    r = *at;
    if (r)
        *at = r->next;
    return r;
}

static void told(void *self, const struct process_end *end)
{
    struct running *r = self;
    const struct program *p = r->program;
    struct exec *e = p->exec;
    struct handler_call call = r->call;
    const char *trouble;

    (void)take(e, call.serial);
    xalloc_free(r);
    trouble = answer(call, end);
    if (trouble) {
        report(p, trouble);
        fail(call, CALL_ERROR_INTERNAL, "the operation failed");
    }
    if (e->answered)
        e->answered(e->self);
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
    uint64_t now_ns = entropy_now_ns();
    struct process_config config = {
        .loop = p->exec->loop,
        .argv = p->argv,
        .input = input,
        .output_max = BOUNDS_PROGRAM_OUTPUT_MAX,
        .deadline_ns = now_ns + p->limit_ns,
        .told = told,
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
    *r = (struct running){p, NULL, call, e->running};
    r->process = launch(p, r, input, context->capabilities);
    if (r->process) {
        e->running = r;
        return;
    }
    xalloc_free(r);
    fail(call, CALL_ERROR_INTERNAL, "the operation failed");
}

/* Nobody waits for its answer any more. */
static void stop(void *self, struct handler_call call)
{
    const struct program *p = self;
    struct running *r = take(p->exec, call.serial);

    if (r)
        process_stop(r->process);
    xalloc_free(r);
}

struct handler exec_handler(struct exec *e, const struct strings *argv,
                            uint64_t limit_ns)
{
    struct program *p = xalloc(1, sizeof *p);

    p->exec = e;
    p->limit_ns = limit_ns;
    p->argv = xalloc(argv->count + 1, sizeof *p->argv);
    for (size_t i = 0; i < argv->count; i++)
        p->argv[i] = xalloc_copy(argv->items[i]);
    p->next = e->programs;
    e->programs = p;
    return (struct handler){start, NULL, stop, p};
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
        stop(e->programs, e->running->call);
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
