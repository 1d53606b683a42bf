/* SPDX-License-Identifier: MIT */
/* See ask.h. */
#include "ref/bin/ask.h"
#include "ref/base/bounds.h"
#include "ref/bin/commands.h"
#include "ref/bin/lines.h"
#include "ref/bin/station.h"
#include "ref/host/entropy.h"
#include "ref/host/outlet.h"
#include "ref/host/signals.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#define FAREWELL_NS 1000000000ull /* how long an abort may take to be heard */

struct talk {
    const struct ask *ask;     /* borrowed */
    uint64_t timeout_ns;       /* 0: the default */
    uint64_t items_max;        /* 0: as many as there are */
    struct loop *loop;         /* owned */
    struct station *station;   /* owned */
    struct adapter_link *link; /* borrowed while it lives, or NULL */
    uint64_t ticket;           /* of the request while it runs, or 0 */
    struct outlet *outlet;     /* owned: where items go; a call has none */
    struct buf line;           /* owned: the item that goes there */
    uint64_t items;            /* that went there */
    bool is_over;              /* the status is decided */
    int status;                /* what the program ends with */
};

/* Is the status decided, and all printed? */
static bool is_done(const struct talk *t)
{
    return t->is_over && (!t->outlet || outlet_is_empty(t->outlet));
}

static void finish(struct talk *t, int status)
{
    t->is_over = true;
    t->status = status;
    if (is_done(t))
        loop_stop(t->loop);
}

/* ------------------------------------------------------------- an answer */

bool ask_print_text(struct slice output)
{
    (void)fwrite(output.data, 1, output.len, stdout);
    (void)fputc('\n', stdout);
    return true;
}

static int print_output(const struct talk *t, struct slice output)
{
    const struct call_error e = call_error_make(
        CALL_ERROR_INTERNAL, slice_of("the answer is not what it should be"));

    if (t->ask->print(output))
        return OPTIONS_EXIT_OK;
    lines_write_take(stderr, lines_error(&e));
    return OPTIONS_EXIT_ERROR;
}

static void print_error(const struct call_error *e)
{
    struct buf text;

    buf_init(&text, 2 * (size_t)BOUNDS_BODY_MAX);
    if (call_error_print(e, &text)) {
        buf_put_byte(&text, '\n');
        (void)fwrite(text.data, 1, text.len, stderr);
    }
    buf_clear(&text);
}

/* The request has ended. When the connection ended with it, on_closed() knows
 * more and speaks instead; and when it ended because we are leaving, nobody
 * needs to be told. */
static void on_outcome(void *self, const struct pending_outcome *outcome)
{
    struct talk *t = self;
    int status = OPTIONS_EXIT_OK;

    t->ticket = 0;
    if (t->is_over || (t->link && t->link->connection->is_closed))
        return;
    if (!outcome->is_ok) {
        print_error(&outcome->error);
        status = OPTIONS_EXIT_ERROR;
    } else if (!t->ask->is_subscription) {
        status = print_output(t, outcome->output);
    }
    finish(t, status);
}

/* ------------------------------------------------------------- items */

/* In a JSON text what breaks a line can only stand between two tokens. */
static void make_line(struct buf *line, struct slice item)
{
    buf_reset(line);
    buf_put_slice(line, item);
    for (size_t i = 0; i < line->len; i++)
        if (line->data[i] == '\n' || line->data[i] == '\r')
            line->data[i] = ' ';
    buf_put_byte(line, '\n');
}

/* [SU-9] The next one comes when this one is printed, however long that takes:
 * the peer waits, the connection lives. */
static bool on_item(void *self, struct slice item)
{
    struct talk *t = self;
    bool is_printed;

    make_line(&t->line, item);
    is_printed = outlet_write(t->outlet, buf_slice(&t->line));
    if (++t->items == t->items_max && !t->is_over)
        finish(t, OPTIONS_EXIT_OK);
    return is_printed && !t->is_over;
}

static void on_drained(void *self)
{
    struct talk *t = self;

    if (t->is_over) {
        loop_stop(t->loop);
        return;
    }
    client_resume(t->link->connection, t->ticket);
    station_turn(t->station);
}

/* A reader that has enough, as `head` has, is no trouble worth a word. */
static void on_broken(void *self, int code)
{
    struct talk *t = self;
    struct failure f;

    finish(t, OPTIONS_EXIT_PIPE);
    if (code == EPIPE)
        return;
    (void)failure_say(&f, "standard output cannot be written: %s",
                      strerror(code));
    t->status = commands_complain(&f, OPTIONS_EXIT_TRANSPORT);
}

/* ------------------------------------------------------------- the way */

static uint64_t request(struct talk *t)
{
    const struct ask *ask = t->ask;
    struct connection *c = t->link->connection;
    const struct client_request request = {
        .operation = ask->operation,
        .input = ask->input,
        .auth_token = buf_slice(&ask->target.token),
        .timeout_ns = t->timeout_ns,
    };
    struct pending_waiter waiter = {.tell = on_outcome, .self = t};

    if (!ask->is_subscription)
        return client_call(c, &request, waiter);
    waiter.item = on_item;
    return client_subscribe(c, &request, waiter);
}

