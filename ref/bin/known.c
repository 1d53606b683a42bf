/* SPDX-License-Identifier: MIT */
/* See known.h. Whoever is asked about gets a copy of what the policy says, so
 * that nobody holds on to the old one. */
#include "ref/bin/known.h"
#include "ref/host/entropy.h"
#include "ref/host/files.h"

#include <stdio.h>

#define PAUSE_NS 1000000000ull /* before the node is told the time again */

/* While others wait for us we wait for no file. */
static void read_again(void *self)
{
    struct known *k = self;
    struct auth_policy fresh;
    struct failure f;

    if (!files_check_plain(k->path, &f) ||
        !files_read_policy(k->path, &fresh, &f)) {
        fprintf(stderr, "alkref: --peers: %s; who was known before still is\n",
                f.sentence);
        return;
    }
    auth_policy_clear(&k->policy);
    k->policy = fresh;
    node_set_policy(k->node, &k->policy);
    fprintf(stderr, "alkref: --peers: %s was read again\n", k->path);
}

static void on_hangup(void *self)
{
    struct known *k = self;

    changes_seen(k->changes);
    read_again(k);
}

/* [IP-4] A clock may be set long after we began, and ours does not count the
 * time in which the machine sleeps. */
static void tell_time(void *self)
{
    struct known *k = self;

    node_set_began(k->node, entropy_began_s());
    loop_timer_set(k->clock, entropy_now_ns() + PAUSE_NS);
}

bool known_read(struct known *k, struct loop *loop, struct failure *ret_failure)
{
    if (!k->path)
        return true;
    k->changes = changes_watch(loop, k->path, read_again, k);
    k->clock = loop_timer(loop, tell_time, k);
    return files_read_policy(k->path, &k->policy, ret_failure) ||
           failure_wrap(ret_failure, "--peers: ");
}

void known_follow(struct known *k, struct node *node, struct signals *signals)
{
    k->node = node;
    if (!k->path)
        return;
    signals_on_hangup(signals, on_hangup, k);
    tell_time(k);
}

void known_clear(struct known *k)
{
    changes_unwatch(k->changes);
    loop_timer_free(k->clock);
    auth_policy_clear(&k->policy);
}
