/* SPDX-License-Identifier: MIT */
/*
 * What the cast is made of on the reference's side: registries, peer books and
 * the book of who owns what, as a program would read them from its files.
 */
#ifndef NETSIM_FURNISH_H
#define NETSIM_FURNISH_H

#include "netsim/cast.h"
#include "ref/session/node.h"
#include "ref/state/ownership.h"

/* Every secret of every operation begins like this, and nothing else does. */
#define FURNISH_SECRET "hush-"

#define FURNISH_TEXT_MAX 64
struct furnish_text {
    char text[FURNISH_TEXT_MAX]; /* NUL-terminated */
};

/* What operation number `name` is called; what node `at` is called by those who
 * know it; a resource; the token that node says; the secret of an operation;
 * the identity as which its handler composes. */
struct furnish_text furnish_name(uint32_t name);
struct furnish_text furnish_peer(uint32_t at);
struct furnish_text furnish_resource(uint32_t resource);
struct furnish_text furnish_token(const struct cast *cast, uint32_t at);
struct furnish_text furnish_secret(const struct cast *cast, uint32_t at,
                                   uint32_t name);
struct furnish_text furnish_authority(uint32_t at, uint32_t name);

/* The number in a name of that form; CAST_NAMES: it is none. */
uint32_t furnish_number(struct slice name);

/* The scopes and actions of an identity, as the cast speaks of them. */
struct cast_rights furnish_rights(const struct identity *who);

/* What node `at` offers, services/list and /schema included. A handler is asked
 * for by the number of the operation; none for what passes calls on. */
void furnish_registry(const struct cast *cast, uint32_t at,
                      struct handler (*handler)(void *self, uint32_t name),
                      void *self, struct registry *ret);

/* Whom node `at` knows by its `version`-th book. `keys` are the fingerprints
 * of each node. */
void furnish_policy(const struct cast *cast, uint32_t at, uint32_t version,
                    const struct strings *keys, struct auth_policy *ret);

/* Who owns what at node `at`. */
void furnish_owners(const struct cast *cast, uint32_t at,
                    struct ownership *ret);

#endif
