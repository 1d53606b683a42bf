/* SPDX-License-Identifier: MIT */
/* The commands of alkref. Each reads its own words behind its name and returns
 * the exit status of the program (options.h). */
#ifndef REF_BIN_COMMANDS_H
#define REF_BIN_COMMANDS_H

#include "ref/bin/options.h"

int commands_keygen(int argc, char **argv, struct failure *f);
int commands_listen(int argc, char **argv, struct failure *f);
int commands_dial(int argc, char **argv, struct failure *f);
int commands_call(int argc, char **argv, struct failure *f);
int commands_subscribe(int argc, char **argv, struct failure *f);
int commands_list(int argc, char **argv, struct failure *f);
int commands_peers(int argc, char **argv, struct failure *f);
int commands_schema(int argc, char **argv, struct failure *f);

/* Prints the sentence to standard error; returns `status`. */
int commands_complain(const struct failure *f, int status);

#endif
