/* SPDX-License-Identifier: MIT */
/* Everything that says what is asked, put behind each other and digested. */
#include "conformance/suite.h"

#include "ref/base/buf.h"
#include "vectors/vectors.h"

static void digest_of(struct buf *b, char ret_hash[TRANSCRIPT_HASH_LEN])
{
    transcript_digest(buf_slice(b), ret_hash);
    buf_clear(b);
}

static void put_files(struct buf *b, bool requirements)
{
    for (size_t i = 0; i < vectors_files_count; i++) {
        const struct vectors_file *f = &vectors_files[i];

        if ((strcmp(f->name, "requirements.json") == 0) == requirements)
            buf_put_slice(b, slice_make(f->data, f->len));
    }
}

void suite_digest(const struct plan *p, char ret_hash[TRANSCRIPT_HASH_LEN])
{
    struct buf b;

    buf_init(&b, SIZE_MAX / 2);
    for (size_t i = 0; i < p->cases_count; i++) {
        buf_put(&b, p->cases[i]->id);
        buf_put(&b, "\n");
        buf_put(&b, p->cases[i]->rules);
        buf_put(&b, "\n");
        buf_put(&b, p->cases[i]->claim);
        buf_put(&b, "\n");
    }
    put_files(&b, false);
    digest_of(&b, ret_hash);
}

void suite_spec_digest(char ret_hash[TRANSCRIPT_HASH_LEN])
{
    struct buf b;

    buf_init(&b, SIZE_MAX / 2);
    put_files(&b, true);
    digest_of(&b, ret_hash);
}
