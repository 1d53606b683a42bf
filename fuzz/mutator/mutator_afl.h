/* SPDX-License-Identifier: MIT */
/* The names by which AFL++ knows a mutator in a library of its own. */
#ifndef FUZZ_MUTATOR_MUTATOR_AFL_H
#define FUZZ_MUTATOR_MUTATOR_AFL_H

#include <stddef.h>
#include <stdint.h>

void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(void *self, uint8_t *data, size_t len, uint8_t **ret,
                       uint8_t *other, size_t other_len, size_t max);
void afl_custom_deinit(void *self);

#endif
