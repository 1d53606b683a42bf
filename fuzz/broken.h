/* SPDX-License-Identifier: MIT */
/* A promise that is not kept: the rule and a sentence, then the end of the
 * program, which is what fuzzers look for. */
#ifndef FUZZ_BROKEN_H
#define FUZZ_BROKEN_H

/* Prints "broken rule RULE: …" on standard error and aborts. */
__attribute__((format(printf, 2, 3), noreturn)) void
broken(const char *rule, const char *format, ...);

/* What a target has to say besides, before the end. NULL: nothing. */
extern void (*broken_last_words)(void);

/* Does nothing when `is_kept`, and the words are not even looked at: a promise
 * that is kept costs one comparison, and there are hundreds to an input. */
#define broken_unless(is_kept, ...) ((is_kept) ? (void)0 : broken(__VA_ARGS__))

#endif
