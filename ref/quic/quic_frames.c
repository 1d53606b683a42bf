/* SPDX-License-Identifier: MIT */
/*
 * Frames say their type and nothing of their length, so all of them must be
 * known to step over one. `shapes` writes down what each is made of:
 *
 *     i  a number          b  so many bytes as the number before said
 *     8  eight bytes       c  one byte of length, so many bytes, and sixteen
 *     e  nothing, and nothing is behind it: the frame fills the packet
 *     r  ranges of an acknowledgement, as many as the number said
 */
#include "ref/quic/quic_frames.h"

#define TYPE_PADDING 0x00
#define TYPE_STOP_SENDING 0x05u
#define TYPE_STREAM                                                            \
    0x08u /* to 0x0f: the low bits say which fields there are                  \
           */
#define STREAM_OFFSET 0x04u
#define STREAM_LENGTH 0x02u
#define TYPE_DATAGRAM 0x30u
#define TYPE_DATAGRAM_LENGTH 0x31u
#define TOKEN_LEN 16 /* of a stateless reset */

/* RFC 9000, 19; streams and datagrams are below. */
static const char *const shapes[] = {
    [0x00] = "",     [0x01] = "",    [0x02] = "iiir", [0x03] = "iiiriii",
    [0x04] = "iii",  [0x05] = "ii",  [0x06] = "iib",  [0x07] = "ib",
    [0x10] = "i",    [0x11] = "ii",  [0x12] = "i",    [0x13] = "i",
    [0x14] = "i",    [0x15] = "ii",  [0x16] = "i",    [0x17] = "i",
    [0x18] = "iic",  [0x19] = "i",   [0x1a] = "8",    [0x1b] = "8",
    [0x1c] = "iiib", [0x1d] = "iib", [0x1e] = "",
};

static bool skip(struct slice *rest, uint64_t len)
{
    if (len > rest->len)
        return false;
    *rest = slice_skip(*rest, (size_t)len);
    return true;
}

/* RFC 9000, 16: the two highest bits say how many bytes there are. */
static bool number(struct slice *rest, uint64_t *ret_value)
{
    uint64_t value;
    size_t len;

    if (!rest->len)
        return false;
    len = (size_t)1 << (rest->data[0] >> 6);
    if (len > rest->len)
        return false;
    value = rest->data[0] & 0x3f;
    for (size_t i = 1; i < len; i++)
        value = value << 8 | rest->data[i];
    *ret_value = value;
    return skip(rest, len);
}

/* The first range and `count` pairs. */
static bool ranges(struct slice *rest, uint64_t count)
{
    uint64_t ignored;

    if (!number(rest, &ignored))
        return false;
    for (; count; count--)
        if (!number(rest, &ignored) || !number(rest, &ignored))
            return false;
    return true;
}

static const char *shape_of(uint64_t type)
{
    if ((type & ~7ull) == TYPE_STREAM)
        return type & STREAM_LENGTH ? (type & STREAM_OFFSET ? "iiib" : "iib")
                                    : "e";
    if (type == TYPE_DATAGRAM)
        return "e";
    if (type == TYPE_DATAGRAM_LENGTH)
        return "ib";
    return type < sizeof shapes / sizeof *shapes ? shapes[type] : NULL;
}

/* One part of a frame; `number_last` is the number read before. */
static bool part(struct slice *rest, char kind, uint64_t *number_last)
{
    switch (kind) {
    case 'i':
        return number(rest, number_last);
    case 'b':
        return skip(rest, *number_last);
    case '8':
        return skip(rest, 8);
    case 'c':
        return rest->len && skip(rest, 1u + rest->data[0] + TOKEN_LEN);
    case 'r':
        return ranges(rest, *number_last);
    default:
        assert(kind == 'e');
        return skip(rest, rest->len);
    }
}

static bool step_over(struct slice *rest, const char *shape)
{
    uint64_t number_last = 0;

    if (!shape)
        return false;
    for (; *shape; shape++)
        if (!part(rest, *shape, &number_last))
            return false;
    return true;
}

/* The frames of a handshake are mostly these, of one byte each. */
static void step_over_padding(struct slice *rest)
{
    size_t len = 0;

    while (len < rest->len && rest->data[len] == TYPE_PADDING)
        len++;
    *rest = slice_skip(*rest, len);
}

bool quic_frames_next_stop(struct slice *rest,
                           struct quic_frames_stop *ret_stop)
{
    uint64_t type, stream, code;

    for (;;) {
        step_over_padding(rest);
        if (!number(rest, &type))
            return false;
        if (type == TYPE_STOP_SENDING) {
            if (!number(rest, &stream) || !number(rest, &code))
                return false;
            *ret_stop = (struct quic_frames_stop){(int64_t)stream, code};
            return true;
        }
        if (!step_over(rest, shape_of(type)))
            return false;
    }
}
