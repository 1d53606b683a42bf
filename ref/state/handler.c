/* SPDX-License-Identifier: MIT */
/* See handler.h. */
#include "ref/state/handler.h"

static void say(struct handler_call call, struct handler_answer answer)
{
    call.desk->take(call.desk->self, call.serial, &answer);
}

void handler_respond(struct handler_call call, struct slice output)
{
    say(call, (struct handler_answer){HANDLER_OUTPUT, output, NULL});
}

void handler_item(struct handler_call call, struct slice output)
{
    say(call, (struct handler_answer){HANDLER_ITEM, output, NULL});
}

void handler_complete(struct handler_call call)
{
    say(call, (struct handler_answer){.saying = HANDLER_COMPLETE});
}

void handler_fail(struct handler_call call, const struct call_error *error)
{
    say(call, (struct handler_answer){.saying = HANDLER_ERROR, .error = error});
}

void handler_break_down(struct handler_call call)
{
    say(call, (struct handler_answer){.saying = HANDLER_ERROR});
}
