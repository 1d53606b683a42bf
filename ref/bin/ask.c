/* SPDX-License-Identifier: MIT */
/* See ask.h. */
#include "ref/bin/ask.h"
#include "ref/base/bounds.h"
#include "ref/bin/commands.h"
#include "ref/bin/lines.h"
#include "ref/bin/station.h"
#include "ref/host/entropy.h"

struct inquiry {
    const struct ask *ask;     /* borrowed */
    uint64_t timeout_ns;       /* 0: the default */
    struct loop *loop;         /* owned */
    struct adapter_link *link; /* borrowed while it lives, or NULL */
    bool is_over;              /* the status is decided */
    int status;                /* what the program ends with */
};

static void finish(struct inquiry *a, int status)
{
    a->is_over = true;
    a->status = status;
    loop_stop(a->loop);
}

static int print_output(const struct inquiry *a, struct slice output)
{
    const struct call_error e = call_error_make(
        CALL_ERROR_INTERNAL, slice_of("the answer is not what it should be"));

    if (a->ask->print(output))
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

/* The call has ended. When the connection ended with it, on_closed() knows
 * more and speaks instead. */
static void on_outcome(void *self, const struct pending_outcome *outcome)
{
    struct inquiry *a = self;
    int status = OPTIONS_EXIT_ERROR;

    if (a->link && a->link->connection->is_closed)
        return;
    if (outcome->is_ok)
        status = print_output(a, outcome->output);
    else
        print_error(&outcome->error);
    finish(a, status);
}

static void on_opened(void *self, struct adapter_link *link)
{
    struct inquiry *a = self;
    const struct client_request request = {
        .operation = a->ask->operation,
        .input = a->ask->input,
        .auth_token = buf_slice(&a->ask->target.token),
        .timeout_ns = a->timeout_ns,
    };

    a->link = link;
    client_call(link->connection, &request,
                (struct pending_waiter){.tell = on_outcome, .self = a});
}

static void on_closed(void *self, struct adapter_link *link,
                      const struct adapter_end *end)
{
    struct inquiry *a = self;
    bool was_open = a->link != NULL;

    (void)link;
    a->link = NULL;
    if (a->is_over)
        return;
    lines_write_take(stderr, target_trouble(end, was_open));
    finish(a, OPTIONS_EXIT_TRANSPORT);
}

static bool dial(const struct inquiry *a, struct station *station,
                 struct failure *f)
{
    struct adapter_dial how = target_dial(&a->ask->target);

    if (a->timeout_ns && a->timeout_ns < how.quic.handshake_timeout_ns)
        how.quic.handshake_timeout_ns = a->timeout_ns;
    return station && station_dial(station, &how, f);
}

/* Waits for the answer. False with a sentence: it could not even begin. */
static bool converse(struct inquiry *a, struct station *station,
                     struct failure *f)
{
    if (!dial(a, station, f))
        return false;
    station_turn(station);
    if (!a->is_over)
        loop_run(a->loop);
    a->is_over = true;
    return true;
}

static int run(struct inquiry *a, struct failure *f)
{
    const struct target *target = &a->ask->target;
    struct registry nothing = {.is_sealed = false};
    struct peerbook nobody = {NULL, 0};
    struct node *node = node_new(&(struct node_config){
        .registry = &nothing, .peers = &nobody, .entropy = entropy_system()});
    struct station_config where = {.loop = a->loop,
                                   .node = node,
                                   .local = udp_address_any(&target->to),
                                   .key = target->papers.shown,
                                   .watcher = {on_opened, on_closed, a}};
    struct station *station = station_open(&where, f);

    if (!converse(a, station, f))
        lines_write_take(stderr, json_pack("{s:s, s:s}", "kind", "transport",
                                           "message", f->sentence));
    station_close(station);
    node_free(node);
    return a->status;
}

int ask_run(struct ask *ask, struct failure *f)
{
    struct inquiry a = {.ask = ask, .status = OPTIONS_EXIT_TRANSPORT};
    int status;

    if (ask->timeout &&
        !options_milliseconds("--timeout", ask->timeout, &a.timeout_ns, f))
        return commands_complain(f, OPTIONS_EXIT_USAGE);
    a.loop = loop_new(f);
    status = a.loop ? run(&a, f) : commands_complain(f, OPTIONS_EXIT_TRANSPORT);
    loop_free(a.loop);
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
