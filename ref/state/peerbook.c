/* SPDX-License-Identifier: MIT */
/*
 * Tokens are kept as hashes and compared in constant time over the whole book,
 * so the time tells neither how close a guess was nor whose token it is.
 *
 * Two peers of one name would make every later decision ambiguous, so a book
 * with a name twice is refused when it is read [PI-7]; so are names that could
 * be taken for something else: "local" and names with a slash in them.
 */
#include "ref/state/peerbook.h"
#include "ref/base/xalloc.h"
#include "ref/model/fingerprint.h"
#include "ref/model/secret.h"
#include "ref/model/token.h"

/* What the members of an entry are, before they are believed. */
struct members {
    const json_t *id, *fingerprints, *token_hash, *scopes, *resources, *name,
        *enabled;
};

static bool check_id(const json_t *id, struct failure *f)
{
    struct slice text = value_string(id);

    if (text.len == 0 || memchr(text.data, '/', text.len) ||
        slice_equal(text, slice_of("local")))
        return failure_say(f, "peer_id: expected a name without '/' that is "
                              "not \"local\"");
    return true;
}

static bool check_fingerprints(const json_t *list, struct failure *f)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!fingerprint_is_valid(value_string(json_array_get(list, i))))
            return failure_say(f, "fingerprints: expected \"ed25519:\" or "
                                  "\"SHA256:\" and 64 lower-case hex digits");
    return true;
}

static bool check(const struct members *m, struct failure *f)
{
    struct slice hash = value_string(m->token_hash);

    if (!secret_check(hash, f))
        return failure_wrap(f, "auth_token_hash: ");
    if (json_is_string(m->token_hash) && !token_hash_is_valid(hash))
        return failure_say(f, "auth_token_hash: expected \"sha256:\" and 64 "
                              "lower-case hex digits");
    return check_id(m->id, f) && check_fingerprints(m->fingerprints, f);
}

static struct slice own(const json_t *string)
{
    struct slice text = value_string(string);

    return slice_make(xalloc_copy(text), text.len);
}

static bool read_entry(const json_t *object, struct peerbook_entry *ret,
                       struct failure *f)
{
    struct members m;
    const struct value_field fields[] = {
        {"peer_id", VALUE_STRING, true, &m.id},
        {"fingerprints", VALUE_STRINGS, false, &m.fingerprints},
        {"auth_token_hash", VALUE_STRING_OR_NULL, false, &m.token_hash},
        {"scopes", VALUE_STRINGS, false, &m.scopes},
        {"resources", VALUE_OBJECT, false, &m.resources},
        {"display_name", VALUE_STRING_OR_NULL, false, &m.name},
        {"enabled", VALUE_BOOL, false, &m.enabled},
    };
    struct peerbook_entry e = {.is_enabled = true};

    if (!value_fields(object, fields, sizeof fields / sizeof *fields, f) ||
        !check(&m, f))
        return false;
    if (m.resources && !identity_read_resources(m.resources, &e.identity))
        return failure_say(f, "resources: expected an object of lists of "
                              "strings");
    e.identity.id = own(m.id);
    e.identity.scopes = value_strings(m.scopes);
    e.fingerprints = value_strings(m.fingerprints);
    if (json_is_string(m.token_hash))
        e.token_hash = own(m.token_hash);
    e.is_enabled = !m.enabled || json_is_true(m.enabled);
    *ret = e;
    return true;
}

static bool is_taken(const struct peerbook *b, struct slice id)
{
    for (size_t i = 0; i < b->count; i++)
        if (slice_equal(b->entries[i].identity.id, id))
            return true;
    return false;
}

static bool add_entry(struct peerbook *b, const json_t *object,
                      struct failure *f)
{
    struct peerbook_entry *e = &b->entries[b->count];

    bool is_good;

    if (!read_entry(object, e, f))
        return false;
    is_good = !is_taken(b, e->identity.id);
    if (!is_good)
        failure_say(f, "peer_id: %.80s is there twice",
                    (const char *)e->identity.id.data);
    b->count++;
    return is_good;
}

bool peerbook_read(const json_t *list, struct peerbook *ret,
                   struct failure *ret_failure)
{
    struct peerbook b = {NULL, 0};

    if (!json_is_array(list))
        return failure_say(ret_failure, "expected a list of peers");
    b.entries = xalloc(json_array_size(list), sizeof *b.entries);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!add_entry(&b, json_array_get(list, i), ret_failure)) {
            peerbook_clear(&b);
            return failure_wrap(ret_failure, "peer %zu: ", i);
        }
    *ret = b;
    return true;
}

const struct identity *peerbook_by_fingerprint(const struct peerbook *b,
                                               struct slice fingerprint)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->entries[i].is_enabled &&                            /* [IP-6] */
            strings_has(&b->entries[i].fingerprints, fingerprint)) /* [IP-2] */
            return &b->entries[i].identity;
    return NULL;
}

const struct identity *peerbook_by_token(const struct peerbook *b,
                                         struct slice token)
{
    const struct token_hash hash = token_hash_of(token);
    const struct identity *found = NULL;

    for (size_t i = 0; i < b->count; i++) {
        const struct peerbook_entry *e = &b->entries[i];

        if (e->token_hash.data &&
            digest_equal(e->token_hash, token_hash_slice(&hash)) &&
            e->is_enabled && !found) /* [IP-3] the first enabled */
            found = &e->identity;
    }
    return found;
}

void peerbook_clear(struct peerbook *b)
{
    for (size_t i = 0; i < b->count; i++) {
        identity_clear(&b->entries[i].identity);
        strings_clear(&b->entries[i].fingerprints);
        xalloc_free((void *)(uintptr_t)b->entries[i].token_hash.data);
    }
    xalloc_free(b->entries);
    *b = (struct peerbook){NULL, 0};
}
