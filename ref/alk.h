/* SPDX-License-Identifier: MIT */
/*
 * All that an application needs of the protocol, behind one include. What it
 * offers is a handler in a registry; what it asks for is told to a waiter.
 *
 *     static void greet(void *self, const struct context *context,
 *                       struct slice input, struct handler_call call)
 *     {
 *         const struct call_error too_long = call_error_make(
 *             CALL_ERROR_INVALID_INPUT, slice_of("such a long name"));
 *         struct buf output;
 *
 *         (void)self;
 *         (void)context;
 *         buf_init(&output, GREETING_MAX);
 *         if (buf_add(&output, slice_of("{\"hello\":")) &&
 *             buf_add(&output, input) && buf_add(&output, slice_of("}")))
 *             handler_respond(call, buf_slice(&output));
 *         else
 *             handler_fail(call, &too_long);
 *         buf_clear(&output);
 *     }
 *
 *     static void told(void *self, const struct pending_outcome *outcome)
 *     {
 *         struct slice said =
 *             outcome->is_ok ? outcome->output : outcome->error.code;
 *
 *         (void)self;
 *         printf("%.*s\n", (int)said.len, (const char *)said.data);
 *     }
 *
 * The handler answers now or at any later time; who asks, for whom and with
 * which secrets it may work stands in its context. Two nodes meet, each with a
 * registry, a policy and a connection to the other, and what is printed is
 * {"hello":"Ada"}:
 *
 *     offer(&hall.registry, "hall/greet", (struct handler){.start = greet});
 *     meet(&hall, &guest);
 *     (void)client_call(guest.connection,
 *                       &(struct client_request){
 *                           .operation = slice_of("/hall/greet"),
 *                           .input = slice_of("\"Ada\"")},
 *                       (struct pending_waiter){.tell = told});
 *     carry_all(&hall, &guest);
 *
 * The whole program is ref/test/alk_example.c, which is built, run and held
 * against these lines by ref/test/alk_test.sh. It carries bytes from one node
 * to the other itself; ref/quic/adapter.h does that with QUIC. A program
 * begins with value_setup() and links the archives of floors 0 to 4, jansson
 * and nettle.
 */
#ifndef REF_ALK_H
#define REF_ALK_H

/* A node: node_new(), node_add(), and the time, node_advance(). */
#include "ref/session/node.h"

/* Offering: registry_add_take() and handler_respond(); and what is there
 * already: discovery_register(), from_jsonschema_new(). */
#include "ref/rules/discovery.h"
#include "ref/rules/from_jsonschema.h"
#include "ref/state/registry.h"

/* Asking: client_call(), client_subscribe(), client_abort(); inside a handler
 * node_call(), back to the caller, and node_invoke(), of one's own node. */
#include "ref/session/client.h"
#include "ref/session/composing.h"

/* What a peer serves: from_call_import() for one's own handlers,
 * forward_offer() for everybody else. Other worlds: struct operation_adapter.
 */
#include "ref/session/forward.h"
#include "ref/session/from_call.h"
#include "ref/state/operation_adapter.h"

/* Whom one knows: auth_policy_read(); who owns what: ownership_owners(). */
#include "ref/state/auth_policy.h"
#include "ref/state/ownership.h"

/* Secrets for handlers: credentials_put(), vault_fill(). */
#include "ref/state/vault.h"

#endif
