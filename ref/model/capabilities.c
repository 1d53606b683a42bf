/* SPDX-License-Identifier: MIT */
/*
 * See capabilities.h. The struct is known here alone, so that nobody prints,
 * stores or compares a secret by accident.
 */
#include "ref/model/capabilities.h"
#include "ref/base/wipe.h"
#include "ref/base/xalloc.h"
#include "ref/model/secret.h"

struct secret {
    struct slice name; /* owned */
    uint8_t *bytes;    /* owned; wiped before it is freed */
    size_t len;        /* of bytes */
};

struct capabilities {
    struct secret *secrets; /* owned */
    size_t count;           /* entries in secrets */
};

struct capabilities *capabilities_new(void)
{
    return xalloc(1, sizeof(struct capabilities));
}

static const struct secret *find(const struct capabilities *c,
                                 struct slice name)
{
    for (size_t i = 0; c && i < c->count; i++)
        if (slice_equal(c->secrets[i].name, name))
            return &c->secrets[i];
    return NULL;
}

bool capabilities_add(struct capabilities *c, struct slice name,
                      struct slice secret)
{
    if (find(c, name) || secret_is_redacted(secret))
        return false;
    c->secrets = xalloc_grow(c->secrets, c->count + 1, sizeof *c->secrets);
    c->secrets[c->count++] = (struct secret){
        slice_make(xalloc_copy(name), name.len),
        (uint8_t *)xalloc_copy(secret),
        secret.len,
    };
    return true;
}

size_t capabilities_count(const struct capabilities *c)
{
    return c ? c->count : 0;
}

struct slice capabilities_name(const struct capabilities *c, size_t i)
{
    assert(c && i < c->count);
    return c->secrets[i].name;
}

struct slice capabilities_get(const struct capabilities *c, struct slice name)
{
    const struct secret *s = find(c, name);

    return s ? slice_make(s->bytes, s->len) : slice_make(NULL, 0);
}

struct capabilities *capabilities_copy(const struct capabilities *c)
{
    struct capabilities *copy = c ? capabilities_new() : NULL;

    for (size_t i = 0; c && i < c->count; i++)
        (void)capabilities_add(
            copy, c->secrets[i].name,
            slice_make(c->secrets[i].bytes, c->secrets[i].len));
    return copy;
}

void capabilities_free(struct capabilities *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->count; i++) {
        wipe(c->secrets[i].bytes, c->secrets[i].len);
        xalloc_free(c->secrets[i].bytes);
        xalloc_free((void *)(uintptr_t)c->secrets[i].name.data);
    }
    xalloc_free(c->secrets);
    xalloc_free(c);
}
