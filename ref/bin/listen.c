/* SPDX-License-Identifier: MIT */
/*
 * alkref listen: a node that waits for others and serves the conformance
 * operations. Its first line tells where it is and who it is, so that whoever
 * started it can hand both on.
 */
#include "ref/bin/commands.h"
#include "ref/bin/assemble.h"
#include "ref/bin/papers.h"
#include "ref/bin/station.h"
#include "ref/host/entropy.h"
#include "ref/host/files.h"

#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct listening {
    const char *addr, *peers; /* options, or NULL */
    struct papers papers;     /* what we show */
    struct peerbook book;     /* whom we know */
    struct registry registry; /* what we offer */
    struct address local;     /* where to bind */
    struct stage *stage;      /* owned */
};

static bool read_files(struct listening *l, struct failure *f)
{
    struct entropy_source entropy = entropy_system();

    if (!udp_address_resolve(slice_of(l->addr ? l->addr : "127.0.0.1:0"),
                             &l->local, f))
        return failure_wrap(f, "--addr: ");
    if (!papers_read(&l->papers, f))
        return false;
    if (!l->papers.key) { /* nobody will know it tomorrow */
        entropy_fill(&entropy, l->papers.seed, sizeof l->papers.seed);
        l->papers.has_seed = true;
    }
    return !l->peers || files_read_peers(l->peers, &l->book, f) ||
           failure_wrap(f, "--peers: ");
}

static void introduce(const struct station *s)
{
    char address[UDP_TEXT_LEN_MAX];
    struct fingerprint key = station_fingerprint(s);
    struct fingerprint certificate = station_certificate(s);

    udp_address_print(station_address(s), address);
    printf("{\"address\":\"%s\"", address);
    if (key.text[0])
        printf(",\"fingerprint\":\"%s\"", key.text);
    if (certificate.text[0])
        printf(",\"certificate\":\"%s\"", certificate.text);
    puts("}");
    (void)fflush(stdout);
}

static void on_signal(void *self)
{
    loop_stop(self);
}

/* SIGINT and SIGTERM become something to read, so that they are met between
 * two turns and the peers are told good-bye. */
static void run_until_signal(struct loop *loop)
{
    struct loop_watch *watch;
    sigset_t wanted;
    int fd;

    (void)sigemptyset(&wanted);
    (void)sigaddset(&wanted, SIGINT);
    (void)sigaddset(&wanted, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &wanted, NULL);
    fd = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    assert(fd >= 0);
    watch = loop_watch(loop, fd, on_signal, loop);
    loop_run(loop);
    loop_unwatch(watch);
    (void)close(fd);
}

static int run(struct listening *l, struct tls_key *key, struct failure *f)
{
    struct node_config config = {.registry = &l->registry,
                                 .peers = &l->book,
                                 .entropy = entropy_system()};
    struct loop *loop = loop_new(f);
    struct node *node = node_new(&config);
    struct station_config where = {.loop = loop,
                                   .node = node,
                                   .local = l->local,
                                   .is_listening = true,
                                   .key = key};
    struct station *station = loop ? station_open(&where, f) : NULL;
    bool is_open = station != NULL;

    if (is_open) {
        introduce(station);
        run_until_signal(loop);
    }
    station_close(station);
    node_free(node);
    loop_free(loop);
    return is_open ? OPTIONS_EXIT_OK
                   : commands_complain(f, OPTIONS_EXIT_TRANSPORT);
}

static int begin(struct listening *l, struct failure *f)
{
    bool is_good;
    struct tls_key *key = papers_key(&l->papers, true, &is_good, f);

    return is_good ? run(l, key, f) : commands_complain(f, OPTIONS_EXIT_USAGE);
}

int commands_listen(int argc, char **argv, struct failure *f)
{
    struct listening l = {.addr = NULL};
    const struct options_word words[] = {
        {"--addr", false, NULL, &l.addr},
        {"--key", false, NULL, &l.papers.key},
        {"--cert", false, NULL, &l.papers.cert},
        {"--peers", false, NULL, &l.peers},
    };
    int status;

    if (!options_read(argc, argv, 2, words, 4, f) || !read_files(&l, f)) {
        papers_clear(&l.papers);
        return commands_complain(f, OPTIONS_EXIT_USAGE);
    }
    l.stage = stage_new(&(struct stage_report){NULL, NULL, NULL});
    status = assemble_all(l.stage, &l.registry, f)
                 ? begin(&l, f)
                 : commands_complain(f, OPTIONS_EXIT_USAGE);
    registry_clear(&l.registry);
    stage_free(l.stage);
    peerbook_clear(&l.book);
    papers_clear(&l.papers);
    return status;
}
