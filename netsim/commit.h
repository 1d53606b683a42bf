/* SPDX-License-Identifier: MIT */
/* What was built: written by the Makefile, so that a finding can say it. */
#ifndef NETSIM_COMMIT_H
#define NETSIM_COMMIT_H

/* The beginning of a commit's name, with a "+" behind it when there was more
 * than that commit; "unknown" where there is no git. */
extern const char commit_name[];

#endif
