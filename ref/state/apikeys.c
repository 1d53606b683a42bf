/* SPDX-License-Identifier: MIT */
/*
 * The prefix finds the one entry that may speak for a token, and then the hash
 * of the whole token decides. Only the first entry that fits is asked: a wrong
 * hash there is the end, whatever stands behind it [IP-4].
 *
 * Everything is bytes. A token cut in the middle of a character is no special
 * case, and a prefix longer than what is looked at never fits [IP-5].
 */
#include "ref/state/apikeys.h"
#include "ref/base/xalloc.h"
#include "ref/model/secret.h"
#include "ref/model/token.h"

#define HEAD "alk_" /* every API key begins so */
#define LOOKED_AT 8 /* bytes of a token in which a prefix is looked for */

/* What the members of an entry are, before they are believed. */
struct members {
    const json_t *prefix, *hash, *scopes, *description, *expires_at;
};

static bool check(const struct members *m, struct failure *f)
{
    if (!secret_check(value_string(m->prefix), f))
        return failure_wrap(f, "prefix: ");
    if (!secret_check(value_string(m->hash), f))
        return failure_wrap(f, "hash: ");
    if (value_string(m->prefix).len == 0)
        return failure_say(f, "prefix: expected the first characters of the "
                              "key");
    if (!token_hash_is_valid(value_string(m->hash)))
        return failure_say(f, "hash: expected \"sha256:\" and 64 lower-case "
                              "hex digits");
    if (m->expires_at && !json_is_null(m->expires_at) &&
        (!json_is_integer(m->expires_at) ||
         json_integer_value(m->expires_at) < 0))
        return failure_say(f, "expires_at: expected seconds of Unix time, or "
                              "null");
    return true;
}

static struct slice own(const json_t *string)
{
    struct slice text = value_string(string);

    return slice_make(xalloc_copy(text), text.len);
}

static bool read_entry(const json_t *object, struct apikeys_entry *ret,
                       struct failure *f)
{
    struct members m;
    const struct value_field fields[] = {
        {"prefix", VALUE_STRING, true, &m.prefix},
        {"hash", VALUE_STRING, true, &m.hash},
        {"scopes", VALUE_STRINGS, true, &m.scopes},
        {"description", VALUE_STRING_OR_NULL, false, &m.description},
        {"expires_at", VALUE_ANY, false, &m.expires_at},
    };

    if (!value_fields(object, fields, sizeof fields / sizeof *fields, f) ||
        !check(&m, f))
        return false;
    *ret = (struct apikeys_entry){
        .identity = {.id = own(m.prefix), .scopes = value_strings(m.scopes)},
        .hash = own(m.hash),
        .expires_at_s = json_is_integer(m.expires_at)
                            ? (uint64_t)json_integer_value(m.expires_at)
                            : NEVER,
    };
    return true;
}

bool apikeys_read(const json_t *list, struct apikeys *ret,
                  struct failure *ret_failure)
{
    struct apikeys k = {NULL, 0};

    if (!json_is_array(list))
        return failure_say(ret_failure, "expected a list of keys");
    k.entries = xalloc(json_array_size(list), sizeof *k.entries);
    for (; k.count < json_array_size(list); k.count++)
        if (!read_entry(json_array_get(list, k.count), &k.entries[k.count],
                        ret_failure)) {
            failure_wrap(ret_failure, "key %zu: ", k.count);
            apikeys_clear(&k);
            return false;
        }
    *ret = k;
    return true;
}

static const struct apikeys_entry *first_that_fits(const struct apikeys *k,
                                                   struct slice token)
{
    struct slice start =
        slice_head(token, token.len < LOOKED_AT ? token.len : LOOKED_AT);

    for (size_t i = 0; i < k->count; i++)
        if (slice_starts(start, k->entries[i].identity.id))
            return &k->entries[i];
    return NULL;
}

const struct identity *apikeys_by_token(const struct apikeys *k,
                                        struct slice token, uint64_t now_s)
{
    const struct apikeys_entry *e = first_that_fits(k, token);
    const struct token_hash hash = token_hash_of(token);

    if (!e || !slice_starts(token, slice_of(HEAD)) ||
        !digest_equal(e->hash, token_hash_slice(&hash)) ||
        e->expires_at_s <= now_s) /* [IP-4] from that second on */
        return NULL;
    return &e->identity;
}

void apikeys_clear(struct apikeys *k)
{
    for (size_t i = 0; i < k->count; i++) {
        identity_clear(&k->entries[i].identity);
        xalloc_free((void *)(uintptr_t)k->entries[i].hash.data);
    }
    xalloc_free(k->entries);
    *k = (struct apikeys){NULL, 0};
}
