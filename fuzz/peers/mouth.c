/* SPDX-License-Identifier: MIT */
/* See mouth.h. */
#include "fuzz/peers/mouth.h"

#include <stdio.h>

#define FORMS 4
#define TEXT_MAX 512
#define PAYLOAD_MAX 128

static const struct {
    enum fate_event event;
    const char *type;
} words[MOUTH_WORDS] = {
    {FATE_RESPONDED, "responded"}, {FATE_RESPONDED, "responded"},
    {FATE_RESPONDED, "responded"}, {FATE_COMPLETED, "completed"},
    {FATE_FAILED, "error"},        {FATE_GIVEN_UP, "aborted"},
    {FATE_ODD, "nonsense"},        {FATE_ODD, "progress"},
};

/* An operation's own code, and the protocol's; [ER-2] details that are null are
 * none. */
static const struct {
    struct mouth_error heard;
    const char *details; /* as they are said */
} errors[FORMS] = {
    {{"OUCH", true, "{\"n\":1}"}, ",\"details\":{\"n\":1}"},
    {{"FORBIDDEN", false, "[7]"}, ",\"details\":[7]"},
    {{"TIMEOUT", false, ""}, ",\"details\":null"},
    {{"INTERNAL", true, ""}, ""},
};

/* Some do not say which they are, and have to be told all the same; [SU-15]
 * none of them is an end, whatever it says. */
struct slice mouth_output(uint32_t text)
{
    static char output[48];
    static const char *const before[FORMS] = {
        "{\"n\":", "null", "{\"terminal\":true,\"n\":", "{\"terminal\":true}"};
    const uint32_t form = text % FORMS;

    if (form % 2)
        return slice_of(before[form]);
    (void)snprintf(output, sizeof output, "%s%u}", before[form], text / FORMS);
    return slice_of(output);
}

struct mouth_error mouth_error(uint32_t text)
{
    return errors[text % FORMS].heard;
}

enum fate_event mouth_event(uint32_t word)
{
    return words[word].event;
}

static const char *payload_of(enum fate_event event, uint32_t text)
{
    static char payload[PAYLOAD_MAX];
    const struct mouth_error *e = &errors[text % FORMS].heard;

    if (event == FATE_RESPONDED)
        (void)snprintf(payload, sizeof payload, "{\"output\":%s}",
                       (const char *)mouth_output(text).data);
    else if (event == FATE_FAILED)
        (void)snprintf(payload, sizeof payload,
                       "{\"code\":\"%s\",\"message\":\"m\","
                       "\"retryable\":%s%s}",
                       e->code, e->retryable ? "true" : "false",
                       errors[text % FORMS].details);
    else
        return "{}";
    return payload;
}

void mouth_say(struct port_stream *there, uint32_t word, struct slice id,
               uint32_t text)
{
    char frame[TEXT_MAX]; /* the length of the body before it */
    const int len =
        snprintf(frame + 4, sizeof frame - 4,
                 "{\"type\":\"call.%s\",\"id\":\"%.*s\",\"payload\":%s}",
                 words[word].type, (int)id.len, (const char *)id.data,
                 payload_of(words[word].event, text));

    frame[0] = frame[1] = 0;
    frame[2] = (char)(len >> 8);
    frame[3] = (char)len;
    port_hear(there, slice_make(frame, (size_t)len + 4), false);
}
