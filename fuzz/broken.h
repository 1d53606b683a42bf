/* SPDX-License-Identifier: MIT */
/* A promise that is not kept: the rule and a sentence, then the end of the
 * program, which is what fuzzers look for. */
#ifndef FUZZ_BROKEN_H
#define FUZZ_BROKEN_H

#include <stdbool.h>

/* Does nothing when `is_kept`; else prints "broken rule RULE: …" on standard
 * error and aborts. */
__attribute__((format(printf, 3, 4))) void
broken_unless(bool is_kept, const char *rule, const char *format, ...);

#endif
