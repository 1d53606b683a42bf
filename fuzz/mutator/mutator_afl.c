/* SPDX-License-Identifier: MIT */
/* The mutator as AFL++ loads it: AFL_CUSTOM_MUTATOR_LIBRARY. What is made
 * belongs to it until it is asked again. */
#include "fuzz/mutator/mutator_afl.h"

#include "fuzz/mutator/mutator.h"
#include "ref/base/xalloc.h"

struct mutator {
    uint64_t seed; /* AFL++'s, and how often it asked */
    struct buf out;
};

void *afl_custom_init(void *afl, unsigned seed)
{
    struct mutator *m = xalloc(1, sizeof *m);

    (void)afl;
    m->seed = (uint64_t)seed << 32;
    buf_init(&m->out, SIZE_MAX);
    return m;
}

size_t afl_custom_fuzz(void *self, uint8_t *data, size_t len, uint8_t **ret,
                       uint8_t *other, size_t other_len, size_t max)
{
    struct mutator *m = self;

    (void)mutator_run(slice_make(data, len), slice_make(other, other_len),
                      m->seed++, max, &m->out);
    *ret = m->out.data;
    return m->out.len;
}

void afl_custom_deinit(void *self)
{
    struct mutator *m = self;

    buf_clear(&m->out);
    xalloc_free(m);
}
