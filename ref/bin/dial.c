/* SPDX-License-Identifier: MIT */
/*
 * alkref dial: the runner. It dials another node, stays connected and serves
 * its own operations to it; when the connection is lost it dials again. What
 * the other side may see is default-deny: what the operations file marks
 * remote-safe and nothing else [LG-1], unless the operator opts out.
 *
 * Every attempt has a socket of its own and asks anew where the name is; the
 * node, and with it what was counted, stays the same.
 */
#include "ref/bin/commands.h"
#include "ref/bin/greet.h"
#include "ref/bin/imports.h"
#include "ref/bin/known.h"
#include "ref/bin/lines.h"
#include "ref/bin/ops.h"
#include "ref/bin/standing.h"
#include "ref/bin/station.h"
#include "ref/host/entropy.h"
#include "ref/host/signals.h"

struct dialling {
    struct target target;      /* whom */
    const char *ops_file;      /* option */
    const char *profile;       /* option, or NULL */
    bool is_trusted_peer;      /* option */
    struct greet greet;        /* what the peer is asked … */
    struct imports imports;    /* … and whether for what it serves */
    struct peer_filter filter; /* what it may see */
    struct ops ops;            /* what we offer */
    struct known known;        /* whom we know */
    struct loop *loop;         /* owned */
    struct node *node;         /* owned */
    struct station *station;   /* owned: of the present attempt, or NULL */
    struct standing standing;  /* whether it is there, and the next attempt */
    bool is_over;              /* we were told to end */
};

/* [FF-9] */
static void on_opened(void *self, struct adapter_link *link)
{
    struct dialling *d = self;

    standing_opened(&d->standing, link);
    connection_set_token(link->connection, buf_slice(&d->target.token));
    imports_ask(&d->imports, link->connection);
    greet_peer(&d->greet, link);
}

static void on_closed(void *self, struct adapter_link *link,
                      const struct adapter_end *end)
{
    struct dialling *d = self;

    (void)link;
    if (!d->is_over)
        standing_closed(&d->standing, end);
}

/* ------------------------------------------------------------- attempts */

static bool open_station(struct dialling *d, struct failure *f)
{
    struct station_config where = {.loop = d->loop,
                                   .node = d->node,
                                   .local = udp_address_any(&d->target.to),
                                   .key = d->target.papers.shown,
                                   .watcher = {on_opened, on_closed, d}};

    d->station = station_open(&where, f);
    return d->station != NULL;
}

static bool dial(struct dialling *d, struct failure *f)
{
    struct adapter_dial how = target_dial(&d->target);

    how.filter = d->filter;
    how.stays = true;
    return station_dial(d->station, &how, f) != NULL;
}

/* The old station has no connection any more. */
static void attempt(void *self)
{
    struct dialling *d = self;
    struct failure f;

    station_close(d->station);
    d->station = NULL;
    if (target_resolve(&d->target, &f) && open_station(d, &f) && dial(d, &f))
        station_turn(d->station);
    else
        standing_failed(&d->standing, &f);
}

static void on_answered(void *self)
{
    const struct dialling *d = self;

    if (d->station)
        station_turn(d->station);
}

/* ------------------------------------------------------------- the command */

/* [LG-2, LG-4] open only when the operator says so. */
static bool read_profile(struct dialling *d, struct failure *f)
{
    bool is_peer_graph = d->profile && strcmp(d->profile, "peer-graph") == 0;

    d->filter.is_open = d->is_trusted_peer || is_peer_graph;
    return !d->profile || is_peer_graph ||
           strcmp(d->profile, "remote-safe") == 0 ||
           failure_say(f, "--profile: expected remote-safe or peer-graph");
}

static bool read_all(struct dialling *d, struct failure *f)
{
    if (!target_read(&d->target, f) || !read_profile(d, f) ||
        !greet_check(&d->greet, f) ||
        !imports_check(&d->imports, d->known.path, f))
        return false;
    return known_read(&d->known, d->loop, f) &&
           (ops_load(d->ops_file, d->loop, &d->ops, f) ||
            failure_wrap(f, "--ops: "));
}

/* Until SIGINT or SIGTERM. */
static int run(struct dialling *d)
{
    struct node_config config = {.registry = &d->ops.registry,
                                 .policy = &d->known.policy,
                                 .entropy = entropy_system()};
    struct signals *signals = signals_open(d->loop);

    d->node = node_new(&config);
    known_follow(&d->known, d->node, signals);
    standing_begin(&d->standing, &d->target, d->loop, attempt, d);
    ops_tell(&d->ops, on_answered, d);
    attempt(d);
    loop_run(d->loop);
    d->is_over = true;
    station_close(d->station);
    node_free(d->node);
    standing_end(&d->standing);
    signals_close(signals);
    lines_write_take(stdout, json_pack("{s:o}", "counts", ops_counts(&d->ops)));
    return OPTIONS_EXIT_OK;
}

#define WORDS (TARGET_WORDS + IMPORTS_WORDS + 5)

int commands_dial(int argc, char **argv, struct failure *f)
{
    struct dialling d = {.ops_file = NULL};
    struct options_word words[WORDS] = {
        [TARGET_WORDS + IMPORTS_WORDS] = {"--ops", OPTIONS_ONCE, NULL,
                                          &d.ops_file},
        {"--peers", OPTIONS_MAYBE, NULL, &d.known.path},
        {"--profile", OPTIONS_MAYBE, NULL, &d.profile},
        {"--trusted-peer", OPTIONS_MAYBE, &d.is_trusted_peer, NULL},
        {"--on-connect", OPTIONS_MANY, NULL, d.greet.texts},
    };
    int status = OPTIONS_EXIT_USAGE;

    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    target_words(&d.target, words);
    imports_words(&d.imports, words + TARGET_WORDS);
    if (!options_read(argc, argv, 2, words, WORDS, f))
        return commands_complain(f, status);
    d.loop = loop_new(f);
    status = d.loop && read_all(&d, f) ? run(&d) : commands_complain(f, status);
    ops_clear(&d.ops);
    known_clear(&d.known);
    loop_free(d.loop);
    target_clear(&d.target);
    return status;
}
