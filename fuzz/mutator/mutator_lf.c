/* SPDX-License-Identifier: MIT */
/* The mutator as libFuzzer calls it. One time in four libFuzzer's own is used,
 * which knows what the target compared its input with. */
#include "fuzz/mutator/mutator_lf.h"

#include "fuzz/mutator/mutator.h"

#define OWN_ONE_IN 4

static struct buf out; /* kept from one time to the next */

static size_t run(struct slice input, struct slice other, unsigned seed,
                  size_t max, uint8_t *ret)
{
    if (out.len_max == 0)
        buf_init(&out, SIZE_MAX);
    (void)mutator_run(input, other, seed, max, &out);
    if (out.len)
        memcpy(ret, out.data, out.len);
    return out.len;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max,
                               unsigned seed)
{
    if (seed % OWN_ONE_IN == 0)
        return LLVMFuzzerMutate(data, len, max);
    return run(slice_make(data, len), slice_make(NULL, 0), seed, max, data);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data, size_t len,
                                 const uint8_t *other, size_t other_len,
                                 uint8_t *ret, size_t max, unsigned seed)
{
    return run(slice_make(data, len), slice_make(other, other_len), seed, max,
               ret);
}