static void on_opened(void *self, struct adapter_link *link)
{
    struct talk *t = self;

    t->link = link;
    t->ticket = request(t);
}

static void on_closed(void *self, struct adapter_link *link,
                      const struct adapter_end *end)
{
    struct talk *t = self;
    bool was_open = t->link != NULL;

    (void)link;
    t->link = NULL;
    if (t->is_over)
        return;
    lines_write_take(stderr, target_trouble(end, was_open));
    finish(t, OPTIONS_EXIT_TRANSPORT);
}

static bool dial(const struct talk *t, struct failure *f)
{
    struct adapter_dial how = target_dial(&t->ask->target);

    if (t->timeout_ns && t->timeout_ns < how.quic.handshake_timeout_ns)
        how.quic.handshake_timeout_ns = t->timeout_ns;
    return t->station && station_dial(t->station, &how, f);
}

/* Until it is done, or somebody at the keyboard has had enough. */
static void converse(struct talk *t)
{
    struct signals *signals = signals_open(t->loop);

    if (!t->ask->is_subscription)
        (void)signal(SIGPIPE, SIG_DFL); /* one who prints once may die of it */
    station_turn(t->station);
    if (!is_done(t))
        loop_run(t->loop);
    if (!is_done(t))
        t->status = OPTIONS_EXIT_INTERRUPTED;
    t->is_over = true;
    outlet_close(t->outlet); /* whose reader may go now */
    t->outlet = NULL;
    signals_close(signals);
}

/* [AB-1] Whoever leaves before the end says so, and stays until the peer has
 * heard it. */
static void take_leave(struct talk *t)
{
    uint64_t deadline_ns = entropy_now_ns() + FAREWELL_NS;

    if (!t->link || !t->ticket)
        return;
    client_abort(t->link->connection, t->ticket);
    quic_hurry(t->link->quic, true);
    station_turn(t->station);
    while (t->link && !quic_is_flushed(t->link->quic) &&
           entropy_now_ns() < deadline_ns)
        loop_run_once(t->loop, deadline_ns);
}

static void talk(struct talk *t, struct node *node, struct failure *f)
{
    const struct target *target = &t->ask->target;
    struct station_config where = {.loop = t->loop,
                                   .node = node,
                                   .local = udp_address_any(&target->to),
                                   .key = target->papers.shown,
                                   .watcher = {on_opened, on_closed, t}};

    t->station = station_open(&where, f);
    if (dial(t, f)) {
        converse(t);
        take_leave(t);
    } else {
        lines_write_take(stderr, json_pack("{s:s, s:s}", "kind", "transport",
                                           "message", f->sentence));
    }
    station_close(t->station);
}

static int run(struct talk *t, struct failure *f)
{
    struct registry nothing = {.is_sealed = false};
    struct auth_policy nobody = {.peers = {NULL, 0}};
    struct node *node = node_new(&(struct node_config){
        .registry = &nothing, .policy = &nobody, .entropy = entropy_system()});
    const struct outlet_watcher watcher = {on_drained, on_broken, t};

    buf_init(&t->line, BOUNDS_FRAME_MAX);
    if (t->ask->is_subscription)
        t->outlet = outlet_open(t->loop, STDOUT_FILENO, &watcher);
    talk(t, node, f);
    outlet_close(t->outlet);
    buf_clear(&t->line);
    node_free(node);
    return t->status;
}

static bool read_numbers(struct talk *t, struct failure *f)
{
    const struct ask *ask = t->ask;

    return (!ask->timeout || options_milliseconds("--timeout", ask->timeout,
                                                  &t->timeout_ns, f)) &&
           (!ask->items ||
            options_count("--items", ask->items, &t->items_max, f));
}

int ask_run(struct ask *ask, struct failure *f)
{
    struct talk t = {.ask = ask, .status = OPTIONS_EXIT_TRANSPORT};
    int status;

    if (!read_numbers(&t, f))
        return commands_complain(f, OPTIONS_EXIT_USAGE);
    t.loop = loop_new(f);
    status = t.loop ? run(&t, f) : commands_complain(f, OPTIONS_EXIT_TRANSPORT);
    loop_free(t.loop);
    return status;
}

bool ask_read(struct ask *a, int argc, char **argv,
              const struct options_word *more, size_t count,
              struct failure *ret_failure)
{
    struct options_word words[TARGET_WORDS + 1 + ASK_MORE_MAX] = {
        [TARGET_WORDS] = {"--timeout", OPTIONS_MAYBE, NULL, &a->timeout}};

    assert(count <= ASK_MORE_MAX);
    target_words(&a->target, words);
    if (count)
        memcpy(words + TARGET_WORDS + 1, more, count * sizeof *more);
    return options_read(argc, argv, 2, words, TARGET_WORDS + 1 + count,
                        ret_failure) &&
           target_read(&a->target, ret_failure);
}

void ask_clear(struct ask *a)
{
    target_clear(&a->target);
}
