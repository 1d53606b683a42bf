/* SPDX-License-Identifier: MIT */
/* See credentials.h. */
#include "ref/state/credentials.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"

static struct encrypted_data *add(struct credentials *c, struct slice provider,
                                  struct failure *f)
{
    struct encrypted_data *kept;

    if (provider.len > BOUNDS_PROVIDER_MAX) {
        failure_say(f, "credentials: expected a provider of at most %u bytes",
                    BOUNDS_PROVIDER_MAX);
        return NULL;
    }
    if (c->by_provider.count >= BOUNDS_CREDENTIALS_MAX) {
        failure_say(f, "credentials: no room for more than %u",
                    BOUNDS_CREDENTIALS_MAX);
        return NULL;
    }
    kept = xalloc(1, sizeof *kept);
    table_add(&c->by_provider, provider, kept);
    return kept;
}

bool credentials_put(struct credentials *c, struct slice provider,
                     const struct encrypted_data *sealed,
                     struct failure *ret_failure)
{
    struct encrypted_data *kept = table_find(&c->by_provider, provider);
    struct encrypted_data copy;

    if (!kept && !(kept = add(c, provider, ret_failure)))
        return false;
    copy = encrypted_data_copy(sealed); /* it may be what is kept */
    encrypted_data_clear(kept);
    *kept = copy;
    return true;
}

const struct encrypted_data *credentials_get(const struct credentials *c,
                                             struct slice provider)
{
    return table_find(&c->by_provider, provider);
}

static void drop(struct encrypted_data *kept)
{
    encrypted_data_clear(kept);
    xalloc_free(kept);
}

void credentials_delete(struct credentials *c, struct slice provider)
{
    struct encrypted_data *kept = table_remove(&c->by_provider, provider);

    if (kept)
        drop(kept);
}

void credentials_clear(struct credentials *c)
{
    for (struct table_entry *e = table_first(&c->by_provider); e;
         e = table_next(e))
        drop(e->value);
    table_clear(&c->by_provider);
}
