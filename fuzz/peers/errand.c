/* SPDX-License-Identifier: MIT */
/* See errand.h. */
#include "fuzz/peers/errand.h"

#include <stdio.h>

#include "fuzz/broken.h"
#include "fuzz/peers/gate.h"
#include "fuzz/peers/importing.h"

#define TOLD_MAX 80 /* bytes of what is wrong */
#define OUTPUT_LEN (sizeof "{\"output\":}" - 1)
#define MARK_LEN 9 /* bytes that a list's end begins with */

bool errand_is_unread(const struct errand *q)
{
    return q->is_feed && q->there && q->due != ERRAND_NOTHING &&
           q->due != ERRAND_SILENCE && q->heard < q->given && !q->may_lose;
}

void errand_end(struct errand *q, enum errand_due due, const char *rule,
                const char *text)
{
    q->is_waiting = false;
    q->due = due;
    q->rule = rule;
    q->text = text;
}

void errand_lose(struct errand *q, const char *rule)
{
    q->may_lose = q->may_lose || q->heard < q->given;
    errand_end(q, ERRAND_CODE, rule, "INTERNAL");
}

void errand_drop(struct errand *q, enum errand_due due, const char *rule,
                 const char *text)
{
    q->is_abort_due = q->is_waiting;
    q->may_abort = q->is_waiting || errand_is_unread(q);
    q->may_lose = q->may_lose || q->heard < q->given;
    errand_end(q, due, rule, text);
}

const char *errand_item(const struct errand *q, uint32_t item)
{
    static const char *const forms[] = {"{\"n\":%u,\"i\":%u}",
                                        "{\"terminal\":true,\"n\":%u,\"i\":%u}",
                                        "null", "[%u,%u]"};
    static char text[ERRAND_TEXT_MAX];

    (void)snprintf(text, sizeof text, forms[(q->number + item) % 4], q->number,
                   item);
    return text;
}

/* ------------------------------------------------------------- its peer */

/* The claim that a peer hears, "" for none. [FF-7, FW-2] */
static const char *claim_of(uint32_t who)
{
    static char text[ERRAND_TEXT_MAX];
    static const char *const scopes[] = {"", "\"s0\"", "\"s1\"",
                                         "\"s0\",\"s1\""};
    static const char *const actions[] = {"", "\"x0\"", "\"x1\"",
                                          "\"x0\",\"x1\""};

    if (who == GATE_NOBODY)
        return "";
    (void)snprintf(text, sizeof text,
                   "{\"id\":\"p%u\",\"scopes\":[%s],\"resources\":"
                   "{\"t\":[%s]}}",
                   who, scopes[who & 3], actions[who >> 2]);
    return text;
}

/* Does it say that? If not, some of it is told, of long texts from where they
 * part. */
static void expect(struct slice said, const char *due, const char *rule,
                   const char *what)
{
    const struct slice all = slice_of(due);
    size_t same = 0;

    if (slice_equal(said, all))
        return;
    while (same < all.len && same < said.len &&
           said.data[same] == all.data[same])
        same++;
    same = same > TOLD_MAX / 2 ? same : 0;
    said = slice_skip(said, same);
    broken_unless(false, rule, "%s is '%.*s' where '%.*s' is due", what,
                  (int)(said.len < TOLD_MAX ? said.len : TOLD_MAX),
                  (const char *)said.data, TOLD_MAX, due + same);
}

void errand_asked(const struct errand *q, const struct event *e)
{
    const struct slice name =
        e->operation.len ? slice_skip(e->operation, 1) : e->operation;

    expect(name, q->name, "FC-4", "a peer's operation");
    expect(e->input, q->input, "FW-1", "what a peer is given");
    expect(e->claim, claim_of(q->who), "FF-7", "for whom a peer is asked");
    expect(e->token, "", "FF-8", "the token that a peer gets");
}

void errand_aborted(struct errand *q)
{
    broken_unless(q->may_abort && !q->is_aborted, "AB-29",
                  "a peer is told to stop, and somebody waits");
    q->is_aborted = true;
}

