/* SPDX-License-Identifier: MIT */
/*
 * A testee without a process: what it says stands there from the beginning, it
 * takes whatever is written to it, and when all was read it has gone. In the
 * place of conformance/driver.c, with the functions of its header.
 */
#ifndef FUZZ_READERS_STILL_DRIVER_H
#define FUZZ_READERS_STILL_DRIVER_H

#include "conformance/driver.h"

/* What the next one says. Borrowed. */
void still_driver_says(struct slice bytes);

#endif
