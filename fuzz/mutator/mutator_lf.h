/* SPDX-License-Identifier: MIT */
/* The names by which libFuzzer knows a mutator, and its own. */
#ifndef FUZZ_MUTATOR_MUTATOR_LF_H
#define FUZZ_MUTATOR_MUTATOR_LF_H

#include <stddef.h>
#include <stdint.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t max);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max,
                               unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data, size_t len,
                                 const uint8_t *other, size_t other_len,
                                 uint8_t *ret, size_t max, unsigned seed);

#endif
