/* SPDX-License-Identifier: MIT */
/*
 * services/list, services/schema and services/list-peers: ordinary operations
 * that tell a caller what it may call here. Registry section 3. Nothing
 * registers them by itself [SD-2]; whoever assembles a node adds them like any
 * other.
 */
#ifndef REF_RULES_DISCOVERY_H
#define REF_RULES_DISCOVERY_H

#include "ref/rules/dispatch.h"

/* The handlers. `registry` is the one they tell about, usually the one they
 * are registered in; it must outlive them. */
struct handler discovery_list(const struct registry *registry);
struct handler discovery_schema(const struct registry *registry);

/* services/list-peers: what our peers serve us beside what we serve. Not added
 * by discovery_register(): who may see it is for whoever adds it to say, by its
 * access [LP-7]. */
struct handler discovery_list_peers(const struct registry *registry);

/* Adds both under their own names: External, unrestricted, remote-safe, so
 * that they list themselves. False with a sentence when a name is taken. */
bool discovery_register(struct registry *registry, struct failure *ret_failure);

#endif
