/* SPDX-License-Identifier: MIT */
/*
 * Connections between the testee and us, in the direction of the dial axis:
 * virtual at L1, QUIC through the relay at L2. They belong to the scene.
 */
#ifndef CONFORMANCE_CONN_H
#define CONFORMANCE_CONN_H

#include <stddef.h>

#include "conformance/json.h"
#include "conformance/keys.h"

struct conn;
struct scene;

/* The first connection, opened when it is first asked for: in the direction
 * of the axis, nobody's key shown, not trusted. */
struct conn *scene_conn(struct scene *s);

/* A connection that is open on both sides; NULL for `how` is all zero. Fails
 * the case when it does not come about. */
struct conn *conn_open(struct scene *s, const struct conn_how *how);

/* One more of the connections of a scene, under that key and otherwise plain:
 * there may be several, with the same key or others, and each lives and goes
 * for itself. */
struct conn *conn_open_as(struct scene *s, enum stage_key key);

/* As conn_open(), and it may as well be refused: returns when it is open on
 * both sides, or over on ours (conn_end) or by the testee's word
 * (conn_is_closed). L2 only. */
struct conn *conn_try(struct scene *s, const struct conn_how *how);

/* L2: how it ended on our side, "app 0", "tls 120", "transport 1" or "idle 0",
 * and " by us" behind it when it was not the testee that ended it; empty while
 * it is up. */
const char *conn_end(const struct conn *c);

/* The scene it belongs to, and its name in verbs and events. */
struct scene *conn_scene(const struct conn *c);
const char *conn_name(const struct conn *c);

/* True when we dialled it. */
bool conn_is_ours(const struct conn *c);

/* What the testee said of us in `conn_open`: {"id","scopes"}, or JSON null. */
const struct json *conn_identity(const struct conn *c);

/* The testee closes it, with that code; waits until it is closed. */
void conn_close(struct conn *c, uint64_t code);

/* It ends from our side: lost at L1, closed by us with code 0 at L2. Waits
 * until the testee has reported `closed`. */
void conn_drop(struct conn *c);

/* True once it is closed, whoever did it. */
bool conn_is_closed(const struct conn *c);

/* L1 only: the testee may open so many more streams. */
void conn_credit(struct conn *c, uint64_t streams);

/* Streams that the testee opened, in all. */
size_t conn_opened_count(struct conn *c);

#endif
