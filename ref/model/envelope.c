/* SPDX-License-Identifier: MIT */
/*
 * Reading is one pass of the scanner: the three members of the envelope and,
 * inside the payload, the members that any event has. `input` and `output`
 * stay the bytes they are; nobody has looked into them yet.
 *
 * What makes a body no envelope is decided here and nowhere else: not JSON,
 * not an object, a member missing, of the wrong type, or said twice. Members
 * we do not know are skipped, at both levels [EN-6, RQ-5, RS-3].
 *
 * Writing is compact [FR-9], in the order type, id, payload.
 */
#include "ref/model/envelope.h"
#include "ref/base/bounds.h"
#include "ref/base/jstring.h"
#include "ref/base/scan.h"
#include "ref/model/frame.h"

static const char *const types[] = {
    [ENVELOPE_REQUESTED] = "call.requested",
    [ENVELOPE_RESPONDED] = "call.responded",
    [ENVELOPE_COMPLETED] = "call.completed",
    [ENVELOPE_ABORTED] = "call.aborted",
    [ENVELOPE_ERROR] = "call.error",
    [ENVELOPE_UNKNOWN] = "unknown",
};

const char *envelope_type_text(enum envelope_type type)
{
    return types[type];
}

/* [EN-17] compared exactly. */
static enum envelope_type type_of(struct slice text)
{
    int type = ENVELOPE_REQUESTED;

    while (type < ENVELOPE_UNKNOWN && !slice_equal(text, slice_of(types[type])))
        type++;
    return (enum envelope_type)type;
}

/* The members that matter, in the envelope and in its payload [EN-19]. */
enum { TYPE, ID, PAYLOAD, ENVELOPE_MEMBERS };
enum { OPERATION, INPUT, AUTH_TOKEN, FORWARDED_FOR, OUTPUT, PAYLOAD_MEMBERS };

/* [EN-1] what an envelope has to have. */
static const char *complaint(const struct scan_member m[ENVELOPE_MEMBERS])
{
    if (m[TYPE].count > 1 || m[ID].count > 1 || m[PAYLOAD].count > 1)
        return "a member said twice"; /* [EN-7] */
    if (m[TYPE].value.kind != SCAN_STRING)
        return "type is missing or no string"; /* [EN-4] */
    if (m[ID].value.kind != SCAN_STRING)
        return "id is missing or no string"; /* [EN-4] */
    if (m[PAYLOAD].value.kind == SCAN_NONE)
        return "payload is missing"; /* [EN-5] */
    return NULL;
}

static struct slice string_or_absent(const struct scan_member *m,
                                     struct buf *scratch)
{
    return m->value.kind == SCAN_STRING ? scan_string(&m->value, scratch)
                                        : slice_make(NULL, 0);
}

static struct slice text_or_null(const struct scan_member *m)
{
    return m->value.kind == SCAN_NONE ? slice_of("null") : m->value.text;
}

bool envelope_parse(struct slice body, struct buf *scratch,
                    struct envelope *ret, const char **ret_why)
{
    struct scan_member p[PAYLOAD_MEMBERS] = {
        [OPERATION] = {.name = "operationId"}, /* [RQ-1] camel here … */
        [INPUT] = {.name = "input"},
        [AUTH_TOKEN] = {.name = "auth_token"}, /* … and snake there */
        [FORWARDED_FOR] = {.name = "forwarded_for"},
        [OUTPUT] = {.name = "output"},
    };
    struct scan_member m[ENVELOPE_MEMBERS] = {
        [TYPE] = {.name = "type"}, /* [EN-2], [FR-10] by name */
        [ID] = {.name = "id"},
        [PAYLOAD] = {.name = "payload",
                     .inside = p, /* [RQ-2] */
                     .inside_count = PAYLOAD_MEMBERS},
    };
    const char *why;

