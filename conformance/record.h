/* SPDX-License-Identifier: MIT */
/* What is kept of a scene that has been run: its result and its script. */
#ifndef CONFORMANCE_RECORD_H
#define CONFORMANCE_RECORD_H

#include "conformance/backstage.h"
#include "conformance/result.h"

/* The scene's own result, before anybody compares it with others. Its texts
 * live as long as the scene. */
struct result record_result(struct scene *s, size_t place);

/* Every line that was sent to the testee, `hello` first, then what it answered
 * and what it left unanswered; in the scene's arena. Secrets are replaced. To
 * be asked for before the testee is given other work. */
const struct slice *record_script(struct scene *s, size_t *ret_count);

#endif
