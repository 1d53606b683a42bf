/* SPDX-License-Identifier: MIT */
/*
 * alkref call: one call to a node somewhere, from a shell. The output goes to
 * standard output; an error that the node answered with goes to standard error
 * as the JSON it came in, and so does trouble with the way there, with its
 * kind. The exit status tells the three apart.
 */
#include "ref/bin/commands.h"
#include "ref/base/bounds.h"
#include "ref/base/scan.h"
#include "ref/bin/papers.h"
#include "ref/bin/remote.h"
#include "ref/bin/station.h"
#include "ref/host/entropy.h"
#include "ref/host/files.h"

#include <stdio.h>

struct calling {
    const char *addr, *operation, *input; /* words; input may be NULL */
    const char *token_file, *timeout;     /* options */
    struct remote remote;                 /* by what they are known */
    struct papers papers;                 /* what we show */
    struct buf token;                     /* owned; empty: none */
    uint64_t timeout_ns;                  /* 0: the default */
    struct address to;                    /* whom */
    struct loop *loop;                    /* borrowed */
    struct adapter_link *link;            /* borrowed while it lives, or NULL */
    bool is_over;                         /* the status is decided */
    int status;                           /* what the program ends with */
};

static void finish(struct calling *c, int status)
{
    c->is_over = true;
    c->status = status;
    loop_stop(c->loop);
}

/* kind is one of transport, tls_setup, connection_closed [CC-4] */
static void fail_transport(struct calling *c, const char *kind,
                           const char *message)
{
    fprintf(stderr, "{\"kind\":\"%s\",\"message\":\"%s\"}\n", kind, message);
    finish(c, OPTIONS_EXIT_TRANSPORT);
}

static void print_text(FILE *to, struct slice text)
{
    (void)fwrite(text.data, 1, text.len, to);
    (void)fputc('\n', to);
}

static void print_error(const struct call_error *e)
{
    struct buf text;

    buf_init(&text, 2 * (size_t)BOUNDS_BODY_MAX);
    if (call_error_print(e, &text))
        print_text(stderr, buf_slice(&text));
    buf_clear(&text);
}

/* The call has ended. When the connection ended with it, on_closed() knows
 * more and speaks instead. */
static void on_outcome(void *self, const struct pending_outcome *outcome)
{
    struct calling *c = self;

    if (c->link && c->link->connection->is_closed)
        return;
    if (outcome->is_ok)
        print_text(stdout, outcome->output);
    else
        print_error(&outcome->error);
    finish(c, outcome->is_ok ? OPTIONS_EXIT_OK : OPTIONS_EXIT_ERROR);
}

static void on_opened(void *self, struct adapter_link *link)
{
    struct calling *c = self;
    const struct client_request request = {
        .operation = slice_of(c->operation),
        .input = slice_of(c->input ? c->input : "null"),
        .auth_token = buf_slice(&c->token),
        .timeout_ns = c->timeout_ns,
    };

    c->link = link;
    client_call(link->connection, &request,
                (struct pending_waiter){on_outcome, c});
}

static void on_closed(void *self, struct adapter_link *link,
                      const struct adapter_end *end)
{
    struct calling *c = self;
    bool was_open = c->link != NULL;

    (void)link;
    c->link = NULL;
    if (c->is_over)
        return;
    if (end->layer == QUIC_LAYER_TLS)
        fail_transport(c, "tls_setup",
                       end->by == QUIC_BY_US
                           ? "the peer is not who it should be"
                           : "the peer refused the handshake");
    else if (was_open)
        fail_transport(c, "connection_closed",
                       "the connection ended before the answer");
    else
        fail_transport(c, "transport", "nobody answers there");
}

static bool read_words(struct calling *c, struct failure *f)
{
    const char *why;

    if (c->input && !scan_text(slice_of(c->input), &why))
        return failure_say(f, "JSON: %s", why);
    if (!remote_read(&c->remote, f) || !papers_read(&c->papers, f))
        return false;
    if (c->timeout &&
        !options_milliseconds("--timeout", c->timeout, &c->timeout_ns, f))
        return false;
    if (!udp_address_resolve(slice_of(c->addr), &c->to, f))
        return failure_wrap(f, "ADDR: ");
    return !c->token_file || files_read_token(c->token_file, &c->token, f) ||
           failure_wrap(f, "--token-file: ");
}

static bool dial(struct calling *c, struct station *station, struct failure *f)
{
    struct adapter_dial how = {
        .to = c->to,
        .quic = quic_config_default(entropy_system()),
    };

    remote_aim(&c->remote, &how);
    if (c->timeout_ns && c->timeout_ns < how.quic.handshake_timeout_ns)
        how.quic.handshake_timeout_ns = c->timeout_ns;
    return station && station_dial(station, &how, f);
}

static int run(struct calling *c, struct tls_key *key, struct failure *f)
{
    struct registry nothing = {.is_sealed = false};
    struct peerbook nobody = {NULL, 0};
    struct loop *loop = c->loop = loop_new(f);
    struct node *node = node_new(&(struct node_config){
        .registry = &nothing, .peers = &nobody, .entropy = entropy_system()});
    struct station_config where = {.loop = loop,
                                   .node = node,
                                   .local = udp_address_any(&c->to),
                                   .key = key,
                                   .watcher = {on_opened, on_closed, c}};
    struct station *station = loop ? station_open(&where, f) : NULL;

    if (dial(c, station, f)) {
        station_turn(station);
        if (!c->is_over)
            loop_run(loop);
    } else {
        fail_transport(c, "transport", f->sentence);
    }
    c->is_over = true;
    station_close(station);
    node_free(node);
    loop_free(loop);
    return c->status;
}

static int begin(struct calling *c, struct failure *f)
{
    bool is_good;
    struct tls_key *key = papers_key(&c->papers, false, &is_good, f);

    return is_good ? run(c, key, f) : commands_complain(f, OPTIONS_EXIT_USAGE);
}

int commands_call(int argc, char **argv, struct failure *f)
{
    struct calling c = {.status = OPTIONS_EXIT_TRANSPORT};
    const struct options_word words[] = {
        {"ADDR", true, NULL, &c.addr},
        {"OP", true, NULL, &c.operation},
        {"JSON", false, NULL, &c.input},
        {"--pin", false, NULL, &c.remote.pin},
        {"--server-name", false, NULL, &c.remote.server_name},
        {"--ca", false, NULL, &c.remote.ca},
        {"--key", false, NULL, &c.papers.key},
        {"--cert", false, NULL, &c.papers.cert},
        {"--token-file", false, NULL, &c.token_file},
        {"--timeout", false, NULL, &c.timeout},
    };
    int status;

    buf_init(&c.token, BOUNDS_FILE_MAX);
    status =
        options_read(argc, argv, 2, words, sizeof words / sizeof *words, f) &&
                read_words(&c, f)
            ? begin(&c, f)
            : commands_complain(f, OPTIONS_EXIT_USAGE);
    remote_clear(&c.remote);
    papers_clear(&c.papers);
    buf_clear(&c.token);
    return status;
}
