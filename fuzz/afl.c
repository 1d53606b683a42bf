/* SPDX-License-Identifier: MIT */
/* AFL++'s persistent main around the two functions of entry.h. What is done
 * once is done before the fork server starts. */
#include "fuzz/afl.h"
#include "fuzz/entry.h"

#define ROUNDS 20000 /* inputs to a process */

__AFL_FUZZ_INIT();

int main(int argc, char **argv)
{
    const unsigned char *input;

    (void)LLVMFuzzerInitialize(&argc, &argv);
    __AFL_INIT();
    input = __AFL_FUZZ_TESTCASE_BUF;
    while (__AFL_LOOP(ROUNDS))
        (void)LLVMFuzzerTestOneInput(input, (size_t)__AFL_FUZZ_TESTCASE_LEN);
    return 0;
}
