/* SPDX-License-Identifier: MIT */
/*
 * Who is let in by what they show: raw keys and certificates, each side with
 * what it has, and authorities on a date that is a number.
 */
#include "ref/quic/tls.h"
#include "ref/quic/tls_cert.h"
#include "ref/test/pair.h"

#include <gnutls/x509.h>

#define TODAY 1800000000 /* 2027 */
#define DAY 86400

static struct buf ca_der, leaf_der; /* of the authority, of the acceptor */
static struct tls_roots *roots;
static uint8_t ca_seed[TLS_SEED_LEN], leaf_seed[TLS_SEED_LEN];

static int begin(void **state)
{
    pair_begin(state);
    memset(ca_seed, 31, sizeof ca_seed);
    memset(leaf_seed, 32, sizeof leaf_seed);
    buf_init(&ca_der, 1 << 20);
    buf_init(&leaf_der, 1 << 20);
    pair.dial.verifier = (struct tls_verifier){NULL, NULL};
    return 0;
}

static int end(void **state)
{
    pair_end(state);
    tls_roots_free(roots);
    roots = NULL;
    buf_clear(&ca_der);
    buf_clear(&leaf_der);
    return 0;
}

static void make(const struct tls_cert_form *form, struct buf *ret)
{
    struct failure f;

    if (!tls_cert_make(form, ret, &f))
        fail_msg("%s", f.sentence);
}

static void make_ca(void)
{
    struct failure f;

    make(&(struct tls_cert_form){.seed = ca_seed,
                                 .name = "authority",
                                 .is_authority = true,
                                 .ends_s = TLS_CERT_NEVER},
         &ca_der);
    roots = tls_roots_new(buf_slice(&ca_der), &f);
    assert_non_null(roots);
}

/* Signed by the authority, for `name`, valid on one day only. */
static void make_leaf(const char *name, int64_t day_s)
{
    make_ca();
    make(&(struct tls_cert_form){.seed = leaf_seed,
                                 .name = name,
                                 .begins_s = day_s,
                                 .ends_s = day_s + DAY,
                                 .issuer = buf_slice(&ca_der),
                                 .issuer_seed = ca_seed},
         &leaf_der);
}

static void make_self_signed(void)
{
    make(&(struct tls_cert_form){.seed = leaf_seed,
                                 .name = "pinned",
                                 .ends_s = TLS_CERT_NEVER},
         &leaf_der);
}

static struct tls_certificate certificate(void)
{
    return (struct tls_certificate){
        .chain = buf_slice(&leaf_der),
        .secret = slice_make(leaf_seed, sizeof leaf_seed)};
}

/* The side shows the certificate, and besides its raw key if it may keep it. */
static void show_certificate(struct pair_side *side, bool keeps_raw)
{
    const struct tls_certificate c = certificate();
    struct failure f;

    if (!keeps_raw) {
        tls_key_free(side->key);
        side->key = tls_key_new_x509(&c, &f);
    } else if (!tls_key_add_x509(side->key, &c, &f)) {
        fail_msg("%s", f.sentence);
    }
    if (!side->key)
        fail_msg("%s", f.sentence);
}

static void answer(void)
{
    struct quic_config config = pair_config(&pair.acceptor);

    config.verifier = (struct tls_verifier){NULL, NULL};
    pair_listen(&config);
}

static void serve_certificate(void)
{
    show_certificate(&pair.acceptor, false);
    answer();
}

static void trust(const char *name, int64_t today_s)
{
    pair.dial.wanted = TLS_PEER_X509;
    pair.dial.trust = (struct tls_trust){roots, slice_of(name), today_s};
}

static void is_let_in(void)
{
    pair_open();
    assert_int_equal(quic_peer_kind(pair.dialler.quic), TLS_PEER_X509);
    t_same_bytes(quic_peer_der(pair.dialler.quic), buf_slice(&leaf_der));
}

static void is_refused(enum quic_by by)
{
    pair_dial();
    pair_run(PAIR_S);
    assert_int_equal(pair.dialler.opened_count, 0);
    assert_int_equal(pair.dialler.closed_count, 1);
    assert_int_equal(pair.dialler.closed.layer, QUIC_LAYER_TLS);
    assert_int_equal(pair.dialler.closed.by, by);
    assert_null(pair.acceptor.quic);
}

