/* SPDX-License-Identifier: MIT */
/*
 * The reference under load: two processes, one UDP socket each, one connection
 * between them, a stream for each call. What is measured is what `alkref`
 * does, less the programs it would start.
 */
#include "ref/bench/echo.h"
#include "ref/bin/station.h"
#include "ref/host/entropy.h"

#include <stdlib.h>
#include <unistd.h>

static const uint8_t server_seed[TLS_SEED_LEN] = {1},
                     asker_seed[TLS_SEED_LEN] = {2};

struct side {
    struct bench *bench;     /* borrowed */
    struct echo echo;        /* the node */
    struct loop *loop;       /* owned */
    struct tls_key *key;     /* owned */
    struct station *station; /* owned */
};

static void on_turned(void *self)
{
    struct side *side = self;

    if (side->bench->asked && bench_is_done(side->bench))
        loop_stop(side->loop);
}

static void on_opened(void *self, struct adapter_link *link)
{
    struct side *side = self;

    if (link->is_dialled)
        echo_ask(&side->echo, link->connection);
}

static void on_closed(void *self, struct adapter_link *link,
                      const struct adapter_end *end)
{
    struct side *side = self;

    (void)end;
    if (link->is_dialled && !bench_is_done(side->bench))
        bench_fail(side->bench, "the connection ended");
    loop_stop(side->loop);
}

static void side_open(struct side *side, struct bench *b, const uint8_t *seed,
                      bool is_listening)
{
    struct failure failure;
    struct station_config config = {
        .is_listening = is_listening,
        .watcher = {on_opened, on_closed, side},
        .turned = on_turned,
    };

    *side = (struct side){.bench = b};
    echo_begin(&side->echo, b, entropy_system());
    side->loop = loop_new(&failure);
    side->key = tls_key_new(seed, &failure);
    if (!side->loop || !side->key)
        bench_fail(b, failure.sentence);
    config.loop = side->loop;
    config.node = side->echo.node;
    config.key = side->key;
    (void)udp_address_parse(slice_of("127.0.0.1:0"), &config.local);
    side->station = station_open(&config, &failure);
    if (!side->station)
        bench_fail(b, failure.sentence);
}

static void side_close(struct side *side)
{
    station_close(side->station);
    tls_key_free(side->key);
    loop_free(side->loop);
    echo_end(&side->echo);
}

/* ------------------------------------------------------- the two processes */

/* What whoever asks has to know of whoever answers. */
struct card {
    struct address address;
    struct fingerprint fingerprint;
};

static void serve(int tell)
{
    struct bench none = {.name = "bench server"};
    struct side side;
    struct card card;

    side_open(&side, &none, server_seed, true);
    card.address = *station_address(side.station);
    card.fingerprint = station_fingerprint(side.station);
    if (write(tell, &card, sizeof card) != sizeof card)
        bench_fail(&none, "nobody wants to know where it is");
    loop_run(side.loop);
    side_close(&side);
}

static void ask(struct bench *b, const struct card *card)
{
    struct adapter_dial dial = {
        .to = card->address,
        .pin = fingerprint_slice(&card->fingerprint),
        .quic = quic_config_default(entropy_system()),
    };
    struct failure failure;
    struct side side;

    side_open(&side, b, asker_seed, false);
    if (!station_dial(side.station, &dial, &failure))
        bench_fail(b, failure.sentence);
    station_turn(side.station);
    loop_run(side.loop);
    bench_print(b);
    side_close(&side);
}

int main(int argc, char **argv)
{
    struct bench b;
    struct card card;
    int from_server;

    bench_read(&b, argc, argv);
    from_server = bench_serve(&b, serve);
    if (read(from_server, &card, sizeof card) != sizeof card)
        bench_fail(&b, "the server says nothing");
    ask(&b, &card);
    return 0;
}
