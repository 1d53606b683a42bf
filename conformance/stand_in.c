/* SPDX-License-Identifier: MIT */
/*
 * What a stand-in can say. The table of what is lacking is the whole
 * difference between a node and a testee; its sentences are what a run lists
 * as the reasons why something was not asked.
 */
#include "conformance/stand_in.h"

#include <errno.h>
#include <unistd.h>

#include "conformance/driver.h"
#include "conformance/json_out.h"
#include "conformance/stage.h"
#include "ref/host/udp.h"

static const struct lack {
    const char *what; /* a capability, a verb, or a thing of the stage */
    const char *why;  /* the reason, as runs list it */
} lacks[] = {
    {"dial", "nobody can make the node dial"},
    {"call", "nobody can make the node call of its own accord"},
    {"close", "nobody can make the node close a connection"},
    {"release", "nobody can release what the node holds"},
    {"hold", "nobody can release what the node holds"},
    {"peers", "its peer book is its own"},
    {"access", "its peer book is its own"},
    {"tokens", "its peer book is its own"},
    {"certificates", "its identity is its own"},
    {"operations", "its operations are its own"},
    {"timeouts", "its timeouts are its own"},
    {"stats", "the node keeps no statistics for us"},
    {"witness", "needs the witness: only a driver tells what a handler saw"},
    {"forwarded_for",
     "needs the witness: only a driver tells what a handler saw"},
    {"fence", "needs the fence: only a driver tells that nothing more comes"},
    {"absence", "needs the fence: only a driver tells that nothing more comes"},
    {"abort", "needs the witness: only a driver tells what a handler saw"},
    {"deadlines", "its timeouts are its own"},
    {"discovery", "the node lists no services/list and services/schema"},
    {"callback", "the node has no conf/callback"},
    {"subscriptions", "the node has no conf/source"},
    {"compose", "the node has no conf/compose"},
    {"panic", "the node has no conf/panic"},
    {"import", "nobody can make the node import"},
    {"list_peers", "the node lists no services/list-peers"},
    {"ownership", "who owns what there is its own affair"},
    {"validation", "its operations are its own"},
    {"api_keys", "its API keys are its own"},
    {"reload", "its peer book is its own"},
};

/* What it can do as soon as it has that operation. */
static const struct promise {
    const char *capability;
    const char *operation;
} promises[] = {
    {"callback", "conf/callback"},         {"subscriptions", "conf/source"},
    {"compose", "conf/compose"},           {"panic", "conf/panic"},
    {"list_peers", "services/list-peers"},
};

static void put_lacks(struct json_out *out)
{
    json_out_object(out, "lacks");
    for (size_t i = 0; i < sizeof lacks / sizeof lacks[0]; i++)
        json_out_text(out, lacks[i].what, slice_of(lacks[i].why));
    json_out_end(out);
}

static void put_operations(struct json_out *out, const struct card *card)
{
    json_out_object(out, "operations");
    for (const char *const *name = stage_defaults(); *name; name++) {
        const char *theirs = card_find(card, *name);

        if (theirs)
            json_out_text(out, *name, slice_of(theirs));
    }
    json_out_end(out);
}

static void put_promises(struct json_out *out, const struct card *card)
{
    json_out_array(out, "capabilities");
    json_out_text(out, NULL, slice_of("serve"));
    if (card_find(card, "services/list") && card_find(card, "services/schema"))
        json_out_text(out, NULL, slice_of("discovery"));
    for (size_t i = 0; i < sizeof promises / sizeof promises[0]; i++) {
        if (card_find(card, promises[i].operation))
            json_out_text(out, NULL, slice_of(promises[i].capability));
    }
    json_out_end(out);
}

static void put_identity(struct json_out *out, const struct card *card)
{
    json_out_text(out, "fingerprint", slice_of(card->words->pin));
    if (card->has_key)
        json_out_hex(out, "key", slice_make(card->key, sizeof card->key));
    if (card->token.len)
        json_out_text(out, "token", card->token);
}

