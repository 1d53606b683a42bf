/* SPDX-License-Identifier: MIT */
/*
 * The transport below one connection, as a judge. What comes from the peer
 * waits in a port until it arrives, in pieces if the target likes; what the
 * connection wants done is held against what may be done: nothing behind the
 * end of a half, frames that are whole, JSON and of a known form, no answer to
 * what was not asked, nothing taken in that did not come, no secret. Whoever
 * tied two ports together has a network.
 *
 * A port does nothing that a transport would not do: no bytes behind the end of
 * a half, nothing of a stream that is gone.
 */
#ifndef FUZZ_PEERS_PORT_H
#define FUZZ_PEERS_PORT_H

#include "fuzz/peers/event.h"
#include "ref/base/uuid.h"
#include "ref/session/node.h"

#define PORT_STREAMS_MAX 48 /* of either side */
#define PORT_IDS_MAX 8      /* requests of different ids on one stream */
#define PORT_OURS_MAX 256   /* requests of ours whose ids are known */

/* Requests of one id that came on one stream and wait for their end. */
struct port_request {
    char id[UUID_LEN];
    size_t id_len;
    uint32_t calls, feeds; /* how many of each kind */
    bool may_be_silent;    /* one was aborted */
};

struct port_stream {
    int64_t id;
    bool is_there;      /* it was opened, and is not gone */
    bool is_known;      /* something came on it */
    bool is_ours;       /* our connection opened it */
    struct buf coming;  /* on its way to us */
    bool is_fin_coming; /* and its end behind */
    uint64_t came;      /* bytes that our connection was given */
    uint64_t consumed;  /* of those, it said so */
    bool is_in_over;    /* the peer's half has ended, by FIN or reset */
    bool is_stop_said;  /* our connection wants no more */
    struct buf out;     /* written, and not a whole frame yet */
    bool is_out_over;   /* our half has ended, by FIN or reset */
    bool is_blocked;    /* our connection was told that there is no room */
    bool is_wild;       /* nobody knows what was asked on it */
    bool is_lossy;      /* … or whether it arrived */
    struct port_request requests[PORT_IDS_MAX];
    size_t request_count;
};

struct port {
    struct node *node;    /* borrowed */
    struct connection *c; /* borrowed; NULL: it is gone */
    struct port *other;   /* borrowed: where what is done goes; NULL: nobody */
    int64_t first;        /* of the streams that our connection opens: 0 or 1 */
    struct slice input;   /* of the target: it may say what is a secret here */
    size_t body_max;
    struct port_stream streams[2 * PORT_STREAMS_MAX];
    size_t opened[2];                   /* by the peer, by us */
    uint64_t credit;                    /* streams that we may still open */
    uint64_t granted;                   /* that the peer was granted */
    bool is_wild;                       /* the peer said what nobody knows */
    bool has_early_abort;               /* it aborted what it had not asked */
    bool is_closed;                     /* the connection is over */
    char ours[PORT_OURS_MAX][UUID_LEN]; /* ids of our requests, in order */
    uint32_t ours_count;                /* of all of them */
    struct arena arena;
    /* A request that was written, by its number among ours: is it for a
     * subscription? NULL: no. */
    bool (*is_feed)(void *self, const struct event *e);
    /* Whatever our connection says, once it has been judged. NULL: nobody
     * listens. */
    void (*said)(void *self, struct port_stream *s, const struct event *e);
    void *self;
};

/* A fresh port for a connection that the node already has. */
void port_begin(struct port *p, struct node *node, struct connection *c,
                int64_t first);

/* Its memory is given back; the connection must be gone. */
void port_end(struct port *p);

/* The stream in that place, of those that the peer (or we) opened in order;
 * NULL: there is none. */
struct port_stream *port_at(struct port *p, bool is_ours, size_t place);

/* The stream of that number; one that the peer opens with it, if it may be
 * (NULL: no room). */
struct port_stream *port_stream(struct port *p, int64_t id);

/* The peer opens another stream; NULL: there is no room. */
struct port_stream *port_opens(struct port *p);

/* The peer sends bytes, and perhaps its FIN: they are on their way. */
void port_hear(struct port_stream *s, struct slice bytes, bool fin);

/* A request of that id is on its way: it may be answered. */
void port_expect(struct port_stream *s, struct slice id, bool is_feed);

/* An abort of that id is on its way: it may not be. */
void port_expect_abort(struct port *p, struct slice id);

/* As many bytes of what is on its way arrive, and the FIN with the last. */
void port_arrive(struct port *p, struct port_stream *s, size_t len);

/* The peer's half ends at once; the peer wants no more; the stream is gone;
 * there is room again. What makes no sense does not happen. */
void port_reset(struct port *p, struct port_stream *s);
void port_stop(struct port *p, struct port_stream *s);
void port_gone(struct port *p, struct port_stream *s);
void port_room(struct port *p, struct port_stream *s);

/* We may open more streams. */
void port_grant(struct port *p, uint64_t count);

/* The next thing that the connection wants, judged and done; a WRITE takes
 * `room` bytes, and an OPEN comes to nothing when `has_stream` is false. False:
 * there was nothing. */
bool port_poll(struct port *p, size_t room, bool has_stream);

/* The connection is gone, as its transport tells it. */
void port_close(struct port *p);

/* The connection is taken from its node, if it was not yet. */
void port_cut(struct port *p);

/* When everything was polled: are no more streams and bytes kept than there is
 * a reason for? `paused`: subscribers who have enough for now. */
void port_check(const struct port *p, size_t paused);

#endif
