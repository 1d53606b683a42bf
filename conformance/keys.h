/* SPDX-License-Identifier: MIT */
/*
 * As whom we come to a connection: which of our keys, and on what paper. What
 * they are made of is in secrets.h and papers.h.
 */
#ifndef CONFORMANCE_KEYS_H
#define CONFORMANCE_KEYS_H

#include <stdbool.h>

/* Keys of ours, made from the run's seed. With NONE we show no key where we
 * dial; where we are dialled we show one that nobody knows. */
enum stage_key {
    STAGE_KEY_NONE,
    STAGE_KEY_A,
    STAGE_KEY_B,
    STAGE_KEY_C,
    STAGE_KEYS
};

/* The name that our authority gives to what it signs. */
#define STAGE_NAME "peer.callspec.test"

/* What we show of a key. At L1 there are only raw keys. */
enum conn_paper {
    CONN_RAW_KEY,
    CONN_CERTIFICATE, /* of the key, signed by itself */
    CONN_ISSUED,      /* by our authority, for STAGE_NAME */
    CONN_EXPIRED,     /* likewise, and long over */
    CONN_PAPERS
};

struct conn_how {
    enum stage_key key;    /* who we are */
    enum conn_paper paper; /* as what we show it */
    bool is_trusted;       /* `trusted_peer`, where the testee dials */
    unsigned dial;         /* DIAL_US or DIAL_THEM; 0: as the axis says */
    /* L2 only: */
    bool wants_certificate;  /* where we dial: the testee's, not its raw key */
    const char *server_name; /* where the testee dials: no pin, but the word of
                                our authority for that name */
    bool is_impostor;        /* we show that key without having its secret */
    const char *pin;  /* where the testee dials: another pin; NULL: ours */
    const char *alpn; /* where we dial: other ALPNs, commas between, the best
                         first; NULL: the right one */
};

#endif