static void put_hello(struct json_out *out, const struct card *card)
{
    json_out_text(out, "name", slice_of(card->words->addr));
    json_out_text(out, "version", slice_of("as it runs"));
    json_out_text(out, "language", slice_of("not told"));
    json_out_text(out, "runtime", slice_of("not told"));
    json_out_raw(out, "contract", slice_of("[1,1]"));
    json_out_raw(out, "levels", slice_of("[\"L2\"]"));
    json_out_raw(out, "profiles", slice_of("[\"remote-safe\",\"peer-graph\"]"));
    put_promises(out, card);
    put_operations(out, card);
    put_lacks(out);
    put_identity(out, card);
}

static void put_address(struct json_out *out, const struct card *card)
{
    char text[UDP_TEXT_LEN_MAX];

    udp_address_print(&card->address, text);
    json_out_text(out, "addr", slice_of(text));
    json_out_text(out, "fingerprint", slice_of(card->words->pin));
}

static void put_fail(struct json_out *out, const char *reason)
{
    json_out_object(out, "fail");
    json_out_text(out, "reason", slice_of(reason));
    json_out_end(out);
}

/* CONTRACT.md, 3 and 5: `seq` and `op`, and for some verbs nothing else. */
static void put_answer(struct json_out *out, const struct card *card,
                       const struct json *verb)
{
    const struct json *op = json_find(verb, "op");
    bool is_bare = verb->count == 2;

    if (json_is_text(op, "hello")) {
        json_out_bool(out, "ok", true);
        put_hello(out, card);
    } else if (json_is_text(op, "listen") && is_bare) {
        json_out_bool(out, "ok", true);
        put_address(out, card);
    } else if ((json_is_text(op, "reset") || json_is_text(op, "quit")) &&
               is_bare) {
        json_out_bool(out, "ok", true);
    } else if (json_is_text(op, "listen") || json_is_text(op, "reset") ||
               json_is_text(op, "quit")) {
        put_fail(out, "a field that the verb does not have");
    } else {
        json_out_bool(out, "unsupported", true);
    }
}

bool stand_in_answer(const struct card *card, struct slice line,
                     struct buf *out)
{
    const struct json *verb = NULL;
    struct json_out answer;
    struct arena arena;
    uint64_t seq = 0;
    bool goes_on = true;

    arena_init(&arena);
    json_out_begin(&answer, out);
    if (json_parse(&arena, line, JSON_DEPTH_MAX, &verb, NULL) &&
        json_is(verb, JSON_OBJECT) &&
        json_get_u64(json_find(verb, "seq"), &seq)) {
        json_out_u64(&answer, "seq", seq);
        put_answer(&answer, card, verb);
        goes_on = !json_is_text(json_find(verb, "op"), "quit");
    } else {
        json_out_null(&answer, "seq");
        put_fail(&answer, "a line that is no verb");
    }
    json_out_end(&answer);
    buf_put(out, "\n");
    arena_clear(&arena);
    return goes_on;
}

/* --- the process */

static bool write_all(struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes.data, bytes.len);

        if (n < 0 && errno != EINTR)
            return false;
        bytes = slice_skip(bytes, n > 0 ? (size_t)n : 0);
    }
    return true;
}

/* Answers all whole lines that are there. False at the end. */
static bool answer_lines(const struct card *card, struct buf *in,
                         struct buf *out)
{
    const uint8_t *end;
    bool goes_on = true;

    while (goes_on && in->len && (end = memchr(in->data, '\n', in->len))) {
        size_t len = (size_t)(end - in->data);

        goes_on = stand_in_answer(card, slice_make(in->data, len), out);
        buf_consume(in, len + 1);
    }
    goes_on = write_all(buf_slice(out)) && goes_on;
    buf_reset(out);
    return goes_on;
}

int stand_in_play(const void *self)
{
    const struct card *card = self;
    struct buf in;
    struct buf out;
    ssize_t n = 1;

    buf_init(&in, (size_t)2 * DRIVER_LINE_MAX);
    buf_init(&out, (size_t)2 * DRIVER_LINE_MAX);
    while (n != 0 && answer_lines(card, &in, &out) && buf_reserve(&in, 65536)) {
        n = read(STDIN_FILENO, in.data + in.len, 65536);
        if (n < 0 && errno != EINTR)
            break;
        in.len += n > 0 ? (size_t)n : 0;
    }
    buf_clear(&in);
    buf_clear(&out);
    return 0;
}
