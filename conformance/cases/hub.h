/* SPDX-License-Identifier: MIT */
/*
 * The testee as a hub: we are several peers of it at once, of which one asks
 * and another serves. What is asked of a composing operation is always to
 * compose another with the input {"n":1}.
 *
 *     struct hub h;
 *
 *     hub_composer(s, "conf/hub", "\"conf/echo\"", NULL, NULL);
 *     h = hub_open(s, 2);
 *     import_all(h.b, ours);
 *     hub_served(h.a, "conf/hub", "conf/echo", "peer-b", h.b);
 *     hub_refused(h.a, "conf/hub", "conf/echo", "peer-c", "NOT_FOUND");
 *     hub_silence(&h);
 */
#ifndef CONFORMANCE_CASES_HUB_H
#define CONFORMANCE_CASES_HUB_H

#include "conformance/cases/shapes.h"

#define HUB_INPUT "{\"n\":1}"

/* What every case about several nodes is run with. */
#define HUB_AXES                                                               \
    {                                                                          \
        .profile = PROFILE_PEER_GRAPH                                          \
    }
#define HUB_AXES_L1                                                            \
    {                                                                          \
        .profile = PROFILE_PEER_GRAPH, .lvl = LVL_L1                           \
    }

/* The connections of `peer-a`, `peer-b` and `peer-c`; NULL: it has none. */
struct hub {
    struct conn *a;
    struct conn *b;
    struct conn *c;
};

/* One more composing operation: what it may compose of anybody and what of
 * certain peers (JSON texts with commas between, or NULL), and as whom (a JSON
 * object, or NULL). */
void hub_composer(struct scene *s, const char *name, const char *allowed,
                  const char *pinned, const char *authority);

/* The first `count` of the peers are known, without scopes, and come. */
struct hub hub_open(struct scene *s, size_t count);

/* The same, and there is HUB, which may compose of anybody what peers serve
 * here: the names of hub_files, also under the prefix `far`, `fs/stat`,
 * `fs/odd`, `services/list` and `conf/echo`; itself; and the operations below
 * that hand on, where they were staged. */
#define HUB "conf/hub"
extern const struct import_operation hub_files[]; /* read, write, watch */
struct hub hub_begin(struct scene *s, size_t count);

/* What is handed on to peer b: its query `fs/read`, and its subscription
 * `fs/watch`. Further members, or "". */
#define RELAY "conf/relay"
#define FEED "conf/feed"
void hub_relay(struct scene *s, const char *members);
void hub_feed(struct scene *s, const char *members);

/* Nothing has come to any of the connections that was not taken. */
void hub_silence(const struct hub *h);

/* The input that has an operation composed of that peer; NULL: of anybody. */
const char *hub_input(struct scene *s, const char *operation,
                      const char *peer_id);

/* A request of c's for `by` to compose that; its id. */
const char *hub_compose(struct conn *c, const char *by, const char *operation,
                        const char *peer_id);

/* The same, and it is `worker` that is asked and serves; the testee's own
 * conf/echo that serves; or it comes to nothing but that error. */
void hub_served(struct conn *c, const char *by, const char *operation,
                const char *peer_id, struct conn *worker);
void hub_served_here(struct conn *c, const char *by, const char *operation,
                     const char *peer_id);
void hub_refused(struct conn *c, const char *by, const char *operation,
                 const char *peer_id, const char *code);

/* Nobody has that for HUB, neither peer b nor anybody, and nobody is asked. */
void hub_absent(const struct hub *h, const char *operation);

/* The answer to that request of c's is that its handler met this error. */
void hub_met(struct conn *c, const char *id, const char *code);

#endif
