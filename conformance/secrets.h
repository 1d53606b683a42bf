/* SPDX-License-Identifier: MIT */
/*
 * The secrets of a scene: keys, tokens and capabilities, made from the run's
 * seed, each unlike any other text, so that one that shows up where it does not
 * belong is noticed.
 */
#ifndef CONFORMANCE_SECRETS_H
#define CONFORMANCE_SECRETS_H

#include "conformance/keys.h"
#include "ref/base/slice.h"

struct scene;

/* A text that is a secret: unlike any other, and never to be seen in a frame
 * (but as auth_token), an event or a log of the testee. For tokens and
 * capabilities. `label` is a slug; the same label gives the same secret. */
const char *stage_secret(struct scene *s, const char *label);

/* A secret that begins with its prefix, which is none: for API keys. */
const char *stage_api_secret(struct scene *s, const char *label,
                             const char *prefix);

/* 32 secret bytes of a key, ours or (label "testee") theirs. */
const uint8_t *stage_seed(struct scene *s, const char *label);

/* 32 bytes out of 64 digits. */
const uint8_t *stage_unhex(struct scene *s, struct slice hex);

/* Looks for secrets in what came from the testee; `allowed` is a text that may
 * occur, or empty. */
void stage_look_for_secrets(struct scene *s, struct slice bytes,
                            struct slice allowed, const char *where);

/* A copy of the text with every secret replaced by its name: what is written
 * down of a conversation. */
struct slice stage_redact(struct scene *s, struct slice text);

/* The secret of one of our keys. */
const uint8_t *stage_key_seed(struct scene *s, enum stage_key key);

#endif