/* -------------------------------------------------------- both kinds */

static void a_certificate_is_shown_and_proven(void **state)
{
    (void)state;
    make_self_signed();
    serve_certificate();
    is_let_in();
    assert_int_equal(quic_peer_kind(pair.acceptor.quic), TLS_PEER_RAW_KEY);
}

/* [CC-12] */
static void a_client_certificate_is_shown_and_proven(void **state)
{
    (void)state;
    make_self_signed();
    answer();
    show_certificate(&pair.dialler, false);
    pair.dial.key = pair.dialler.key;
    pair_open();
    assert_int_equal(quic_peer_kind(pair.acceptor.quic), TLS_PEER_X509);
    t_same_bytes(quic_peer_der(pair.acceptor.quic), buf_slice(&leaf_der));
    assert_int_equal(quic_peer_kind(pair.dialler.quic), TLS_PEER_RAW_KEY);
}

/* [CC-15] */
static void one_listener_shows_what_is_asked_for(void **state)
{
    (void)state;
    make_self_signed();
    show_certificate(&pair.acceptor, true);
    answer();
    pair.dial.wanted = TLS_PEER_X509;
    is_let_in();
    pair.dial.wanted = TLS_PEER_RAW_KEY;
    pair_dial();
    pair_run(PAIR_S);
    assert_int_equal(pair.dialler.opened_count, 2);
    assert_int_equal(quic_peer_kind(pair.dialler.quic), TLS_PEER_RAW_KEY);
    t_same_bytes(quic_peer_der(pair.dialler.quic),
                 tls_key_spki(pair.acceptor.key));
}

static void what_is_not_there_cannot_be_had(void **state)
{
    (void)state;
    answer();
    pair.dial.wanted = TLS_PEER_X509;
    is_refused(QUIC_BY_THEM);
}

static void a_raw_key_cannot_be_had_of_a_certificate(void **state)
{
    (void)state;
    make_self_signed();
    serve_certificate();
    pair.dial.wanted = TLS_PEER_RAW_KEY;
    is_refused(QUIC_BY_THEM);
}

static void a_stolen_certificate_is_refused(void **state)
{
    struct tls_certificate c;
    struct failure f;

    (void)state;
    make_self_signed();
    c = certificate();
    c.secret = slice_make(ca_seed, sizeof ca_seed);
    assert_null(tls_key_new_x509(&c, &f));
    assert_non_null(strstr(f.sentence, "the certificate: "));
    c.is_stolen = true;
    tls_key_free(pair.dialler.key);
    pair.dial.key = pair.dialler.key = tls_key_new_x509(&c, &f);
    answer();
    is_refused(QUIC_BY_THEM);
    assert_int_equal(endpoint_refused_count(pair.acceptor.endpoint), 1);
}

/* ------------------------------------------------------------ authorities */

/* [CC-9] */
static void a_path_to_the_authority_is_enough(void **state)
{
    (void)state;
    make_leaf("good.example", TODAY);
    serve_certificate();
    trust("good.example", TODAY + 1);
    is_let_in();
}

/* [CC-9] */
static void another_name_is_refused(void **state)
{
    (void)state;
    make_leaf("good.example", TODAY);
    serve_certificate();
    trust("other.example", TODAY + 1);
    is_refused(QUIC_BY_US);
}

static void an_expired_certificate_is_refused(void **state)
{
    (void)state;
    make_leaf("good.example", TODAY - DAY);
    serve_certificate();
    trust("good.example", TODAY + 1);
    is_refused(QUIC_BY_US);
}

static void a_certificate_of_tomorrow_is_refused(void **state)
{
    (void)state;
    make_leaf("good.example", TODAY + DAY);
    serve_certificate();
    trust("good.example", TODAY + 1);
    is_refused(QUIC_BY_US);
}

static void who_signs_for_itself_has_no_authority(void **state)
{
    (void)state;
    make_ca();
    make_self_signed();
    serve_certificate();
    trust("pinned", TODAY);
    is_refused(QUIC_BY_US);
}

/* [CC-9] */
static void a_raw_key_has_no_authority(void **state)
{
    (void)state;
    make_ca();
    answer();
    trust("good.example", TODAY);
    pair.dial.wanted = TLS_PEER_NONE;
    is_refused(QUIC_BY_US);
}

