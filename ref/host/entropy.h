/* SPDX-License-Identifier: MIT */
/* What only the machine can know: what time it is, and what is random. */
#ifndef REF_HOST_ENTROPY_H
#define REF_HOST_ENTROPY_H

#include "ref/base/entropy.h"

/* Nanoseconds of a clock that never goes back; its zero means nothing. */
uint64_t entropy_now_ns(void);

/* Seconds since 1970, for expiry dates. */
int64_t entropy_wall_s(void);

/* What that was when entropy_now_ns() was 0, for who knows that time only. */
uint64_t entropy_began_s(void);

/* The system's random bytes. */
struct entropy_source entropy_system(void);

#endif
