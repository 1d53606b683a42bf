/* SPDX-License-Identifier: MIT */
/*
 * alkref listen: a node that waits for others and serves what its operations
 * file says, or the conformance operations. Its first line tells where it is
 * and who it is, so that whoever started it can hand both on; its last how
 * often each operation was entered.
 */
#include "ref/bin/commands.h"
#include "ref/bin/greet.h"
#include "ref/bin/lines.h"
#include "ref/bin/ops.h"
#include "ref/bin/station.h"
#include "ref/host/entropy.h"
#include "ref/host/files.h"
#include "ref/host/signals.h"

struct listening {
    const char *addr, *key, *peers, *ops_file; /* options, or NULL */
    struct greet greet;                        /* what every peer is asked */
    uint8_t seed[FILES_SEED_LEN];              /* our key's secret */
    struct peerbook book;                      /* whom we know */
    struct ops ops;                            /* what we offer */
    struct address local;                      /* where to bind */
    struct loop *loop;                         /* owned */
};

static bool read_files(struct listening *l, struct failure *f)
{
    struct entropy_source entropy = entropy_system();

    if (!udp_address_resolve(slice_of(l->addr ? l->addr : "127.0.0.1:0"),
                             &l->local, f))
        return failure_wrap(f, "--addr: ");
    if (l->key && !files_read_key(l->key, l->seed, f))
        return failure_wrap(f, "--key: ");
    if (!l->key) /* nobody will know it tomorrow */
        entropy_fill(&entropy, l->seed, sizeof l->seed);
    if (l->peers && !files_read_peers(l->peers, &l->book, f))
        return failure_wrap(f, "--peers: ");
    return greet_check(&l->greet, f) &&
           (ops_load(l->ops_file, l->loop, &l->ops, f) ||
            failure_wrap(f, "--ops: "));
}

static void introduce(const struct station *s)
{
    char address[UDP_TEXT_LEN_MAX];
    struct fingerprint own = station_fingerprint(s);

    udp_address_print(station_address(s), address);
    lines_write_take(stdout, json_pack("{s:s, s:s}", "address", address,
                                       "fingerprint", own.text));
}

static void on_opened(void *self, struct adapter_link *link)
{
    const struct listening *l = self;

    greet_peer(&l->greet, link);
}

static void on_answered(void *self)
{
    station_turn(self);
}

/* Until SIGINT or SIGTERM. */
static void serve(struct listening *l, struct station *station)
{
    struct signals *signals = signals_open(l->loop);

    ops_tell(&l->ops, on_answered, station);
    introduce(station);
    loop_run(l->loop);
    signals_close(signals);
}

static int run(struct listening *l, struct failure *f)
{
    struct node_config config = {.registry = &l->ops.registry,
                                 .peers = &l->book,
                                 .entropy = entropy_system()};
    struct node *node = node_new(&config);
    struct station_config where = {.loop = l->loop,
                                   .node = node,
                                   .local = l->local,
                                   .is_listening = true,
                                   .key_seed = l->seed,
                                   .watcher = {.opened = on_opened, .self = l}};
    struct station *station = station_open(&where, f);
    bool is_open = station != NULL;

    if (is_open)
        serve(l, station);
    station_close(station);
    node_free(node);
    if (is_open)
        lines_write_take(stdout,
                         json_pack("{s:o}", "counts", ops_counts(&l->ops)));
    return is_open ? OPTIONS_EXIT_OK
                   : commands_complain(f, OPTIONS_EXIT_TRANSPORT);
}

int commands_listen(int argc, char **argv, struct failure *f)
{
    struct listening l = {.addr = NULL};
    const struct options_word words[] = {
        {"--addr", OPTIONS_MAYBE, NULL, &l.addr},
        {"--key", OPTIONS_MAYBE, NULL, &l.key},
        {"--peers", OPTIONS_MAYBE, NULL, &l.peers},
        {"--ops", OPTIONS_MAYBE, NULL, &l.ops_file},
        {"--on-connect", OPTIONS_MANY, NULL, l.greet.texts},
    };
    int status = OPTIONS_EXIT_USAGE;

    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (!options_read(argc, argv, 2, words, sizeof words / sizeof *words, f))
        return commands_complain(f, status);
    l.loop = loop_new(f);
    status =
        l.loop && read_files(&l, f) ? run(&l, f) : commands_complain(f, status);
    ops_clear(&l.ops);
    loop_free(l.loop);
    peerbook_clear(&l.book);
    return status;
}