static void no_name_is_no_trust(void **state)
{
    const struct tls_trust wanted = {NULL, slice_of(""), TODAY};
    struct failure f;
    char longest[TLS_NAME_MAX + 2];

    (void)state;
    memset(longest, 'a', sizeof longest);
    assert_true(tls_trust_is_name(slice_make(longest, TLS_NAME_MAX)));
    assert_false(tls_trust_is_name(slice_make(longest, TLS_NAME_MAX + 1)));
    assert_false(tls_trust_is_name(slice_make("a\0b", 3)));
    assert_false(tls_trust_is_name(wanted.server_name));
    make_ca();
    trust("", TODAY);
    assert_null(endpoint_dial(pair.dialler.endpoint, &pair.acceptor.address,
                              &pair.dial, pair.now_ns, &f));
}

static void rubbish_is_no_authority(void **state)
{
    static const char *const texts[] = {
        "", "0", "hello",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"};
    struct failure f;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_null(tls_roots_new(slice_of(texts[i]), &f));
        assert_non_null(strstr(f.sentence, "expected certificates"));
    }
}

/* ---------------------------------------------------- strange certificates */

/* The acceptor's certificate, as `twist` wants it. */
static void make_strange(void (*twist)(gnutls_x509_crt_t crt))
{
    gnutls_datum_t der = {NULL, 0}, text;
    gnutls_x509_crt_t crt, ca;
    gnutls_x509_privkey_t secret;

    make_leaf("good.example", TODAY);
    der = (gnutls_datum_t){leaf_der.data, (unsigned)leaf_der.len};
    text = (gnutls_datum_t){ca_der.data, (unsigned)ca_der.len};
    gnutls_x509_crt_init(&crt);
    gnutls_x509_crt_init(&ca);
    assert_int_equal(gnutls_x509_crt_import(crt, &der, GNUTLS_X509_FMT_DER), 0);
    assert_int_equal(gnutls_x509_crt_import(ca, &text, GNUTLS_X509_FMT_DER), 0);
    twist(crt);
    assert_int_equal(
        tls_key_read_secret(slice_make(ca_seed, TLS_SEED_LEN), &secret), 0);
    assert_int_equal(
        gnutls_x509_crt_sign2(crt, ca, secret, GNUTLS_DIG_SHA512, 0), 0);
    assert_int_equal(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &text),
                     0);
    buf_reset(&leaf_der);
    assert_true(buf_add(&leaf_der, slice_make(text.data, text.size)));
    gnutls_free(text.data);
    gnutls_x509_privkey_deinit(secret);
    gnutls_x509_crt_deinit(ca);
    gnutls_x509_crt_deinit(crt);
}

static bool is_believed(void)
{
    const struct tls_trust wanted = {roots, slice_of("good.example"),
                                     TODAY + 1};
    const struct slice chain = buf_slice(&leaf_der);

    return tls_trust_accepts(&wanted, &chain, 1);
}

static void only_sign_others(gnutls_x509_crt_t crt)
{
    assert_int_equal(
        gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_KEY_CERT_SIGN), 0);
}

static void only_for_clients(gnutls_x509_crt_t crt)
{
    assert_int_equal(
        gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_CLIENT, 0),
        0);
}

static void of_absurd_size(gnutls_x509_crt_t crt)
{
    static uint8_t much[200 * 1024];

    assert_int_equal(gnutls_x509_crt_set_extension_by_oid(crt, "1.2.3.4", much,
                                                          sizeof much, 0),
                     0);
}

static void of_great_size(gnutls_x509_crt_t crt)
{
    static uint8_t much[20 * 1024];

    assert_int_equal(gnutls_x509_crt_set_extension_by_oid(crt, "1.2.3.4", much,
                                                          sizeof much, 0),
                     0);
}

static void a_key_that_is_not_for_signing_is_refused(void **state)
{
    (void)state;
    make_strange(only_sign_others);
    assert_false(is_believed());
    serve_certificate();
    is_refused(QUIC_BY_THEM); /* GnuTLS does not even serve it */
}

static void a_certificate_for_clients_does_not_serve(void **state)
{
    (void)state;
    make_strange(only_for_clients);
    serve_certificate();
    trust("good.example", TODAY + 1);
    is_refused(QUIC_BY_US);
}

