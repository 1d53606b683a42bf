/* SPDX-License-Identifier: MIT */
/*
 * What every measurement here has in common: two processes, one that asks and
 * one that answers; so many calls under way at once; calls that are counted
 * and timed; one line of JSON with what came out.
 *
 * Nothing here judges: numbers are printed, and only a call that fails is an
 * error.
 */
#ifndef REF_BENCH_BENCH_H
#define REF_BENCH_BENCH_H

#include "ref/base/slice.h"

#include <sys/types.h>

/* What is sent to and fro. */
#define BENCH_OPERATION "bench/echo"
#define BENCH_INPUT                                                            \
    "{\"text\":\"sixty bytes of text, which is what an ordinary call "         \
    "carries\"}"

#define BENCH_DEPTH_MAX 1024u
#define BENCH_COUNT_MAX 100000000u

struct bench {
    const char *name;      /* of the program, for what it says */
    size_t depth;          /* calls under way at once */
    size_t count;          /* calls that are measured */
    size_t warm;           /* calls before them */
    size_t asked;          /* so far, warm ones too */
    size_t answered;       /* so far, warm ones too */
    uint64_t *waited_ns;   /* owned: of each measured call */
    uint64_t begun_ns;     /* when measuring began */
    uint64_t begun_cpu_ns; /* what both processes had used by then */
    pid_t server;          /* the process that answers; 0: none */
};

/* Reads "DEPTH COUNT". Exits with a sentence and 64 when they are not that. */
void bench_read(struct bench *b, int argc, char **argv);

/* Starts the process that answers: it runs serve(), which writes to `tell`
 * what whoever asks has to know, and ends with it. Returns the other end of
 * `tell`. Exits with a sentence and 1 when the system refuses. */
int bench_serve(struct bench *b, void (*serve)(int tell));

/* True when one more call is to be made, which is counted. */
bool bench_may_ask(struct bench *b);

/* A call that was asked at `asked_ns` was answered at `now_ns`. */
void bench_answered(struct bench *b, uint64_t asked_ns, uint64_t now_ns);

/* True when every call was answered. */
bool bench_is_done(const struct bench *b);

/* Prints the line, and ends the process that answers. */
void bench_print(struct bench *b);

/* Ends it all with a sentence, and status 1. */
_Noreturn void bench_fail(const struct bench *b, const char *sentence);

#endif
