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

/* Where memory came from is not written down, since fuzz-replay tells that of
 * what was found; and what is freed waits for no longer than an input lasts.
 * Both cost more than the targets themselves. */
const char *__asan_default_options(void)
{
    return "malloc_context_size=0:quarantine_size_mb=1:"
           "thread_local_quarantine_size_kb=16";
}
