/* SPDX-License-Identifier: MIT */
/* See vault.h. All the room there may be need for is made first: text that
 * grows is moved, and leaves itself behind. */
#include "ref/state/vault.h"
#include "ref/base/bounds.h"
#include "ref/model/secret.h"

/* What failed is `plain`'s, so nothing of it is repeated. */
static bool add(struct capabilities *c, struct slice name,
                const struct buf *plain, struct failure *f)
{
    if (plain->len == 0)
        return failure_say(f, "nothing is sealed in it");
    return secret_check(buf_slice(plain), f) &&
           (capabilities_add(c, name, buf_slice(plain)) ||
            failure_say(f, "there is a capability of that name"));
}

static bool open_and_add(const struct vault *v,
                         const struct encrypted_data *sealed, struct slice name,
                         struct capabilities *c, struct failure *f)
{
    struct buf plain;
    bool is_good;

    buf_init(&plain, BOUNDS_SEALED_MAX);
    (void)buf_reserve(&plain, BOUNDS_SEALED_MAX);
    is_good = v->decrypt(v->self, sealed, &plain)
                  ? add(c, name, &plain, f)
                  : failure_say(f, "it cannot be decrypted");
    buf_wipe(&plain);
    return is_good;
}

bool vault_fill(const struct vault *v, const struct credentials *store,
                struct slice provider, struct slice name,
                struct capabilities *ret, struct failure *ret_failure)
{
    const struct encrypted_data *sealed = credentials_get(store, provider);
    int len = (int)(provider.len < 60 ? provider.len : 60);

    if (sealed ? open_and_add(v, sealed, name, ret, ret_failure)
               : failure_say(ret_failure, "there is none"))
        return true;
    return failure_wrap(ret_failure, "credential of %.*s: ", len,
                        provider.data ? (const char *)provider.data : "");
}
