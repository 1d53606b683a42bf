/* SPDX-License-Identifier: MIT */
/*
 * Frames on streams: how bytes are cut, how many frames a stream may carry, and
 * what becomes of bytes that are no frame.
 */
#include "conformance/scene.h"

extern const struct case_list framing_cases;

static void byte_by_byte(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = scene_id(s);
    struct slice frame = ask_frame(s, id, "conf/echo", "{\"n\":1}");

    for (size_t i = 0; i < frame.len; i++)
        stream_send(st, slice_make(frame.data + i, 1));
    stream_fin(st);
    verify_output(s, ask_answer(c, id), "{\"n\":1}");
}

static void two_in_one_write(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *first = scene_id(s);
    const char *second = scene_id(s);
    struct slice a = ask_frame(s, first, "conf/echo", "1");
    struct slice b = ask_frame(s, second, "conf/echo", "2");
    uint8_t *both = arena_new(scene_arena(s), a.len + b.len, 1);

    memcpy(both, a.data, a.len);
    memcpy(both + a.len, b.data, b.len);
    stream_send_fin(st, slice_make(both, a.len + b.len));
    verify_output(s, ask_answer(c, second), "2");
    verify_output(s, ask_answer(c, first), "1");
}

/* What is no frame gets no answer, and harms nobody else. */
static void no_answer_to(struct scene *s, struct slice bytes)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);

    stream_send(st, bytes);
    verify_silence(st);
    verify_alive(c);
}

static void length_zero(struct scene *s)
{
    no_answer_to(s, slice_make("\0\0\0", 4));
}

static void length_beyond_all(struct scene *s)
{
    no_answer_to(s, slice_make("\xff\xff\xff\xff{}", 6));
}

static const struct conf_case cases[] = {
    {
        .id = "framing.prefix.byte-by-byte",
        .rules = "FR-6",
        .claim = "A request that arrives one byte at a time is answered like "
                 "any other.",
        .run = byte_by_byte,
    },
    {
        .id = "framing.stream.two-in-one-write",
        .rules = "FR-5 FR-7",
        .claim = "Two requests written in one piece on one stream are both "
                 "answered, in whatever order.",
        .run = two_in_one_write,
    },
    {
        .id = "framing.length.zero",
        .rules = "FL-4 FL-8 FL-10",
        .claim = "A frame of length zero is not answered, and the connection "
                 "and its other streams go on.",
        .twin = "framing.prefix.byte-by-byte",
        .is_negative = true,
        .run = length_zero,
    },
    {
        .id = "framing.length.all-ones",
        .rules = "FL-1 FL-2 FL-10",
        .claim = "A frame that announces 2^32-1 bytes is not answered, and the "
                 "connection and its other streams go on.",
        .twin = "framing.prefix.byte-by-byte",
        .is_negative = true,
        .run = length_beyond_all,
    },
};

const struct case_list framing_cases = {cases, sizeof cases / sizeof cases[0]};
