/* SPDX-License-Identifier: MIT */
/* A list, and a search through whatever came. */
#include "conformance/secrets.h"

#include <inttypes.h>

#include "conformance/backstage.h"
#include "conformance/body.h"
#include "conformance/hex.h"

#define SECRET_BYTES 32

static struct secret *secret_of(struct scene *s, const char *label)
{
    struct secret *secret = s->secrets;

    while (secret && strcmp(secret->label, label) != 0)
        secret = secret->next;
    return secret;
}

static struct secret *add_secret(struct scene *s, const char *label,
                                 const char *text)
{
    struct secret *secret = arena_new(&s->arena, 1, sizeof *secret);

    secret->label = scene_text(s, "%s", label);
    secret->text = slice_of(text);
    secret->next = s->secrets;
    s->secrets = secret;
    return secret;
}

/* 64 digits out of the run's seed and the label. */
static const char *digits(struct scene *s, const char *label)
{
    char *hex = arena_new(&s->arena, TRANSCRIPT_HASH_LEN, 1);
    const char *text =
        scene_text(s, "callspec secret %016" PRIx64 " %s", s->seed, label);

    transcript_digest(slice_of(text), hex);
    return hex;
}

const char *stage_secret(struct scene *s, const char *label)
{
    return stage_api_secret(s, label, "");
}

const char *stage_api_secret(struct scene *s, const char *label,
                             const char *prefix)
{
    struct secret *secret = secret_of(s, label);

    if (!secret)
        secret = add_secret(s, label,
                            scene_text(s, "%ssecret-%s-%.32s", prefix, label,
                                       digits(s, label)));
    return (const char *)secret->text.data;
}

const uint8_t *stage_unhex(struct scene *s, struct slice hex)
{
    uint8_t *bytes = arena_new(&s->arena, SECRET_BYTES, 1);

    if (!hex_read(hex, bytes, SECRET_BYTES))
        scene_stop(s, VERDICT_HARNESS, "a secret of 64 digits", "another");
    return bytes;
}

const uint8_t *stage_seed(struct scene *s, const char *label)
{
    struct secret *secret = secret_of(s, label);

    if (!secret)
        secret = add_secret(s, label, digits(s, label));
    return stage_unhex(s, secret->text);
}

const uint8_t *stage_key_seed(struct scene *s, enum stage_key key)
{
    static const char *const labels[STAGE_KEYS] = {"key-stranger", "key-a",
                                                   "key-b", "key-c"};

    return stage_seed(s, labels[key]);
}

static size_t occurrences(struct slice bytes, struct slice what)
{
    size_t count = 0;
    size_t at;

    while ((at = slice_find(bytes, what)) < bytes.len) {
        bytes = slice_skip(bytes, at + 1);
        count++;
    }
    return count;
}

void stage_look_for_secrets(struct scene *s, struct slice bytes,
                            struct slice allowed, const char *where)
{
    for (const struct secret *secret = s->secrets; secret;
         secret = secret->next) {
        if (occurrences(bytes, secret->text) >
            occurrences(allowed, secret->text))
            scene_blame(
                s, VERDICT_FAIL,
                scene_text(s, "the secret `%s` in %s", secret->label, where));
    }
}

/* The secret that begins earliest, and where; NULL: none is in it. */
static const struct secret *first_secret(const struct scene *s,
                                         struct slice text, size_t *ret_at)
{
    const struct secret *found = NULL;

    *ret_at = text.len;
    for (const struct secret *k = s->secrets; k; k = k->next) {
        size_t at = slice_find(text, k->text);

        if (at < *ret_at) {
            *ret_at = at;
            found = k;
        }
    }
    return found;
}

struct slice stage_redact(struct scene *s, struct slice text)
{
    const struct secret *secret;
    struct slice clean;
    struct buf b;
    size_t at;

    buf_init(&b, SIZE_MAX / 2);
    while ((secret = first_secret(s, text, &at)) != NULL) {
        buf_put_slice(&b, slice_head(text, at));
        buf_put(&b, "<secret ");
        buf_put(&b, secret->label);
        buf_put(&b, ">");
        text = slice_skip(text, at + secret->text.len);
    }
    buf_put_slice(&b, text);
    clean = arena_copy(&s->arena, buf_slice(&b));
    buf_clear(&b);
    return clean;
}
