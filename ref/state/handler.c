/* SPDX-License-Identifier: MIT */
/* See handler.h. */
#include "ref/state/handler.h"

void handler_respond(struct handler_call call, struct slice output)
{
    call.desk->respond(call.desk->self, call.serial, output);
}

void handler_fail(struct handler_call call, const struct call_error *error)
{
    call.desk->fail(call.desk->self, call.serial, error);
}
