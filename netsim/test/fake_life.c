/* SPDX-License-Identifier: MIT */
/* The lives of fake.h as a program: alksim with nothing behind it, so that
 * campaign_test.sh can see what it makes of every way to end. */
#include "netsim/test/fake.h"
