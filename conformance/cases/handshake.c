/* SPDX-License-Identifier: MIT */
/*
 * Before the first frame: which protocol is spoken, who the other side is, and
 * what it has to prove. All of it is TLS, so all of it is L2; a refusal is seen
 * from both ends, and nothing that was refused ever becomes a connection.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list handshake_cases;

#define US                                                                     \
    {                                                                          \
        .dial = DIAL_US, .lvl = LVL_L2                                         \
    }
#define THEM                                                                   \
    {                                                                          \
        .dial = DIAL_THEM, .lvl = LVL_L2                                       \
    }
#define BOTH                                                                   \
    {                                                                          \
        .lvl = LVL_L2                                                          \
    }

/* --- what all of them do */

/* It comes about, and calls are answered. */
static struct conn *verify_welcome(struct scene *s, const struct conn_how *how)
{
    struct conn *c = conn_open(s, how);

    verify_output(s, ask_them(c, "conf/echo", "{\"n\":1}"), "{\"n\":1}");
    return c;
}

/* It never comes about, by the testee's doing, and harms nobody else. */
static struct conn *verify_refused(struct scene *s, const struct conn_how *how)
{
    struct conn *c = conn_try(s, how);

    verify_that(s, !scene_find_event(s, "conn_open", NULL, NULL, 0),
                "a connection that is refused", "it was opened");
    verify_that(s, conn_is_closed(c) || !strstr(conn_end(c), "by us"),
                "a refusal by the testee", "ours: %s", conn_end(c));
    verify_alive(conn_open(s, NULL));
    return c;
}

/* --- the protocol's name */

static void alpn_fits(struct scene *s)
{
    (void)verify_welcome(s, &(struct conn_how){.alpn = scene_data(s)});
}

static void alpn_is_theirs(struct scene *s)
{
    (void)verify_welcome(s, NULL);
}

static void alpn_is_another(struct scene *s)
{
    const struct conn *c =
        verify_refused(s, &(struct conn_how){.alpn = scene_data(s)});

    verify_that(s, strcmp(conn_end(c), "tls 120") == 0, "TLS alert 120", "%s",
                conn_end(c));
}

/* --- whom the testee takes for whom */

static void pin_fits(struct scene *s)
{
    const struct conn_how *how = scene_data(s);

    (void)verify_welcome(s, how);
}

static void pin_is_of_another_key(struct scene *s)
{
    (void)verify_refused(
        s, &(struct conn_how){.key = STAGE_KEY_A,
                              .pin = stage_fingerprint(s, STAGE_KEY_B)});
}

/* The last digit is another one. */
static void pin_is_near(struct scene *s)
{
    struct conn_how how = *(const struct conn_how *)scene_data(s);
    const char *right = how.paper == CONN_CERTIFICATE
                            ? stage_certificate_fingerprint(s, how.key)
                            : stage_fingerprint(s, how.key);
    size_t last = strlen(right) - 1;

    how.pin = scene_text(s, "%.*s%c", (int)last, right,
                         right[last] == '0' ? '1' : '0');
    (void)verify_refused(s, &how);
}

static void pin_is_of_another_certificate(struct scene *s)
{
    (void)verify_refused(
        s, &(struct conn_how){
               .key = STAGE_KEY_A,
               .paper = CONN_CERTIFICATE,
               .pin = stage_certificate_fingerprint(s, STAGE_KEY_B)});
}

static void key_pin_meets_certificate(struct scene *s)
{
    (void)verify_refused(
        s, &(struct conn_how){.key = STAGE_KEY_A,
                              .paper = CONN_CERTIFICATE,
                              .pin = stage_fingerprint(s, STAGE_KEY_A)});
}

static void certificate_pin_meets_key(struct scene *s)
{
    (void)verify_refused(
        s, &(struct conn_how){
               .key = STAGE_KEY_A,
               .pin = stage_certificate_fingerprint(s, STAGE_KEY_A)});
}

/* --- proof */

/* The peer book has `peer-a`, known as that paper shows key A. */
static void known_by(struct scene *s, enum conn_paper paper)
{
    stage_peer(s,
               &(struct stage_peer){.peer_id = "peer-a",
                                    .key = STAGE_KEY_A,
                                    .is_certificate = paper == CONN_CERTIFICATE,
                                    .scopes = "conf:guarded"});
}

