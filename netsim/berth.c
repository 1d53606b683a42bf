/* SPDX-License-Identifier: MIT */
/* See berth.h. The numbers lie in an address of fd00::/8, most significant
 * byte first: fd00:0000:NODE:0000:TIE. */
#include "netsim/berth.h"

#include <netinet/in.h>

static_assert(sizeof(struct sockaddr_in6) <= ADDRESS_LEN_MAX, "it fits");

#define NODE_AT 4
#define TIE_AT 12

static void number_write(uint8_t *at, uint32_t number)
{
    number = htonl(number);
    memcpy(at, &number, sizeof number);
}

static uint32_t number_read(const uint8_t *at)
{
    uint32_t number;

    memcpy(&number, at, sizeof number);
    return ntohl(number);
}

struct address berth_address(struct berth p)
{
    struct sockaddr_in6 in = {.sin6_family = AF_INET6,
                              .sin6_port = htons(p.port)};
    struct address a = {.len = sizeof in};

    in.sin6_addr.s6_addr[0] = 0xfd;
    number_write(in.sin6_addr.s6_addr + NODE_AT, p.node);
    number_write(in.sin6_addr.s6_addr + TIE_AT, p.tie);
    memcpy(a.bytes, &in, sizeof in);
    return a;
}

struct berth berth_of(const struct address *a)
{
    struct sockaddr_in6 in;

    assert(a->len == sizeof in);
    memcpy(&in, a->bytes, sizeof in);
    return (struct berth){.node = number_read(in.sin6_addr.s6_addr + NODE_AT),
                          .tie = number_read(in.sin6_addr.s6_addr + TIE_AT),
                          .port = ntohs(in.sin6_port)};
}
