/* SPDX-License-Identifier: MIT */
/*
 * alkref listen: a node that waits for others and serves what its operations
 * file says, or the conformance operations. Its first line tells where it is
 * and who it is, so that whoever started it can hand both on; its last how
 * often each operation was entered.
 */
#include "ref/bin/commands.h"
#include "ref/bin/dials.h"
#include "ref/bin/greet.h"
#include "ref/bin/imports.h"
#include "ref/bin/known.h"
#include "ref/bin/lines.h"
#include "ref/bin/ops.h"
#include "ref/bin/papers.h"
#include "ref/bin/station.h"
#include "ref/host/entropy.h"
#include "ref/host/signals.h"

struct listening {
    const char *addr, *ops_file; /* options, or NULL */
    struct greet greet;          /* what every peer is asked … */
    struct imports imports;      /* … and whether for what it serves */
    struct dials dials;          /* whom we dial ourselves */
    struct papers papers;        /* what we show */
    struct known known;          /* whom we know */
    struct ops ops;              /* what we offer */
    struct address local;        /* where to bind */
    struct loop *loop;           /* owned */
};

static bool read_files(struct listening *l, struct failure *f)
{
    if (!udp_address_resolve(slice_of(l->addr ? l->addr : "127.0.0.1:0"),
                             &l->local, f))
        return failure_wrap(f, "--addr: ");
    if (!papers_read(&l->papers, true, f))
        return false;
    return known_read(&l->known, l->loop, f) && greet_check(&l->greet, f) &&
           imports_check(&l->imports, l->known.path, f) &&
           dials_read(&l->dials, f) &&
           (ops_load(l->ops_file, l->loop, &l->ops, f) ||
            failure_wrap(f, "--ops: "));
}

/* What we do not have is not mentioned. */
static void put_name(json_t *line, const char *member, struct fingerprint own)
{
    if (own.text[0])
        json_object_set_new(line, member, json_string(own.text));
}

static void introduce(const struct station *s)
{
    char address[UDP_TEXT_LEN_MAX];
    json_t *line = json_object();

    udp_address_print(station_address(s), address);
    json_object_set_new(line, "address", json_string(address));
    put_name(line, "fingerprint", station_fingerprint(s));
    put_name(line, "certificate", station_certificate(s));
    lines_write_take(stdout, line);
}

static void on_opened(void *self, struct adapter_link *link)
{
    const struct listening *l = self;

    if (link->is_dialled)
        dials_opened(link);
    imports_ask(&l->imports, link->connection);
    greet_peer(&l->greet, link);
}

static void on_closed(void *self, struct adapter_link *link,
                      const struct adapter_end *end)
{
    struct listening *l = self;

    if (link->is_dialled)
        dials_closed(&l->dials, link, end);
}

static void on_answered(void *self)
{
    station_turn(self);
}

/* Until SIGINT or SIGTERM. */
static void serve(struct listening *l, struct node *node,
                  struct station *station)
{
    struct signals *signals = signals_open(l->loop);

    known_follow(&l->known, node, signals);
    ops_tell(&l->ops, on_answered, station);
    introduce(station);
    dials_begin(&l->dials, l->loop, station);
    loop_run(l->loop);
    dials_end(&l->dials);
    signals_close(signals);
}

static int run(struct listening *l, struct failure *f)
{
    struct node_config config = {.registry = &l->ops.registry,
                                 .policy = &l->known.policy,
                                 .entropy = entropy_system()};
    struct node *node = node_new(&config);
    struct station_config where = {.loop = l->loop,
                                   .node = node,
                                   .local = l->local,
                                   .is_listening = true,
                                   .key = l->papers.shown,
                                   .watcher = {on_opened, on_closed, l}};
    struct station *station = station_open(&where, f);
    bool is_open = station != NULL;

    if (is_open)
        serve(l, node, station);
    station_close(station);
    node_free(node);
    if (is_open)
        lines_write_take(stdout,
                         json_pack("{s:o}", "counts", ops_counts(&l->ops)));
    return is_open ? OPTIONS_EXIT_OK
                   : commands_complain(f, OPTIONS_EXIT_TRANSPORT);
}

#define WORDS (PAPERS_WORDS + IMPORTS_WORDS + 5)

int commands_listen(int argc, char **argv, struct failure *f)
{
    struct listening l = {.addr = NULL};
    struct options_word words[WORDS] = {
        [PAPERS_WORDS + IMPORTS_WORDS] = {"--addr", OPTIONS_MAYBE, NULL,
                                          &l.addr},
        {"--peers", OPTIONS_MAYBE, NULL, &l.known.path},
        {"--ops", OPTIONS_MAYBE, NULL, &l.ops_file},
        {"--on-connect", OPTIONS_MANY, NULL, l.greet.texts},
        {"--dial", OPTIONS_MANY, NULL, l.dials.texts},
    };
    int status = OPTIONS_EXIT_USAGE;

    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    papers_words(&l.papers, words);
    imports_words(&l.imports, words + PAPERS_WORDS);
    if (!options_read(argc, argv, 2, words, WORDS, f))
        return commands_complain(f, status);
    l.loop = loop_new(f);
    status =
        l.loop && read_files(&l, f) ? run(&l, f) : commands_complain(f, status);
    ops_clear(&l.ops);
    known_clear(&l.known);
    loop_free(l.loop);
    dials_clear(&l.dials);
    papers_clear(&l.papers);
    return status;
}