static void proven(struct scene *s)
{
    const struct conn_how *how = scene_data(s);
    const char *shown = how->paper == CONN_CERTIFICATE
                            ? stage_certificate_fingerprint(s, how->key)
                            : stage_fingerprint(s, how->key);
    struct conn *c;

    known_by(s, how->paper);
    c = conn_open(s, how);
    verify_same(s, "the identity of the connection", conn_identity(c),
                "{\"id\":\"peer-a\",\"scopes\":[\"conf:guarded\"]}");
    verify_that(s,
                scene_find_event(s, "conn_open", "peer_fingerprint", shown, 0),
                "the fingerprint of what we show", "another one");
    verify_output(s, ask_them(c, "conf/guarded", "1"), "1");
    verify_entered(s, "conf/guarded", 1);
}

/* Whom the testee dialled has to be refused; a dialler may also be taken for
 * nobody. */
static void stolen(struct scene *s)
{
    const struct conn_how *how = scene_data(s);
    struct conn *c;

    known_by(s, how->paper);
    if (scene_axes(s).dial == DIAL_THEM) {
        (void)verify_refused(s, how);
        return;
    }
    c = conn_try(s, how);
    if (!conn_is_closed(c) && !*conn_end(c)) {
        verify_same(s, "the identity of the connection", conn_identity(c),
                    "null");
        verify_error(s, ask_them(c, "conf/guarded", "1"), "FORBIDDEN", false);
    }
    verify_alive(conn_open(s, NULL));
    verify_entered(s, "conf/guarded", 0);
}

/* The peer book knows the key; we show a certificate of it. */
static void certificate_is_not_its_key(struct scene *s)
{
    struct conn *c;

    known_by(s, CONN_RAW_KEY);
    c = conn_open(
        s, &(struct conn_how){.key = STAGE_KEY_A, .paper = CONN_CERTIFICATE});
    verify_same(s, "the identity of the connection", conn_identity(c), "null");
    verify_error(s, ask_them(c, "conf/guarded", "1"), "FORBIDDEN", false);
    verify_entered(s, "conf/guarded", 0);
    verify_alive(c);
}

/* The engine looks whether what is shown is the testee's own. */
static void both_kinds(struct scene *s)
{
    struct conn *a;
    struct conn *b;

    stage_certify(s);
    a = verify_welcome(s, &(struct conn_how){.wants_certificate = true});
    b = verify_welcome(s, &(struct conn_how){.wants_certificate = false});
    verify_open(a);
    verify_open(b);
}

/* --- authorities */

static void authority_vouches(struct scene *s)
{
    struct conn *c =
        verify_welcome(s, &(struct conn_how){.key = STAGE_KEY_A,
                                             .paper = CONN_ISSUED,
                                             .server_name = STAGE_NAME});

    verify_same(s, "the identity of the connection", conn_identity(c), "null");
}

static void authority_does_not(struct scene *s)
{
    (void)verify_refused(s, scene_data(s));
}

static const struct conn_how raw_a = {.key = STAGE_KEY_A};
static const struct conn_how certificate_a = {.key = STAGE_KEY_A,
                                              .paper = CONN_CERTIFICATE};
static const struct conn_how stolen_raw_a = {.key = STAGE_KEY_A,
                                             .is_impostor = true};
static const struct conn_how stolen_certificate_a = {
    .key = STAGE_KEY_A, .paper = CONN_CERTIFICATE, .is_impostor = true};
static const struct conn_how another_name = {.key = STAGE_KEY_A,
                                             .paper = CONN_ISSUED,
                                             .server_name =
                                                 "other.callspec.test"};
static const struct conn_how expired = {
    .key = STAGE_KEY_A, .paper = CONN_EXPIRED, .server_name = STAGE_NAME};
static const struct conn_how self_signed = {
    .key = STAGE_KEY_A, .paper = CONN_CERTIFICATE, .server_name = STAGE_NAME};
static const struct conn_how bare_key = {.key = STAGE_KEY_A,
                                         .server_name = STAGE_NAME};

