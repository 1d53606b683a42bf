/* SPDX-License-Identifier: MIT */
/* See remote.h. */
#include "ref/bin/remote.h"
#include "ref/host/entropy.h"
#include "ref/host/files.h"

/* Where the system keeps its authorities [CC-11]. */
#define SYSTEM_CA "/etc/ssl/certs/ca-certificates.crt"

static bool read_roots(struct remote *r, struct failure *f)
{
    struct buf text;

    if (!files_read(r->ca ? r->ca : SYSTEM_CA, &text, f))
        return failure_wrap(f, "--ca: ");
    r->roots = tls_roots_new(buf_slice(&text), f);
    buf_clear(&text);
    return r->roots || failure_wrap(f, "--ca: ");
}

bool remote_read(struct remote *r, struct failure *ret_failure)
{
    if (!r->pin && !r->server_name)
        return failure_say(ret_failure,
                           "--pin is missing (or --server-name NAME)");
    if (r->pin && (r->server_name || r->ca))
        return failure_say(ret_failure, "--pin: expected without --server-name "
                                        "and --ca, which it makes idle");
    if (r->pin)
        return fingerprint_is_valid(slice_of(r->pin)) ||
               failure_say(ret_failure,
                           "--pin: expected \"ed25519:\" or \"SHA256:\" and "
                           "64 lower-case hex digits");
    if (!tls_trust_is_name(slice_of(r->server_name)))
        return failure_say(ret_failure, "--server-name: expected 1 to %d bytes",
                           TLS_NAME_MAX);
    return read_roots(r, ret_failure);
}

void remote_aim(const struct remote *r, struct adapter_dial *ret_dial)
{
    if (r->pin)
        ret_dial->pin = slice_of(r->pin);
    else
        ret_dial->trust = (struct tls_trust){r->roots, slice_of(r->server_name),
                                             entropy_wall_s()};
}

void remote_clear(struct remote *r)
{
    tls_roots_free(r->roots);
}
