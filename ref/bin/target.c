/* SPDX-License-Identifier: MIT */
/* See target.h. */
#include "ref/bin/target.h"
#include "ref/base/bounds.h"
#include "ref/host/entropy.h"
#include "ref/host/udp.h"

void target_words(struct target *t, struct options_word ret[TARGET_WORDS])
{
    const struct options_word words[TARGET_WORDS] = {
        {"ADDR", OPTIONS_ONCE, NULL, &t->addr},
        {"--pin", OPTIONS_ONCE, NULL, &t->pin},
        {"--key", OPTIONS_MAYBE, NULL, &t->key},
        {"--token-file", OPTIONS_MAYBE, NULL, &t->token_file},
    };

    memcpy(ret, words, sizeof words);
}

bool target_resolve(struct target *t, struct failure *ret_failure)
{
    return udp_address_resolve(slice_of(t->addr), &t->to, ret_failure) ||
           failure_wrap(ret_failure, "ADDR: ");
}

bool target_read(struct target *t, struct failure *ret_failure)
{
    buf_init(&t->token, BOUNDS_FILE_MAX);
    if (!fingerprint_is_valid(slice_of(t->pin)))
        return failure_say(ret_failure,
                           "--pin: expected \"ed25519:\" or \"SHA256:\" "
                           "and 64 lower-case hex digits");
    if (!target_resolve(t, ret_failure))
        return false;
    if (t->key && !files_read_key(t->key, t->seed, ret_failure))
        return failure_wrap(ret_failure, "--key: ");
    return !t->token_file ||
           files_read_token(t->token_file, &t->token, ret_failure) ||
           failure_wrap(ret_failure, "--token-file: ");
}

const uint8_t *target_seed(const struct target *t)
{
    return t->key ? t->seed : NULL;
}

struct adapter_dial target_dial(const struct target *t)
{
    return (struct adapter_dial){
        .to = t->to,
        .pin = slice_of(t->pin),
        .quic = quic_config_default(entropy_system()),
    };
}

static json_t *trouble(const char *kind, const char *message)
{
    return json_pack("{s:s, s:s}", "kind", kind, "message", message);
}

json_t *target_trouble(const struct adapter_end *end, bool was_open)
{
    if (end->layer == QUIC_LAYER_TLS)
        return trouble("tls_setup", end->by == QUIC_BY_US
                                        ? "the peer's key is not the pinned one"
                                        : "the peer refused the handshake");
    if (was_open)
        return trouble("connection_closed", "the connection ended");
    return trouble("transport", "nobody answers there");
}

void target_clear(struct target *t)
{
    volatile uint8_t *byte = t->seed;

    for (size_t i = 0; i < sizeof t->seed; i++)
        byte[i] = 0;
    buf_wipe(&t->token);
}