static void a_great_certificate_is_taken(void **state)
{
    (void)state;
    make_strange(of_great_size);
    assert_true(is_believed());
    serve_certificate();
    trust("good.example", TODAY + 1);
    is_let_in();
}

static void a_certificate_of_absurd_size_is_refused(void **state)
{
    (void)state;
    make_strange(of_absurd_size);
    serve_certificate();
    trust("good.example", TODAY + 1);
    pair_dial();
    pair_run(30 * PAIR_S);
    assert_int_equal(pair.dialler.opened_count, 0);
    assert_int_equal(pair.dialler.closed_count, 1);
    assert_null(pair.acceptor.quic);
}

/* ------------------------------------------------------- files and ALPN */

static void pem_is_read_like_der(void **state)
{
    struct tls_certificate c;
    struct tls_key *key;
    struct buf pem;
    struct failure f;

    (void)state;
    make_self_signed();
    buf_init(&pem, 1 << 20);
    assert_true(tls_cert_print(buf_slice(&leaf_der), &pem, &f));
    assert_false(tls_cert_print(slice_of("0"), &pem, &f));
    c = certificate();
    c.chain = buf_slice(&pem);
    key = tls_key_new_x509(&c, &f);
    assert_non_null(key);
    t_same_bytes(tls_key_leaf(key), buf_slice(&leaf_der));
    assert_int_equal(tls_key_spki(key).len, 0);
    tls_key_free(key);
    c.chain = slice_of("nonsense");
    assert_null(tls_key_new_x509(&c, &f));
    c.chain = slice_make(NULL, 0);
    assert_null(tls_key_new_x509(&c, &f));
    c = certificate();
    c.secret = slice_of("nonsense");
    assert_null(tls_key_new_x509(&c, &f));
    buf_clear(&pem);
}

static void the_same_form_gives_the_same_bytes(void **state)
{
    struct buf again;

    (void)state;
    make_self_signed();
    buf_init(&again, 1 << 20);
    buf_put_slice(&again, buf_slice(&leaf_der));
    buf_reset(&leaf_der);
    make_self_signed();
    t_same_bytes(buf_slice(&again), buf_slice(&leaf_der));
    buf_clear(&again);
}

/* [AL-7] */
static void one_protocol_of_several_is_enough(void **state)
{
    (void)state;
    pair.dial.alpn = slice_of("h3,alknet/call/v2,alknet/call");
    pair_open();
}

static void none_of_several_is_alert_120(void **state)
{
    (void)state;
    pair.dial.alpn = slice_of("h3,Alknet/Call");
    is_refused(QUIC_BY_THEM);
    assert_int_equal(pair.dialler.closed.code, 120);
}

static void too_many_protocols_are_refused(void **state)
{
    struct failure f;

    (void)state;
    pair.dial.alpn = slice_of("a,b,c,d,e");
    assert_null(endpoint_dial(pair.dialler.endpoint, &pair.acceptor.address,
                              &pair.dial, pair.now_ns, &f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
        TEST(a_certificate_is_shown_and_proven),
        TEST(a_client_certificate_is_shown_and_proven),
        TEST(one_listener_shows_what_is_asked_for),
        TEST(what_is_not_there_cannot_be_had),
        TEST(a_raw_key_cannot_be_had_of_a_certificate),
        TEST(a_stolen_certificate_is_refused),
        TEST(a_path_to_the_authority_is_enough),
        TEST(another_name_is_refused),
        TEST(an_expired_certificate_is_refused),
        TEST(a_certificate_of_tomorrow_is_refused),
        TEST(who_signs_for_itself_has_no_authority),
        TEST(a_raw_key_has_no_authority),
        TEST(no_name_is_no_trust),
        TEST(rubbish_is_no_authority),
        TEST(a_key_that_is_not_for_signing_is_refused),
        TEST(a_certificate_for_clients_does_not_serve),
        TEST(a_great_certificate_is_taken),
        TEST(a_certificate_of_absurd_size_is_refused),
        TEST(pem_is_read_like_der),
        TEST(the_same_form_gives_the_same_bytes),
        TEST(one_protocol_of_several_is_enough),
        TEST(none_of_several_is_alert_120),
        TEST(too_many_protocols_are_refused),
    };

    return cmocka_run_group_tests_name("tls", tests, NULL, NULL);
}
