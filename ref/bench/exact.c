/* SPDX-License-Identifier: MIT */
/*
 * The same calls with both nodes in one process, a wire that is memory and a
 * clock that is a number: nothing is left to chance but TLS's own, so whoever
 * counts instructions gets the same count again.
 */
#include "ref/bench/echo.h"
#include "ref/host/entropy.h"
#include "ref/quic/adapter.h"

#include <netinet/in.h>
#include <stdlib.h>

#define HOP_NS 10000ull /* a loopback's */

static uint64_t now_ns = 1000000000;

struct side {
    struct echo echo;
    struct address address;
    struct tls_key *key;
    struct endpoint *endpoint;
    struct adapter *adapter;
};

static void fill(void *self, uint8_t *bytes, size_t len)
{
    uint64_t *chance = self;

    for (size_t i = 0; i < len; i++) {
        *chance = *chance * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(*chance >> 56);
    }
}

static struct entropy_source chance(void)
{
    static uint64_t state = 1;

    return (struct entropy_source){fill, &state};
}

static struct address address_of(uint16_t port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct address a = {.len = sizeof in};

    memcpy(a.bytes, &in, sizeof in);
    return a;
}

static void on_opened(void *self, struct adapter_link *link)
{
    struct side *side = self;

    if (link->is_dialled)
        echo_ask(&side->echo, link->connection);
}

static void side_open(struct side *side, struct bench *b, uint8_t number)
{
    const uint8_t seed[TLS_SEED_LEN] = {number};
    struct adapter_watcher watcher = {.opened = on_opened, .self = side};
    struct endpoint_config config = {.local = address_of(number),
                                     .is_listening = true};
    struct failure failure;

    echo_begin(&side->echo, b, chance());
    side->address = config.local;
    side->key = tls_key_new(seed, &failure);
    if (!side->key)
        bench_fail(b, failure.sentence);
    config.defaults = quic_config_default(chance());
    config.defaults.key = side->key;
    side->endpoint = endpoint_new(&config);
    side->adapter = adapter_new(side->echo.node, side->endpoint, &watcher);
}

static void side_close(struct side *side)
{
    adapter_free(side->adapter);
    endpoint_free(side->endpoint);
    tls_key_free(side->key);
    echo_end(&side->echo);
}

/* One side's turn, and its datagrams. */
static void turn(struct side *side, struct side *other)
{
    struct datagram d;

    now_ns += HOP_NS;
    adapter_turn(side->adapter, now_ns);
    while (endpoint_send(side->endpoint, &d, now_ns))
        endpoint_receive(other->endpoint, &side->address, d.bytes, now_ns);
}

int main(int argc, char **argv)
{
    struct adapter_dial dial = {.quic = quic_config_default(chance())};
    struct side asker, server;
    struct fingerprint pin;
    struct failure failure;
    struct bench b;

    bench_read(&b, argc, argv);
    side_open(&asker, &b, 1);
    side_open(&server, &b, 2);
    pin = fingerprint_of(tls_key_spki(server.key));
    dial.to = server.address;
    dial.key = asker.key;
    dial.pin = fingerprint_slice(&pin);
    if (!adapter_dial(asker.adapter, &dial, now_ns, &failure))
        bench_fail(&b, failure.sentence);
    while (!bench_is_done(&b)) {
        turn(&asker, &server);
        turn(&server, &asker);
    }
    side_close(&asker);
    side_close(&server);
    bench_print(&b);
    return 0;
}
