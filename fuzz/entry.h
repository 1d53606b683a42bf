/* SPDX-License-Identifier: MIT */
/* The functions that every fuzzer knows by these names. */
#ifndef FUZZ_ENTRY_H
#define FUZZ_ENTRY_H

#include "fuzz/target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* And the one that AddressSanitizer asks what it is to do. Static. */
const char *__asan_default_options(void);

#endif
