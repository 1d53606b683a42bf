/* SPDX-License-Identifier: MIT */
/*
 * What the body of a case can do. One body serves streams in virtual time (L1)
 * and real QUIC (L2), whoever dialled; it reads like the requirement:
 *
 *     static void byte_by_byte(struct scene *s)
 *     {
 *         struct stream *st = stream_open(scene_conn(s));
 *         const char *id = scene_id(s);
 *         struct slice frame = ask_frame(s, id, "conf/echo", "{\"n\":1}");
 *
 *         for (size_t i = 0; i < frame.len; i++)
 *             stream_send(st, slice_make(frame.data + i, 1));
 *         verify_output(s, ask_answer(scene_conn(s), id), "{\"n\":1}");
 *     }
 *
 * The parts, each in its own header:
 *
 *     body.h    the scene itself: texts, verbs, events, time
 *     stage.h   what the testee is told beforehand: operations, timeouts,
 * secrets book.h    whom it knows, and who owns what conn.h    connections
 *     stream.h  streams of bytes and frames
 *     ask.h     whole calls in either direction
 *     sub.h     subscriptions in either direction, and how anything ends
 *     import.h  what we serve, and how the testee imports it
 *     verify.h  the checks
 *
 * A check that does not hold ends the body at once, by a jump out of it: never
 * keep anything that has to be given back. All memory comes from the scene's
 * arena (scene_arena), so there is nothing to give back. What the body
 * leaves open is cleaned up, and then every scene must end in balance: no call
 * pending, none being served, once we have gone no stream and no byte held for
 * us, and no secret seen anywhere.
 *
 * Nothing here sleeps. At L1 a verb's answer says all that happens without
 * more input, so waiting for what does not come fails at once; at L2 waiting
 * is bounded.
 */
#ifndef CONFORMANCE_SCENE_H
#define CONFORMANCE_SCENE_H

#include "conformance/ask.h"
#include "conformance/body.h"
#include "conformance/book.h"
#include "conformance/case.h"
#include "conformance/conn.h"
#include "conformance/import.h"
#include "conformance/json.h"
#include "conformance/names.h"
#include "conformance/raw.h"
#include "conformance/stage.h"
#include "conformance/stream.h"
#include "conformance/sub.h"
#include "conformance/verify.h"

#endif
