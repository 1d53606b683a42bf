/* SPDX-License-Identifier: MIT */
/* What libFuzzer calls, of one target; compiled once for each, with its struct
 * as TARGET. AFL++ brings a main of its own that calls the same two functions
 * (afl.c). */
#include "fuzz/entry.h"

extern const struct target TARGET;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    if (TARGET.setup)
        TARGET.setup();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    TARGET.run(slice_make(data, len));
    return 0;
}
