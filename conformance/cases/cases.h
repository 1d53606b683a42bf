/* SPDX-License-Identifier: MIT */
/*
 * All cases, section by section. A new section is a new file here and a line
 * in cases.c; the grid (grid.c) is made of its axes.
 */
#ifndef CONFORMANCE_CASES_CASES_H
#define CONFORMANCE_CASES_CASES_H

#include "conformance/arena.h"
#include "conformance/case.h"

extern const struct case_list *const cases_sections[];
extern const size_t cases_sections_count;

/* The cases that are made, not written: every combination of what can be said
 * of an operation and of its caller. In the arena. */
struct case_list grid_cases(struct arena *arena);

#endif
