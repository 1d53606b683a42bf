/* SPDX-License-Identifier: MIT */
/*
 * What gate.h has as bits, made of what the reference has for it: whom
 * everybody knows, by which key and token, and operations as they are
 * registered.
 */
#ifndef FUZZ_PEERS_STOCK_H
#define FUZZ_PEERS_STOCK_H

#include "fuzz/peers/gate.h"
#include "ref/session/node.h"

#define STOCK_PREFIX "peer" /* what is imported is called peer/o/0 … */
#define STOCK_SECRET "hush-3f9a1c77d2-" /* how every secret begins */
#define STOCK_KEY_NAME "alk_key"        /* who has the API key is called so */
#define STOCK_KEY_RIGHTS 3u             /* both scopes */
#define STOCK_KEY_ENDS_S 60u            /* until then, in seconds */

/* Once, before all. */
void stock_setup(void);

/* Whom every node knows: all of gate.h but nobody. */
const struct auth_policy *stock_policy(void);

/* And whom it knows when its files have been read again: every second one is
 * not in them any more, and who is has the rights that he had not. */
const struct auth_policy *stock_policy_later(void);
bool stock_is_known_later(uint32_t who);
uint32_t stock_rights_later(uint32_t who);

/* The proof by which somebody is known; empty for nobody. Static, until it is
 * asked for again, and so are the other texts. */
struct slice stock_key(uint32_t who);
/* The token that somebody says; data NULL for nobody. */
struct slice stock_token(uint32_t who);
/* The API key that ends. */
struct slice stock_api_key(void);
/* That a question is for one who may do everything. */
struct slice stock_claim(void);
/* As whom a handler composes; NULL: as nobody. The caller's. */
struct identity *stock_composer(uint32_t who);
/* The name of an operation; beyond those of a node and one that is nowhere it
 * is that of an import. Which one a name means; GATE_OPS: none. */
struct slice stock_name(uint32_t op);
uint32_t stock_op_of(struct slice name);

/* Ids that count, from the number in `drawn` on, which is borrowed: they are
 * the same in each story, and at every node. */
struct entropy_source stock_ids(uint32_t *drawn);

/* Operation `which` as it is registered, with that handler unless it offers
 * what a peer serves. The caller's. */
struct registration stock_op(const struct gate_op *op, uint32_t which,
                             struct handler handler);

#endif
