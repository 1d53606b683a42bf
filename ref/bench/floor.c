/* SPDX-License-Identifier: MIT */
/*
 * The floor: what the same bytes cost where nothing is done with them. One TLS
 * 1.3 session over TCP, Ed25519, four bytes of length and a request's JSON,
 * and the server sends it back as it came: no streams, no parsing, no rules.
 * All that came in together goes out together.
 */
#include "ref/base/buf.h"
#include "ref/base/xalloc.h"
#include "ref/bench/bench.h"
#include "ref/host/entropy.h"
#include "ref/quic/tls_cert.h"
#include "ref/quic/tls_key.h"

#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define PRIORITY                                                               \
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM:-GROUP-ALL:"       \
    "+GROUP-X25519"
#define BODY                                                                   \
    "{\"type\":\"call.requested\",\"id\":\"00000000-0000-4000-8000-"           \
    "000000000000\",\"payload\":{\"operationId\":\"/" BENCH_OPERATION          \
    "\",\"input\":" BENCH_INPUT "}}"
#define FRAME (4 + sizeof BODY - 1)
#define BURST (BENCH_DEPTH_MAX * FRAME)

static const uint8_t seed[TLS_SEED_LEN] = {1};
static const struct bench *measured; /* for what goes wrong */

/* Whatever goes wrong here goes wrong for no fault of the caller's. */
static void need(bool is_good, const char *sentence)
{
    if (!is_good)
        bench_fail(measured, sentence);
}

static struct tls_key *make_key(void)
{
    const struct tls_cert_form form = {
        .seed = seed, .name = "floor", .ends_s = TLS_CERT_NEVER};
    struct tls_certificate certificate = {.secret =
                                              slice_make(seed, sizeof seed)};
    struct failure failure;
    struct tls_key *key;
    struct buf der;

    buf_init(&der, 4096);
    need(tls_cert_make(&form, &der, &failure), failure.sentence);
    certificate.chain = buf_slice(&der);
    key = tls_key_new_x509(&certificate, &failure);
    need(key, failure.sentence);
    buf_clear(&der);
    return key;
}

static gnutls_session_t shake_hands(int fd, unsigned side, struct tls_key *key)
{
    gnutls_session_t session;
    int yes = 1;

    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    need(!gnutls_init(&session, side | GNUTLS_NO_TICKETS) &&
             !gnutls_priority_set_direct(session, PRIORITY, NULL) &&
             !gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
                                     tls_key_holdings(key)),
         "GnuTLS refuses");
    gnutls_transport_set_int(session, fd);
    need(!gnutls_handshake(session), "no handshake");
    return session;
}

/* One record; 0 at the end. */
static size_t receive(gnutls_session_t session, uint8_t *bytes, size_t len_max)
{
    ssize_t n = gnutls_record_recv(session, bytes, len_max);

    return n > 0 ? (size_t)n : 0;
}

static void send_all(gnutls_session_t session, struct slice bytes)
{
    while (bytes.len) {
        ssize_t n = gnutls_record_send(session, bytes.data, bytes.len);

        need(n > 0, "the connection ended");
        bytes = slice_skip(bytes, (size_t)n);
    }
}

/* ---------------------------------------------------------------- answering */

static void serve(int tell)
{
    static const struct bench nobody = {.name = "floor server"};
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    static uint8_t bytes[BURST];
    gnutls_session_t session;
    size_t n;

    measured = &nobody;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    need(!bind(listener, (struct sockaddr *)&at, len) && !listen(listener, 1) &&
             !getsockname(listener, (struct sockaddr *)&at, &len) &&
             write(tell, &at, sizeof at) == sizeof at,
         "no socket");
    session =
        shake_hands(accept(listener, NULL, NULL), GNUTLS_SERVER, make_key());
    while ((n = receive(session, bytes, sizeof bytes)))
        send_all(session, slice_make(bytes, n));
}

/* ------------------------------------------------------------------- asking */

static uint64_t asked_ns[BENCH_DEPTH_MAX]; /* a ring: answers come in order */

/* As many requests as are due, in one piece. */
static void ask(struct bench *b, gnutls_session_t session, size_t due)
{
    static uint8_t out[BURST];
    uint64_t now_ns = entropy_now_ns();
    size_t len = 0;

    for (; due && bench_may_ask(b); due--, len += FRAME) {
        asked_ns[(b->asked - 1) % b->depth] = now_ns;
        memcpy(out + len, (const uint8_t[4]){0, 0, 0, sizeof BODY - 1}, 4);
        memcpy(out + len + 4, BODY, sizeof BODY - 1);
    }
    send_all(session, slice_make(out, len));
}

/* Counts the answers that are complete; how many. */
static size_t count(struct bench *b, size_t *received)
{
    uint64_t now_ns = entropy_now_ns();
    size_t n = 0;

    for (; *received >= FRAME; *received -= FRAME, n++)
        bench_answered(b, asked_ns[b->answered % b->depth], now_ns);
    return n;
}

int main(int argc, char **argv)
{
    static uint8_t in[BURST];
    struct sockaddr_in to;
    gnutls_session_t session;
    int fd, from_server;
    size_t received = 0;
    struct bench b;

    bench_read(&b, argc, argv);
    measured = &b;
    from_server = bench_serve(&b, serve);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    need(read(from_server, &to, sizeof to) == sizeof to &&
             !connect(fd, (struct sockaddr *)&to, sizeof to),
         "nobody answers");
    session = shake_hands(fd, GNUTLS_CLIENT, make_key());
    ask(&b, session, b.depth);
    while (!bench_is_done(&b)) {
        size_t n = receive(session, in, sizeof in);

        need(n > 0, "the connection ended");
        received += n;
        ask(&b, session, count(&b, &received));
    }
    bench_print(&b);
    gnutls_deinit(session);
    return 0;
}
