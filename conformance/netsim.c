/* SPDX-License-Identifier: MIT */
/*
 * The weather of L2 for whoever has no testee: two programs of any kind, and
 * the relay between them.
 */
#include "conformance/netsim.h"

#include <signal.h>

#include "conformance/traffic.h"
#include "ref/host/entropy.h"
#include "ref/host/udp.h"

#define GLANCE_NS 100000000ull /* so often we look whether to stop */

static volatile sig_atomic_t is_over;

static void on_signal(int number)
{
    (void)number;
    is_over = 1;
}

static void listen_for_the_end(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

static void say_where(const struct relay *r, FILE *out)
{
    char text[UDP_TEXT_LEN_MAX];

    udp_address_print(relay_address(r), text);
    (void)fprintf(out, "%s\n", text);
    (void)fflush(out);
}

static void say_what(const struct relay *r, FILE *out)
{
    struct relay_counts counts = relay_counts(r);
    struct arena arena;

    arena_init(&arena);
    (void)fprintf(out, "%s\n", traffic_text(&arena, &counts));
    arena_clear(&arena);
}

static bool relay(const struct relay_config *config, FILE *out,
                  struct failure *ret_failure)
{
    struct loop *l = loop_new(ret_failure);
    struct relay *r = l ? relay_new(l, config, ret_failure) : NULL;

    if (r) {
        say_where(r, out);
        while (!is_over)
            loop_run_once(l, entropy_now_ns() + GLANCE_NS);
        say_what(r, out);
    }
    relay_free(r);
    loop_free(l);
    return r != NULL;
}

int netsim(const struct options *o, FILE *out, FILE *err)
{
    struct relay_config config = {
        .weather = o->weather ? o->weather : weather_clean(),
        .seed = o->seed,
    };
    struct failure failure;
    int status = 0;

    listen_for_the_end();
    if (!udp_address_resolve(slice_of(o->upstream), &config.upstream, &failure))
        status = 4;
    else if (!relay(&config, out, &failure))
        status = 5;
    if (status)
        (void)fprintf(err, "callspec: %s\n", failure.sentence);
    return status;
}
