/* SPDX-License-Identifier: MIT */
/* See target.h. */
#include "ref/bin/target.h"
#include "ref/base/bounds.h"
#include "ref/host/entropy.h"
#include "ref/host/files.h"
#include "ref/host/udp.h"

/* Where the system keeps its authorities [CC-11]. */
#define SYSTEM_CA "/etc/ssl/certs/ca-certificates.crt"

void target_words(struct target *t, struct options_word ret[TARGET_WORDS])
{
    const struct options_word words[TARGET_WORDS - PAPERS_WORDS] = {
        {"ADDR", OPTIONS_ONCE, NULL, &t->addr},
        {"--pin", OPTIONS_MAYBE, NULL, &t->pin},
        {"--server-name", OPTIONS_MAYBE, NULL, &t->server_name},
        {"--ca", OPTIONS_MAYBE, NULL, &t->ca},
        {"--token-file", OPTIONS_MAYBE, NULL, &t->token_file},
    };

    memcpy(ret, words, sizeof words);
    papers_words(&t->papers, ret + TARGET_WORDS - PAPERS_WORDS);
}

bool target_resolve(struct target *t, struct failure *ret_failure)
{
    return udp_address_resolve(slice_of(t->addr), &t->to, ret_failure) ||
           failure_wrap(ret_failure, "ADDR: ");
}

static bool read_roots(struct target *t, struct failure *f)
{
    struct buf text;

    if (!files_read(t->ca ? t->ca : SYSTEM_CA, &text, f))
        return failure_wrap(f, "--ca: ");
    t->roots = tls_roots_new(buf_slice(&text), f);
    buf_clear(&text);
    return t->roots || failure_wrap(f, "--ca: ");
}

/* [CC-9] */
static bool read_proof(struct target *t, struct failure *f)
{
    if (!t->pin && !t->server_name)
        return failure_say(f, "--pin is missing (or --server-name NAME)");
    if (t->pin && (t->server_name || t->ca))
        return failure_say(f, "--pin: expected without --server-name and "
                              "--ca, which it makes idle");
    if (t->pin)
        return fingerprint_is_valid(slice_of(t->pin)) ||
               failure_say(f, "--pin: expected \"ed25519:\" or \"SHA256:\" "
                              "and 64 lower-case hex digits");
    if (!tls_trust_is_name(slice_of(t->server_name)))
        return failure_say(f, "--server-name: expected 1 to %d bytes",
                           TLS_NAME_MAX);
    return read_roots(t, f);
}

bool target_read(struct target *t, struct failure *ret_failure)
{
    buf_init(&t->token, BOUNDS_FILE_MAX);
    return read_proof(t, ret_failure) && target_resolve(t, ret_failure) &&
           papers_read(&t->papers, false, ret_failure) &&
           (!t->token_file ||
            files_read_token(t->token_file, &t->token, ret_failure) ||
            failure_wrap(ret_failure, "--token-file: "));
}

struct adapter_dial target_dial(const struct target *t)
{
    struct adapter_dial dial = {
        .to = t->to,
        .quic = quic_config_default(entropy_system()),
    };

    if (t->pin)
        dial.pin = slice_of(t->pin);
    else
        dial.trust = (struct tls_trust){t->roots, slice_of(t->server_name),
                                        entropy_wall_s()};
    return dial;
}

static json_t *trouble(const char *kind, const char *message)
{
    return json_pack("{s:s, s:s}", "kind", kind, "message", message);
}

json_t *target_trouble(const struct adapter_end *end, bool was_open)
{
    if (end->layer == QUIC_LAYER_TLS)
        return trouble("tls_setup", end->by == QUIC_BY_US
                                        ? "the peer is not who it should be"
                                        : "the peer refused the handshake");
    if (was_open)
        return trouble("connection_closed", "the connection ended");
    return trouble("transport", "nobody answers there");
}

void target_clear(struct target *t)
{
    papers_clear(&t->papers);
    tls_roots_free(t->roots);
    buf_wipe(&t->token);
}
