/* SPDX-License-Identifier: MIT */
/*
 * The limits of the protocol machine, one reason each (QUIC has its own, beside
 * what they limit). Whatever a peer, a file or a
 * person can make large is held against one of these before memory is asked
 * for; that is what entitles xalloc to die instead of failing.
 */
#ifndef REF_BASE_BOUNDS_H
#define REF_BASE_BOUNDS_H

/* [FL-1] The largest frame body, inclusive: the protocol's number. */
#define BOUNDS_BODY_MAX (64u * 1024 * 1024)

/* A frame is its body and the four bytes before it. */
#define BOUNDS_FRAME_MAX (BOUNDS_BODY_MAX + 4u)

/* [EN-16] Levels of nesting in one body, the envelope included: deep enough
 * for anybody, shallow enough for any stack. */
#define BOUNDS_DEPTH_MAX 128

/* Values of one text of which a tree is made, those inside each other all
 * counted, and those of the schemas of one import: in a frame there is room for
 * so many empty objects that they would be a hundred times its size. */
#define BOUNDS_VALUES_MAX (512u * 1024)

/* Bytes a node lets itself owe on one stream: one full frame, and one more
 * that says why the rest is missing. */
#define BOUNDS_UNSENT_MAX (2u * BOUNDS_FRAME_MAX)

/* Bytes of answers that one connection may owe, unread by the peer, before its
 * further requests are refused; and bytes of any kind, before no further call
 * is passed on there. */
#define BOUNDS_OWED_MAX (2u * BOUNDS_FRAME_MAX)

/* Bytes of items that came from peers before whoever they are passed on to had
 * room for them, all of a node: one each, and two of the longest together. */
#define BOUNDS_AHEAD_MAX (2u * BOUNDS_FRAME_MAX)

/* Bytes of names, ids and claims of the calls that run for one peer, before its
 * further requests are refused. How long each of them may be is for the frame
 * to say, and how long a handler takes for nobody; a call has some hundred. */
#define BOUNDS_KEPT_MAX (16u * 1024 * 1024)

/* Bytes of frames that are half read, all streams of a connection together,
 * before more is let in on the oldest of them alone: one full frame. */
#define BOUNDS_HALF_READ_MAX BOUNDS_FRAME_MAX

/* [FL-1] And what any stream may have half read in any case: what everybody
 * has to take, on all streams, in whatever order the peer completes them. */
#define BOUNDS_HALF_READ_SHARE (1024u * 1024)

/* Bytes of one stream that lie unread because a subscriber has enough for now.
 * The window of the stream ends the flow long before; who sends past all
 * windows is read no further. */
#define BOUNDS_HELD_MAX (16u * 1024 * 1024)

/* [AB-15] Aborts that came before their requests, remembered per connection,
 * and how long an id may be to be remembered: a request is overtaken by little,
 * and a peer shall not fill our memory with ids of its fancy. */
#define BOUNDS_OVERTAKEN_MAX 64
#define BOUNDS_OVERTAKEN_ID_MAX 256u

/* [ID-11] Requests that ended last, remembered so that an abort that crossed
 * the answer is not taken for one that came too early. */
#define BOUNDS_ENDED_MAX 256u

/* Composed calls of one node that run at the same time. Beyond it composing
 * is answered INTERNAL. */
#define BOUNDS_COMPOSED_MAX 4096u

/* How deep they may compose one another: an answer goes up the whole chain at
 * once, on the stack. */
#define BOUNDS_COMPOSED_DEPTH_MAX 64u

/* Operations that are imported over one connection, and bytes of their schemas
 * together: a peer that has more is not imported. */
#define BOUNDS_IMPORT_MAX 4096u
#define BOUNDS_IMPORT_BYTES_MAX (16u * 1024 * 1024)

/* Resources that have an owner, all of a node, and bytes of the id of one, of
 * its type and of its owner's id: handlers write down what callers make. */
#define BOUNDS_OWNED_MAX 65536u
#define BOUNDS_OWNED_NAME_MAX 1024u

/* Credentials that a store keeps, bytes of the name of what one is for, and
 * bytes of each part of one; a secret is never longer than what it is sealed
 * in. */
#define BOUNDS_CREDENTIALS_MAX 4096u
#define BOUNDS_PROVIDER_MAX 256u
#define BOUNDS_SEALED_MAX 65536u

/* Bytes of an operation name that an error message repeats: names are short,
 * and a message is no mirror for megabytes. */
#define BOUNDS_NAME_ECHO_MAX 256u

/* Bytes of any one file that a program reads (keys, peers, tokens). */
#define BOUNDS_FILE_MAX (4u * 1024 * 1024)

/* Bytes of one line of the test contract (CONTRACT.md says 4 MiB). */
#define BOUNDS_LINE_MAX (4u * 1024 * 1024)

/* Programs that run at the same time as handlers of one node: peers decide how
 * often one is asked for, not how many a machine has to carry. */
#define BOUNDS_PROGRAMS_MAX 64u

/* Bytes one such program may answer with. It is held whole before anybody
 * sees it, so a program that never ends its sentence is stopped early. */
#define BOUNDS_PROGRAM_OUTPUT_MAX (4u * 1024 * 1024)

/* [SM-25] Streams of a peer that we answered in full but that the peer never
 * finished: their credit is given back until so many lie about. Each costs a
 * few hundred bytes. */
#define BOUNDS_IDLE_STREAMS_MAX 4096u

/* Requests of one peer that run at the same time on one connection: what the
 * stream credit allows, times a batch on each stream. Beyond it the request is
 * answered INTERNAL, so that it ends. */
#define BOUNDS_SERVED_MAX 65536u

/* Requests of ours that wait for an answer on one connection. */
#define BOUNDS_PENDING_MAX 65536u

/* [TO-5] How long a caller waits when nobody said otherwise. */
#define BOUNDS_TIMEOUT_NS (30ull * 1000 * 1000 * 1000)

#endif
