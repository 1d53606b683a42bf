/* SPDX-License-Identifier: MIT */
/* See auth_policy.h. */
#include "ref/state/auth_policy.h"

bool auth_policy_read(const json_t *object, struct auth_policy *ret,
                      struct failure *ret_failure)
{
    struct auth_policy p = {.peers = {NULL, 0}};
    const json_t *peers, *keys;
    const struct value_field fields[] = {
        {"peers", VALUE_LIST, true, &peers},
        {"api_keys", VALUE_LIST, false, &keys},
    };

    if (!value_fields(object, fields, sizeof fields / sizeof *fields,
                      ret_failure) ||
        !peerbook_read(peers, &p.peers, ret_failure))
        return false;
    if (keys && !apikeys_read(keys, &p.keys, ret_failure)) {
        auth_policy_clear(&p);
        return failure_wrap(ret_failure, "api_keys: ");
    }
    *ret = p;
    return true;
}

const struct identity *auth_policy_by_fingerprint(const struct auth_policy *p,
                                                  struct slice fingerprint)
{
    return peerbook_by_fingerprint(&p->peers, fingerprint);
}

/* [IP-3] a peer first. */
const struct identity *auth_policy_by_token(const struct auth_policy *p,
                                            struct slice token, uint64_t now_s)
{
    const struct identity *peer = peerbook_by_token(&p->peers, token);

    return peer ? peer : apikeys_by_token(&p->keys, token, now_s);
}

void auth_policy_clear(struct auth_policy *p)
{
    peerbook_clear(&p->peers);
    apikeys_clear(&p->keys);
}
