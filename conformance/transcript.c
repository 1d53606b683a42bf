/* SPDX-License-Identifier: MIT */
/*
 * Lines in a list. The digest writes them into one running hash with the
 * moving parts replaced: the number behind the first `"seq":`, and random ids,
 * which occur as text in events and as hexadecimal in what streams carry.
 */
#include "conformance/transcript.h"

#include <gnutls/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#include "ref/base/buf.h"

#define DIGEST_LEN 32

struct transcript_id {
    struct slice text;          /* as it is */
    struct slice hex;           /* as it stands in stream data */
    size_t number;              /* in the order of appearance */
    struct transcript_id *next; /* one that was seen earlier */
};

void transcript_add(struct transcript *t, bool is_ours, uint64_t at_ns,
                    struct slice text)
{
    struct transcript_line *line = arena_new(t->arena, 1, sizeof *line);

    *line = (struct transcript_line){is_ours, at_ns, text, NULL};
    if (t->last)
        t->last->next = line;
    else
        t->first = line;
    t->last = line;
}

void transcript_random_id(struct transcript *t, struct slice id)
{
    struct transcript_id *known = arena_new(t->arena, 1, sizeof *known);
    char *hex = arena_new(t->arena, id.len * 2 + 1, 1);

    if (id.len == 0)
        return;
    for (size_t i = 0; i < id.len; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", id.data[i]);
    known->text = arena_copy(t->arena, id);
    known->hex = slice_of(hex);
    known->number = t->ids_count++;
    known->next = t->ids;
    t->ids = known;
}

static void hash_add(gnutls_hash_hd_t hash, struct slice bytes)
{
    if (bytes.len && gnutls_hash(hash, bytes.data, bytes.len) < 0)
        abort();
}

/* The first place where any id begins, which one, and how it is written. */
static size_t find_id(const struct transcript *t, struct slice text,
                      const struct transcript_id **ret_id, size_t *ret_len)
{
    for (size_t at = 0; at < text.len; at++) {
        struct slice rest = slice_skip(text, at);

        for (const struct transcript_id *id = t->ids; id; id = id->next) {
            bool is_text = slice_starts(rest, id->text);

            if (is_text || slice_starts(rest, id->hex)) {
                *ret_id = id;
                *ret_len = is_text ? id->text.len : id->hex.len;
                return at;
            }
        }
    }
    return text.len;
}

static void hash_text(gnutls_hash_hd_t hash, const struct transcript *t,
                      struct slice text)
{
    while (t->ids && text.len > 0) {
        const struct transcript_id *id = NULL;
        size_t len = 0;
        size_t at = find_id(t, text, &id, &len);
        char number[32];

        hash_add(hash, slice_head(text, at));
        if (!id)
            return;
        (void)snprintf(number, sizeof number, "#%zu", id->number);
        hash_add(hash, slice_of(number));
        text = slice_skip(text, at + len);
    }
    hash_add(hash, text);
}

/* The text behind the number of the first `"seq":`; what stands before it is
 * hashed. A text without one stays whole. */
static struct slice skip_seq(gnutls_hash_hd_t hash, struct slice text)
{
    const struct slice mark = slice_of("\"seq\":");
    size_t at = 0;

    while (at < text.len && !slice_starts(slice_skip(text, at), mark))
        at++;
    if (at == text.len)
        return text;
    hash_add(hash, slice_head(text, at));
    at += mark.len;
    while (at < text.len && text.data[at] >= '0' && text.data[at] <= '9')
        at++;
    return slice_skip(text, at);
}

static void print_hex(const uint8_t bytes[DIGEST_LEN],
                      char hex[TRANSCRIPT_HASH_LEN])
{
    for (size_t i = 0; i < DIGEST_LEN; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

void transcript_hash(const struct transcript *t,
                     char ret_hash[TRANSCRIPT_HASH_LEN])
{
    uint8_t digest[DIGEST_LEN];
    gnutls_hash_hd_t hash;

    if (gnutls_hash_init(&hash, GNUTLS_DIG_SHA256) < 0)
        abort();
    for (const struct transcript_line *l = t->first; l; l = l->next) {
        hash_add(hash, slice_of(l->is_ours ? "> " : "< "));
        hash_text(hash, t, skip_seq(hash, l->text));
        hash_add(hash, slice_of("\n"));
    }
    gnutls_hash_deinit(hash, digest);
    print_hex(digest, ret_hash);
}

void transcript_digest(struct slice bytes, char ret_hash[TRANSCRIPT_HASH_LEN])
{
    uint8_t digest[DIGEST_LEN];

    if (gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes.data, bytes.len, digest) < 0)
        abort();
    print_hex(digest, ret_hash);
}
