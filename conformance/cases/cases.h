/* SPDX-License-Identifier: MIT */
/*
 * All cases, section by section. A new section is a new file here and a line
 * in cases.c.
 */
#ifndef CONFORMANCE_CASES_CASES_H
#define CONFORMANCE_CASES_CASES_H

#include "conformance/case.h"

extern const struct case_list *const cases_sections[];
extern const size_t cases_sections_count;

#endif
