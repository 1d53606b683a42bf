/* SPDX-License-Identifier: MIT */
/*
 * The vector files inside a program, so that a test needs no path, no current
 * folder and no file to be there: the subjects and the requirements, byte
 * for byte as they lie in this folder. The source that defines them is written
 * by embed.py while building:
 *
 *     python3 vectors/embed.py build/gen/vectors_data.c
 *
 * What the bytes mean stands in README.md; nothing here knows it. Two warnings
 * for C: strings in these files may hold an escaped NUL, which a JSON library
 * has to be told to allow, and lengths count, not terminators.
 */
#ifndef VECTORS_VECTORS_H
#define VECTORS_VECTORS_H

#include <stddef.h>

struct vectors_file {
    const char *name;          /* as in this folder: "frame.json" */
    const unsigned char *data; /* JSON in UTF-8; a NUL follows it, uncounted */
    size_t len;                /* bytes of the file */
};

/* All files: the subjects in the order in which README.md lists them, then the
 * requirements. */
extern const struct vectors_file vectors_files[];
extern const size_t vectors_files_count;

#endif