    buf_reset(scratch);
    /* [FR-3, FL-7, FR-13] one JSON text, whatever it stands for */
    if (!scan_object(body, m, ENVELOPE_MEMBERS, ret_why))
        return false;
    why = complaint(m);
    if (why) {
        *ret_why = why;
        return false;
    }
    if (memchr(body.data, '\\', body.len)) {
        bool has_room = buf_reserve(scratch, body.len);

        assert(has_room);
        (void)has_room;
    }
    ret->type_text = scan_string(&m[TYPE].value, scratch);
    ret->type = type_of(ret->type_text);
    ret->id = scan_string(&m[ID].value, scratch); /* [EN-20] */
    ret->payload = m[PAYLOAD].value.text;
    ret->operation = string_or_absent(&p[OPERATION], scratch);
    ret->input = text_or_null(&p[INPUT]);                        /* [RQ-3] */
    ret->auth_token = string_or_absent(&p[AUTH_TOKEN], scratch); /* [RQ-9] */
    ret->forwarded_for = p[FORWARDED_FOR].value.text;
    ret->output = text_or_null(&p[OUTPUT]); /* [RS-2] */
    return true;
}

/* [EN-3] {"type":"…","id":"…","payload": and then the payload itself. */
static bool open_envelope(enum envelope_type type, struct slice id,
                          struct buf *out)
{
    return buf_add(out, slice_of("{\"type\":\"")) &&
           buf_add(out, slice_of(types[type])) &&
           buf_add(out, slice_of("\",\"id\":")) && jstring_quote(out, id) &&
           buf_add(out, slice_of(",\"payload\":"));
}

/* Closes the envelope and fills in the prefix, or takes everything back: a
 * frame is there as a whole or not at all [FR-8]. */
static bool close_envelope(bool fits, size_t start, size_t body_max,
                           struct buf *out)
{
    if (fits && buf_add(out, slice_of("}")))
        return frame_end(out, start, body_max);
    out->len = start;
    return false;
}

bool envelope_print(enum envelope_type type, struct slice id,
                    struct slice payload, size_t body_max, struct buf *out)
{
    size_t start = frame_begin(out);
    bool fits = open_envelope(type, id, out) && buf_add(out, payload);

    return close_envelope(fits, start, body_max, out);
}

bool envelope_print_requested(struct slice id,
                              const struct envelope_request *request,
                              size_t body_max, struct buf *out)
{
    size_t start = frame_begin(out);
    struct buf name;
    bool fits;

    buf_init(&name, BOUNDS_BODY_MAX);
    /* [OP-3] on the wire a name begins with a slash */
    fits = buf_add(&name, slice_of("/")) && buf_add(&name, request->operation);
    fits = fits && open_envelope(ENVELOPE_REQUESTED, id, out) &&
           buf_add(out, slice_of("{\"operationId\":")) &&
           jstring_quote(out, buf_slice(&name)) &&
           buf_add(out, slice_of(",\"input\":")) &&
           buf_add(out, request->input);
    buf_clear(&name);
    if (request->auth_token.data) /* [AU-6] */
        fits = fits && buf_add(out, slice_of(",\"auth_token\":")) &&
               jstring_quote(out, request->auth_token);
    if (request->forwarded_for.data) /* [FF-1] */
        fits = fits && buf_add(out, slice_of(",\"forwarded_for\":")) &&
               buf_add(out, request->forwarded_for);
    /* [RQ-10, RQ-11] and nothing else */
    fits = fits && buf_add(out, slice_of("}"));
    return close_envelope(fits, start, body_max, out);
}

/* [RS-1, RS-4] the one form of a result. */
bool envelope_print_responded(struct slice id, struct slice output,
                              size_t body_max, struct buf *out)
{
    size_t start = frame_begin(out);
    bool fits = open_envelope(ENVELOPE_RESPONDED, id, out) &&
                buf_add(out, slice_of("{\"output\":")) &&
                buf_add(out, output) && buf_add(out, slice_of("}"));

    return close_envelope(fits, start, body_max, out);
}

bool envelope_print_error(struct slice id, const struct call_error *error,
                          size_t body_max, struct buf *out)
{
    size_t start = frame_begin(out);
    bool fits =
        open_envelope(ENVELOPE_ERROR, id, out) && call_error_print(error, out);

    return close_envelope(fits, start, body_max, out);
}
