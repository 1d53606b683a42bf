/* SPDX-License-Identifier: MIT */
/*
 * AFL++'s macros, which only its own compiler knows: inputs in shared memory,
 * many to a process. Without that compiler a main that reads standard input
 * once is made of them, so that it compiles anywhere.
 */
#ifndef FUZZ_AFL_H
#define FUZZ_AFL_H

#include <unistd.h>

#ifndef __AFL_FUZZ_TESTCASE_LEN
#define AFL_INPUT_MAX (1 << 20)
static unsigned char afl_input[AFL_INPUT_MAX];
static ssize_t afl_len;
#define __AFL_FUZZ_TESTCASE_LEN afl_len
#define __AFL_FUZZ_TESTCASE_BUF afl_input
#define __AFL_FUZZ_INIT() void afl_sync(void)
#define __AFL_LOOP(n)                                                          \
    ((afl_len = afl_len ? 0 : read(0, afl_input, sizeof afl_input)) > 0)
#define __AFL_INIT() ((void)0)
#endif

#endif