#define ALPN_DIFFERS(slug, what, name)                                         \
    {                                                                          \
        .id = slug, .rules = "AL-4 AL-6", .axes = US,                          \
        .claim = "A protocol name that " what " is another protocol.",         \
        .twin = "handshake.alpn.exact", .is_negative = true,                   \
        .run = alpn_is_another, .data = name                                   \
    }

#define NOT_VOUCHED(slug, cited, sentence, how)                                \
    {                                                                          \
        .id = slug, .rules = cited, .needs = "x509", .axes = THEM,             \
        .claim = sentence, .twin = "handshake.authority.vouches",              \
        .is_negative = true, .run = authority_does_not, .data = &(how)         \
    }

static const struct conf_case cases[] = {
    {
        .id = "handshake.alpn.exact",
        .rules = "AL-1 AL-2 AL-3",
        .axes = US,
        .claim = "Who offers the protocol's name, byte for byte, is served.",
        .run = alpn_fits,
        .data = "alknet/call",
    },
    {
        .id = "handshake.alpn.theirs",
        .rules = "AL-1 AL-2",
        .axes = THEM,
        .claim = "A dialler offers the protocol's name, byte for byte.",
        .run = alpn_is_theirs,
    },
    {
        .id = "handshake.alpn.several",
        .rules = "AL-7 AL-3",
        .axes = US,
        .claim = "Who offers several protocols is served when one of them "
                 "fits, in whatever place.",
        .run = alpn_fits,
        .data = "alknet/call/v2,h3,alknet/call",
    },
    {
        .id = "handshake.alpn.other",
        .rules = "AL-6",
        .axes = US,
        .claim = "Without a common protocol the handshake ends with TLS alert "
                 "120.",
        .twin = "handshake.alpn.exact",
        .is_negative = true,
        .run = alpn_is_another,
        .data = "h3",
    },
    ALPN_DIFFERS("handshake.alpn.upper-case", "differs in case", "Alknet/Call"),
    ALPN_DIFFERS("handshake.alpn.last-byte", "differs in its last byte",
                 "alknet/calk"),
    ALPN_DIFFERS("handshake.alpn.shorter", "lacks the last byte", "alknet/cal"),
    ALPN_DIFFERS("handshake.alpn.slash", "has a slash behind it",
                 "alknet/call/"),
    ALPN_DIFFERS("handshake.alpn.version", "has a version behind it",
                 "alknet/call/v1"),
    ALPN_DIFFERS("handshake.alpn.several-others",
                 "is in a list of others that are near it",
                 "Alknet/Call,alknet/call/,alknet/cal"),
    {
        .id = "handshake.pin.key",
        .rules = "CC-10 CC-9 CC-12 FP-1",
        .axes = THEM,
        .claim = "A raw key that has the pinned fingerprint is accepted, and "
                 "the dialler shows its own.",
        .run = pin_fits,
        .data = &raw_a,
    },
    {
        .id = "handshake.pin.another-key",
        .rules = "CC-10 CC-9",
        .axes = THEM,
        .claim = "A key that is not the pinned one is refused before any "
                 "frame.",
        .twin = "handshake.pin.key",
        .is_negative = true,
        .run = pin_is_of_another_key,
    },
    {
        .id = "handshake.pin.near",
        .rules = "CC-10 FP-4",
        .axes = THEM,
        .claim = "A pin that differs from the key's fingerprint in one digit "
                 "is another.",
        .twin = "handshake.pin.key",
        .is_negative = true,
        .run = pin_is_near,
        .data = &raw_a,
    },
    {
        .id = "handshake.pin.certificate",
        .rules = "CC-10 CC-9 FP-2",
        .needs = "x509",
        .axes = THEM,
        .claim = "A certificate that has the pinned fingerprint is accepted, "
                 "whoever signed it and for whatever name.",
        .run = pin_fits,
        .data = &certificate_a,
    },
    {
        .id = "handshake.pin.another-certificate",
        .rules = "CC-10 CC-9 FP-2",
        .needs = "x509",
        .axes = THEM,
        .claim = "A certificate that is not the pinned one is refused before "
                 "any frame.",
        .twin = "handshake.pin.certificate",
        .is_negative = true,
        .run = pin_is_of_another_certificate,
    },
    {
        .id = "handshake.pin.near-certificate",
        .rules = "CC-10 FP-4 FP-2",
        .needs = "x509",
        .axes = THEM,
        .claim = "A pin that differs from the certificate's fingerprint in "
                 "one digit is another.",
        .twin = "handshake.pin.certificate",
        .is_negative = true,
        .run = pin_is_near,
        .data = &certificate_a,
    },
    {
        .id = "handshake.pin.key-meets-certificate",
        .rules = "CC-9 CC-10",
        .axes = THEM,
        .claim = "A certificate of the pinned key is not the pinned key.",
        .twin = "handshake.pin.key",
        .is_negative = true,
        .run = key_pin_meets_certificate,
    },
    {
        .id = "handshake.pin.certificate-meets-key",
        .rules = "CC-9 CC-10",
        .needs = "x509",
        .axes = THEM,
        .claim = "The raw key of a pinned certificate is not the pinned "
                 "certificate.",
        .twin = "handshake.pin.certificate",
        .is_negative = true,
        .run = certificate_pin_meets_key,
    },
    {
        .id = "handshake.key.proven",
        .rules = "AU-11 FP-1 AU-2",
        .needs = "access",
        .axes = BOTH,
        .claim = "Who signs for a known raw key is that peer, whoever dialled.",
        .run = proven,
        .data = &raw_a,
    },
    {
        .id = "handshake.key.stolen",
        .rules = "AU-11 CC-10",
        .needs = "access",
        .axes = BOTH,
        .claim = "Who shows a known raw key and cannot sign for it is not that "
                 "peer.",
        .twin = "handshake.key.proven",
        .is_negative = true,
        .run = stolen,
        .data = &stolen_raw_a,
    },
    {
        .id = "handshake.certificate.proven",
        .rules = "FP-2 CC-13 AU-11",
        .needs = "access x509",
        .axes = BOTH,
        .claim = "Who signs for a certificate is the peer that is known by its "
                 "fingerprint, without any authority, whoever dialled.",
        .run = proven,
        .data = &certificate_a,
    },
    {
        .id = "handshake.certificate.stolen",
        .rules = "AU-11 CC-10",
        .needs = "access x509",
        .axes = BOTH,
        .claim = "Who shows a known certificate and cannot sign for it is not "
                 "that peer.",
        .twin = "handshake.certificate.proven",
        .is_negative = true,
        .run = stolen,
        .data = &stolen_certificate_a,
    },
    {
        .id = "handshake.certificate.not-its-key",
        .rules = "FP-2 FP-4",
        .needs = "access x509",
        .axes = BOTH,
        .claim = "A certificate is named by its hash, also when the peer book "
                 "has the Ed25519 key inside it.",
        .twin = "handshake.certificate.proven",
        .is_negative = true,
        .run = certificate_is_not_its_key,
    },
    {
        .id = "handshake.listener.both-kinds",
        .rules = "FP-1 FP-2",
        .needs = "x509",
        .axes = US,
        .claim = "One listener shows its raw key to who asks for that, and its "
                 "certificate to who asks for a certificate.",
        .run = both_kinds,
    },
    {
        .id = "handshake.authority.vouches",
        .rules = "CC-9 CC-16",
        .needs = "x509",
        .axes = THEM,
        .claim = "Without a pin a certificate for the expected name that leads "
                 "to the authority is accepted, and makes its owner no peer.",
        .run = authority_vouches,
    },
    NOT_VOUCHED("handshake.authority.another-name", "CC-9",
                "A certificate for another name is refused.", another_name),
    NOT_VOUCHED("handshake.authority.expired", "CC-9",
                "A certificate whose time is over is refused.", expired),
    NOT_VOUCHED("handshake.authority.self-signed", "CC-9 CC-8",
                "A certificate that no authority signed is refused when there "
                "is no pin.",
                self_signed),
    NOT_VOUCHED("handshake.authority.raw-key", "CC-9 CC-8",
                "A raw key is refused when there is no pin: no authority "
                "speaks for it.",
                bare_key),
};

const struct case_list handshake_cases = {cases,
                                          sizeof cases / sizeof cases[0]};
