/* SPDX-License-Identifier: MIT */
/*
 * A worker and its testee talk in small lines and wait for each other: on one
 * processor they hand over without waking a second one.
 */
#define _GNU_SOURCE
#include <sched.h>

#include "conformance/affinity.h"

unsigned affinity_count(void)
{
    cpu_set_t set;
    int count;

    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    count = CPU_COUNT(&set);
    return count > 0 ? (unsigned)count : 1;
}

void affinity_bind(unsigned n)
{
    unsigned left = n % affinity_count();
    cpu_set_t all;
    cpu_set_t one;

    if (sched_getaffinity(0, sizeof all, &all) != 0)
        return;
    CPU_ZERO(&one);
    for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &all) && left-- == 0) {
            CPU_SET(cpu, &one);
            (void)sched_setaffinity(0, sizeof one, &one);
            return;
        }
    }
}
