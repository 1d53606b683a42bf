/* SPDX-License-Identifier: MIT */
/*
 * What the unit tests share: the test library with the headers it needs, a
 * few comparisons that know slices, a seeded generator, and memory that is
 * exactly as large as its contents, so that a byte read too far is noticed.
 *
 * A test file is functions whose names are sentences, one array, and main().
 * Nothing in a test sleeps, looks at a clock or opens a port.
 */
#ifndef REF_TEST_T_H
#define REF_TEST_T_H

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ref/base/buf.h"
#include "ref/base/failure.h"
#include "ref/base/value.h"

#define T_COUNT(array) (sizeof(array) / sizeof *(array))

/* A literal with its NULs, without its terminator. */
#define T_BYTES(literal) slice_make(literal, sizeof(literal) - 1)

/* The slice holds exactly this. */
#define t_same(got, wanted)                                                    \
    t_same_at((got), slice_of(wanted), #got, __FILE__, __LINE__)
#define t_same_bytes(got, wanted)                                              \
    t_same_at((got), (wanted), #got, __FILE__, __LINE__)

static inline void t_same_at(struct slice got, struct slice wanted,
                             const char *what, const char *file, int line)
{
    if (slice_equal(got, wanted))
        return;
    print_error("%s is \"%.*s\", wanted \"%.*s\"\n", what, (int)got.len,
                (const char *)got.data, (int)wanted.len,
                (const char *)wanted.data);
    _fail(file, line);
}

/* The text has these words in it. */
#define t_says(text, words) t_says_at((text), (words), __FILE__, __LINE__)

static inline void t_says_at(const char *text, const char *words,
                             const char *file, int line)
{
    if (strstr(text, words))
        return;
    print_error("\"%s\" does not say \"%s\"\n", text, words);
    _fail(file, line);
}

/* A copy in memory of exactly its length; given back with free(). */
static inline struct slice t_exact(struct slice bytes)
{
    uint8_t *copy = malloc(bytes.len ? bytes.len : 1);

    assert_non_null(copy);
    if (bytes.len)
        memcpy(copy, bytes.data, bytes.len);
    return slice_make(copy, bytes.len);
}

static inline void t_free(struct slice bytes)
{
    free((void *)(uintptr_t)bytes.data);
}

/* The next number of a sequence that only depends on where it began
 * (splitmix64); t_below() gives one of 0 … n-1. */
static inline uint64_t t_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline size_t t_below(uint64_t *state, size_t n)
{
    return (size_t)(t_random(state) % n);
}

/* The tree of a text that is known to be good. Owned by the caller. */
static inline json_t *t_tree(const char *text)
{
    struct failure f;
    json_t *tree = value_parse(slice_of(text), &f);

    if (!tree)
        fail_msg("%s: %s", text, f.sentence);
    return tree;
}

/* Prints a tree and compares; swallows the tree. */
#define t_prints_take(tree, wanted)                                            \
    t_prints_take_at((tree), (wanted), __FILE__, __LINE__)

static inline void t_prints_take_at(json_t *tree, const char *wanted,
                                    const char *file, int line)
{
    struct buf out;

    buf_init(&out, 65536);
    assert_true(value_print(tree, &out));
    t_same_at(buf_slice(&out), slice_of(wanted), "the text", file, line);
    buf_clear(&out);
    json_decref(tree);
}

/* Bytes from hex digits; given back with t_free(). */
static inline struct slice t_unhex(const char *digits)
{
    size_t len = strlen(digits) / 2;
    uint8_t *bytes = malloc(len ? len : 1);

    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++) {
        char pair[3] = {digits[2 * i], digits[2 * i + 1]};

        bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return slice_make(bytes, len);
}

/* Does run(arg) stop at an assertion? What it held by then is lost, so it
 * should hold nothing that its caller cannot give back. */
static sigjmp_buf t_stopped;

static inline void t_stop(int number)
{
    (void)number;
    siglongjmp(t_stopped, 1);
}

static inline bool t_asserts(void (*run)(void *arg), void *arg)
{
    struct sigaction catch = {.sa_handler = t_stop}, old;
    bool is_stopped = true;

    sigaction(SIGABRT, &catch, &old);
    if (sigsetjmp(t_stopped, 1) == 0) {
        run(arg);
        is_stopped = false;
    }
    sigaction(SIGABRT, &old, NULL);
    return is_stopped;
}

#endif
