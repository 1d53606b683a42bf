/* SPDX-License-Identifier: MIT */
/*
 * By what the one we dial is known, out of --pin, or --server-name and --ca: a
 * fingerprint, or an authority's word for a name [CC-9].
 */
#ifndef REF_BIN_REMOTE_H
#define REF_BIN_REMOTE_H

#include "ref/quic/adapter.h"

struct remote {
    const char *pin, *server_name, *ca; /* options, or NULL */
    struct tls_roots *roots;            /* owned; NULL with a pin */
};

/* Looks at the options and reads the file; without --ca the authorities are the
 * system's. False with a sentence naming the option. */
bool remote_read(struct remote *r, struct failure *ret_failure);

/* What a dial has to know of it. Borrowed from `r`. */
void remote_aim(const struct remote *r, struct adapter_dial *ret_dial);

void remote_clear(struct remote *r);

#endif