/* What is said is below WHATS; then whether the stream stays open behind it,
 * and whether it is another one, [SM-7] which is as good; then which error it
 * is. */
enum { WHATS = 16, STAYS_OPEN = 16, ELSEWHERE = 32, ERRORS = 64 };

/* Elsewhere only when the node has read all that came before. */
static void say_last(struct errand *q, struct port *p, uint32_t how,
                     const char *type, const char *payload)
{
    const bool is_elsewhere = (how & ELSEWHERE) && q->heard == q->given;
    struct port_stream *s = is_elsewhere ? port_opens(p) : q->there;

    q->is_answered = true;
    importing_hear(p, s, q->which, type, slice_of(payload),
                   (how & STAYS_OPEN) == 0);
}

static void give(struct errand *q, struct port *p, uint32_t how)
{
    char payload[ERRAND_TEXT_MAX + 16];

    (void)snprintf(q->answer, sizeof q->answer, "%s", errand_item(q, q->given));
    (void)snprintf(payload, sizeof payload, "{\"output\":%s}", q->answer);
    if (!q->is_feed) {
        if (q->is_waiting)
            errand_end(q, ERRAND_OUTPUT, "FW-1", q->answer);
        say_last(q, p, how, "responded", payload);
        return;
    }
    q->given += q->is_waiting;
    importing_hear(p, q->there, q->which, "responded", slice_of(payload),
                   false);
}

static void complete(struct errand *q, struct port *p, uint32_t how)
{
    if (q->is_waiting && q->is_feed)
        errand_end(q, ERRAND_COMPLETED, "FW-10", "completed");
    else if (q->is_waiting)
        errand_end(q, ERRAND_CODE, "CL-5", "INTERNAL");
    say_last(q, p, how, "completed", "{}");
}

/* [FW-6] */
static void fail(struct errand *q, struct port *p, uint32_t how)
{
    static const char ouch[] =
        "{\"code\":\"OUCH\",\"message\":\"it hurts\",\"retryable\":true,"
        "\"details\":{\"n\":1}}";
    static const char *const errors[] = {
        ouch, "{\"code\":\"FORBIDDEN\",\"message\":\"no\",\"retryable\":false}",
        "{\"code\":\"INTERNAL\",\"message\":\"\",\"retryable\":true,"
        "\"details\":[7]}",
        "{\"code\":\"TIMEOUT\",\"message\":\"late\",\"retryable\":true}"};
    const char *error = errors[how / ERRORS % 4];

    if (q->is_waiting)
        errand_end(q, ERRAND_ERROR, "FW-6", error);
    say_last(q, p, how, "error", error);
}

/* Where it was asked: elsewhere it would speak of what it has asked itself. */
static void give_up(struct errand *q, struct port *p, uint32_t how)
{
    if (q->is_waiting)
        errand_end(q, ERRAND_CODE, "AB-31", "INTERNAL");
    say_last(q, p, how & ~(uint32_t)ELSEWHERE, "aborted", "{}");
}

/* Its half ends without an answer, at once or in peace: then what was not read
 * before it is. One item is always read, into somebody's hand. */
static void break_off(struct errand *q, struct port *p, bool is_reset)
{
    if (q->is_waiting && (is_reset || q->given - q->heard < 2))
        errand_lose(q, "SM-18");
    else if (q->is_waiting)
        errand_end(q, ERRAND_CODE, "SM-18", "INTERNAL");
    else if (is_reset && errand_is_unread(q))
        errand_lose(q, "SM-18");
    if (is_reset) {
        port_reset(p, q->there);
    } else {
        port_hear(q->there, slice_make(NULL, 0), true);
        port_arrive(p, q->there, 0);
    }
}

void errand_answer(struct errand *q, struct port *p, uint32_t how)
{
    const uint32_t what = how % WHATS;

    if (what < 8)
        give(q, p, how);
    else if (what < 10)
        complete(q, p, how);
    else if (what < 12)
        fail(q, p, how);
    else if (what < 13)
        give_up(q, p, how);
    else
        break_off(q, p, what == 15);
}

