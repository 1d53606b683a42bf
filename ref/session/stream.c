/* SPDX-License-Identifier: MIT */
/*
 * A stream has two halves that end one by one. Each half ends once: the peer's
 * by FIN or reset, ours by FIN or reset. Until both have, the stream is kept,
 * also when nobody wants anything of it any more, since what still arrives on
 * its number must not be taken for a new stream.
 *
 * It does not know what the frames say; who is owed an answer it counts, and no
 * more.
 */
#include "ref/session/stream.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"

struct stream *stream_new(int64_t id, bool is_ours, size_t body_max)
{
    struct stream *s = xalloc(1, sizeof *s);

    assert(id >= 0);
    s->id = id;
    s->is_ours = is_ours;
    frame_reader_init(&s->reader, body_max);
    buf_init(&s->held, BOUNDS_HELD_MAX);
    buf_init(&s->unsent, BOUNDS_UNSENT_MAX);
    return s;
}

void stream_free(struct stream *s)
{
    if (!s)
        return;
    frame_reader_clear(&s->reader);
    buf_clear(&s->held);
    buf_clear(&s->unsent);
    xalloc_free(s);
}

static bool may_write(const struct stream *s)
{
    return !s->is_write_over && !s->is_blocked &&
           (s->unsent.len > 0 || s->must_finish);
}

static struct action take_consumed(struct stream *s)
{
    struct action a = {
        .kind = ACTION_CONSUMED, .stream = s->id, .count = s->consumed};

    s->consumed = 0;
    return a;
}

static struct action take_flag(struct stream *s, bool *flag,
                               enum action_kind kind)
{
    *flag = false;
    return (struct action){.kind = kind, .stream = s->id};
}

/* Whose FIN lies behind what is held has stopped already. */
bool stream_poll(struct stream *s, struct action *ret)
{
    if (s->must_stop && !s->is_fin_held)
        *ret = take_flag(s, &s->must_stop, ACTION_STOP);
    else if (s->consumed && !s->is_rationed)
        *ret = take_consumed(s);
    else if (s->must_reset)
        *ret = take_flag(s, &s->must_reset, ACTION_RESET);
    else if (may_write(s))
        *ret = (struct action){.kind = ACTION_WRITE,
                               .stream = s->id,
                               .bytes = buf_slice(&s->unsent),
                               .fin = s->must_finish};
    else
        return false;
    return true;
}

void stream_wrote(struct stream *s, size_t len)
{
    assert(len <= s->unsent.len);
    s->is_blocked = len < s->unsent.len;
    buf_consume(&s->unsent, len);
    if (!s->is_blocked && s->must_finish)
        s->is_write_over = true;
    if (s->unsent.len == 0)
        buf_clear(&s->unsent); /* an idle stream costs no buffer */
}

void stream_drop_unsent(struct stream *s)
{
    buf_clear(&s->unsent);
    s->is_write_over = true;
}

bool stream_hold(struct stream *s, struct slice bytes)
{
    return buf_add(&s->held, bytes);
}

void stream_pass(struct stream *s, size_t len)
{
    s->consumed += len;
    buf_consume(&s->held, len);
    if (s->held.len == 0)
        buf_clear(&s->held);
}

void stream_end_reading(struct stream *s)
{
    s->is_read_over = true;
    s->is_fin_held = false;
    s->must_stop = false;
    frame_reader_clear(&s->reader);
    stream_pass(s, s->held.len);
}

bool stream_may_read(const struct stream *s)
{
    return (s->held.len || s->is_fin_held) && s->full == 0;
}

/* [SU-8, SU-9] an item is asked for when the last one is with the transport,
 * so a peer that does not read stops whoever makes them. */
bool stream_may_pull(const struct stream *s)
{
    return s->streaming && s->unsent.len == 0 && !s->is_blocked &&
           !s->is_write_over;
}

bool stream_asked(const struct stream *s, struct slice id)
{
    return s->ticket && slice_equal(id, slice_make(s->asked, UUID_LEN));
}

bool stream_is_over(const struct stream *s)
{
    return s->is_read_over && s->is_write_over && !s->must_stop &&
           !s->must_reset && s->consumed == 0;
}
