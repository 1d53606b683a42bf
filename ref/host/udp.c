/* SPDX-License-Identifier: MIT */
/*
 * Sockets of both families, bound, never blocking. What the kernel refuses to
 * send is lost, as on any network; QUIC will send it again.
 */
#include "ref/host/udp.h"
#include "ref/base/buf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a burst of a few connections needs. The kernel gives what its limits
 * allow and does not complain. */
#define SOCKET_BUFFER (4 * 1024 * 1024)

#define HOST_LEN_MAX 255 /* a domain name */
#define PORT_LEN_MAX 5

/* ------------------------------------------------------------- the sockets */

/* The address as the system's calls take it. */
struct sock {
    struct sockaddr_storage at;
    socklen_t len;
};

static struct sock sock_of(const struct address *a)
{
    struct sock s = {.len = (socklen_t)a->len};

    memcpy(&s.at, a->bytes, a->len);
    return s;
}

static struct address address_of(const struct sock *s)
{
    struct address a = {.len = (uint32_t)s->len};

    assert(s->len <= ADDRESS_LEN_MAX);
    memcpy(a.bytes, &s->at, s->len);
    return a;
}

static bool say(struct failure *ret_failure, const struct address *a,
                const char *what)
{
    char text[UDP_TEXT_LEN_MAX];
    int code = errno;

    udp_address_print(a, text);
    return failure_say(ret_failure, "%s: %s: %s", text, what, strerror(code));
}

static void set_option(int fd, int name, int value)
{
    (void)setsockopt(fd, SOL_SOCKET, name, &value, sizeof value);
}

static bool prepare(int fd, const struct address *local, struct sock *ret_bound)
{
    struct sock s = sock_of(local);
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
        return false;
    set_option(fd, SO_RCVBUF, SOCKET_BUFFER);
    set_option(fd, SO_SNDBUF, SOCKET_BUFFER);
    if (bind(fd, (struct sockaddr *)&s.at, s.len) < 0)
        return false;
    ret_bound->len = sizeof ret_bound->at;
    return getsockname(fd, (struct sockaddr *)&ret_bound->at,
                       &ret_bound->len) == 0;
}

bool udp_open(struct udp *u, const struct address *local,
              struct failure *ret_failure)
{
    struct sock s = sock_of(local), bound = {.len = 0};

    u->fd = socket(s.at.ss_family, SOCK_DGRAM, 0);
    if (u->fd < 0)
        return say(ret_failure, local, "no socket");
    if (!prepare(u->fd, local, &bound)) {
        (void)say(ret_failure, local, "cannot be bound");
        udp_close(u);
        return false;
    }
    u->local = address_of(&bound);
    return true;
}

void udp_close(struct udp *u)
{
    if (u->fd >= 0)
        (void)close(u->fd);
    u->fd = -1;
}

/* Errors that belong to an earlier datagram (a port that was closed) come up
 * here; there may be datagrams behind them. */
static bool is_passing(int code)
{
    return code == EINTR || code == ECONNREFUSED || code == EHOSTUNREACH ||
           code == ENETUNREACH;
}

bool udp_receive(struct udp *u, struct address *ret_from, uint8_t *bytes,
                 size_t len_max, size_t *ret_len)
{
    struct sock from = {.len = sizeof from.at};
    ssize_t n;

    do
        n = recvfrom(u->fd, bytes, len_max, 0, (struct sockaddr *)&from.at,
                     &from.len);
    while (n < 0 && is_passing(errno));
    if (n < 0)
        return false;
    *ret_from = address_of(&from);
    *ret_len = (size_t)n;
    return true;
}

void udp_send(struct udp *u, const struct address *to, struct slice bytes)
{
    struct sock s = sock_of(to);
    ssize_t n;

    do
        n = sendto(u->fd, bytes.data, bytes.len, 0, (struct sockaddr *)&s.at,
                   s.len);
    while (n < 0 && errno == EINTR);
}

/* ----------------------------------------------------------- the addresses */

struct host_port {
    char host[HOST_LEN_MAX + 1];
    char port[PORT_LEN_MAX + 1];
};

static bool copy_text(char *to, size_t len_max, struct slice text)
{
    if (!text.len || text.len > len_max || memchr(text.data, 0, text.len))
        return false;
    memcpy(to, text.data, text.len);
    to[text.len] = 0;
    return true;
}

static bool is_port(struct slice text)
{
    unsigned number = 0;

    if (text.len > PORT_LEN_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        number = number * 10 + (unsigned)(text.data[i] - '0');
    }
    return text.len && number <= 65535;
}

/* "host:port" or "[host]:port". */
static bool split(struct slice text, struct host_port *ret)
{
    struct slice host, port;
    size_t colon = text.len;

    while (colon && text.data[colon - 1] != ':')
        colon--;
    if (!colon)
        return false;
    host = slice_head(text, colon - 1);
    port = slice_skip(text, colon);
    if (host.len >= 2 && host.data[0] == '[' && host.data[host.len - 1] == ']')
        host = slice_head(slice_skip(host, 1), host.len - 2);
    else if (host.len && memchr(host.data, ':', host.len))
        return false;
    return is_port(port) && copy_text(ret->host, HOST_LEN_MAX, host) &&
           copy_text(ret->port, PORT_LEN_MAX, port);
}

/* The resolver's first answer; its code otherwise. */
static int look_up(const struct host_port *hp, int flags,
                   struct address *ret_address)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_DGRAM,
                             .ai_flags = flags | AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    struct sock s;
    int code = getaddrinfo(hp->host, hp->port, &hints, &list);

    if (code)
        return code;
    s.len = list->ai_addrlen;
    memcpy(&s.at, list->ai_addr, list->ai_addrlen);
    *ret_address = address_of(&s);
    freeaddrinfo(list);
    return 0;
}

bool udp_address_parse(struct slice text, struct address *ret_address)
{
    struct host_port hp;

    return split(text, &hp) && look_up(&hp, AI_NUMERICHOST, ret_address) == 0;
}

bool udp_address_resolve(struct slice text, struct address *ret_address,
                         struct failure *ret_failure)
{
    struct host_port hp;
    int code;

    if (!split(text, &hp))
        return failure_say(ret_failure, "%.*s: not of the form host:port",
                           (int)text.len, (const char *)text.data);
    if (strcmp(hp.host, "localhost") == 0)
        (void)copy_text(hp.host, HOST_LEN_MAX, slice_of("127.0.0.1"));
    code = look_up(&hp, 0, ret_address);
    if (code)
        return failure_say(ret_failure, "%s: %s", hp.host, gai_strerror(code));
    return true;
}

void udp_address_print(const struct address *a, char text[UDP_TEXT_LEN_MAX])
{
    struct sock s = sock_of(a);
    char host[INET6_ADDRSTRLEN + 1], port[PORT_LEN_MAX + 1];
    int code = getnameinfo((struct sockaddr *)&s.at, s.len, host, sizeof host,
                           port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);

    if (code)
        (void)snprintf(text, UDP_TEXT_LEN_MAX, "no address");
    else if (s.at.ss_family == AF_INET6)
        (void)snprintf(text, UDP_TEXT_LEN_MAX, "[%s]:%s", host, port);
    else
        (void)snprintf(text, UDP_TEXT_LEN_MAX, "%s:%s", host, port);
}

struct address udp_address_any(const struct address *to)
{
    struct sock s = sock_of(to);
    sa_family_t family = s.at.ss_family;

    memset(&s.at, 0, sizeof s.at);
    s.at.ss_family = family;
    return address_of(&s);
}