/* ------------------------------------------------------------- its caller */

static void hear_item(struct errand *q, struct slice output)
{
    broken_unless(q->heard < q->given, "SU-7", "an item that nobody gave");
    expect(output, errand_item(q, q->heard), "SU-7", "an item");
    q->heard++;
}

/* All of a list, from its end on. */
static void hear_output(struct errand *q, struct slice output)
{
    const struct slice due = slice_of(q->text);

    broken_unless(q->due == ERRAND_OUTPUT || q->due == ERRAND_LIST, q->rule,
                  "an answer where '%s' is due", q->text);
    q->is_told = true;
    if (q->due == ERRAND_LIST)
        output =
            slice_skip(output, slice_find(output, slice_head(due, MARK_LEN)));
    expect(output, q->text, q->rule, "an answer");
}

/* Nothing is due: which rule forbids that code? */
static const char *rule_of(const struct errand *q, struct slice code)
{
    static const char *const rules[][2] = {
        {"TIMEOUT", "TO-9"}, {"FORBIDDEN", "FW-13"}, {"INVALID_INPUT", "OC-2"}};

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (slice_equal(code, slice_of(rules[i][0])))
            return rules[i][1];
    return q->rule;
}

static void hear_end(struct errand *q, const struct event *e)
{
    const bool is_error = event_is(e, "error");

    broken_unless(q->due != ERRAND_NOTHING, rule_of(q, e->code),
                  "%.*s %.*s, and a peer is at work", (int)e->type.len,
                  (const char *)e->type.data, (int)e->code.len,
                  (const char *)e->code.data);
    broken_unless(is_error ? q->due == ERRAND_ERROR || q->due == ERRAND_CODE
                           : q->due == ERRAND_COMPLETED,
                  q->rule, "%.*s %.*s where '%s' is due", (int)e->type.len,
                  (const char *)e->type.data, (int)e->code.len,
                  (const char *)e->code.data, q->text);
    if (q->due == ERRAND_ERROR)
        expect(e->payload, q->text, q->rule, "an error");
    if (q->due == ERRAND_CODE)
        expect(e->code, q->text, q->rule, "the code of an error");
    broken_unless(q->due != ERRAND_CODE ||
                      e->is_retryable ==
                          slice_equal(e->code, slice_of("TIMEOUT")),
                  "EC-2", "%s may %sbe tried again", q->text,
                  e->is_retryable ? "" : "not ");
    broken_unless(q->heard == q->given || q->may_lose, "PM-10",
                  "the end behind %u items of %u", q->heard, q->given);
    q->is_told = true;
}

/* [AB-13] Of what had no room when the caller gave up some may still come. */
void errand_told(struct errand *q, const struct event *e)
{
    broken_unless(!q->is_told, "CL-1", "somebody is told his end twice");
    broken_unless(q->due != ERRAND_SILENCE || q->may_lose, "AB-13",
                  "somebody is told who has given up");
    broken_unless(!event_is(e, "responded") ||
                      e->payload.len == e->output.len + OUTPUT_LEN,
                  "RS-4", "there is more than an output in an answer");
    if (!event_is(e, "responded"))
        hear_end(q, e);
    else if (q->is_feed)
        hear_item(q, e->output);
    else
        hear_output(q, e->output);
}

void errand_check(const struct errand *q, bool has_room)
{
    broken_unless(!q->is_waiting || q->there, "FW-1", "no peer is asked");
    broken_unless(!q->is_abort_due || q->is_aborted, "FW-8",
                  "nobody waits any more, and the peer is not told");
    if (!has_room || q->due == ERRAND_SILENCE)
        return;
    broken_unless(q->due == ERRAND_NOTHING || q->is_told, q->rule,
                  "nobody hears '%s'", q->text);
    broken_unless(q->heard == q->given || q->may_lose, "PM-10",
                  "%u items of %u are told", q->heard, q->given);
}
