/* SPDX-License-Identifier: MIT */
/* See symptom.h. The child says what broke on standard error; the first words
 * that are known are taken, and how it ended when there are none. */
#include "fuzz/symptom.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ref/base/xalloc.h"

#define SECONDS 10
#define SAID_MAX 65536

/* All that the child said, as a string. */
struct said {
    char text[SAID_MAX];
    size_t len;
};

/* In memory of exactly its length, so that a sanitizer sees one byte more. */
_Noreturn static void run_child(const struct target *t, struct slice input,
                                int out)
{
    uint8_t *exact = xalloc(input.len ? input.len : 1, 1);

    if (input.len)
        memcpy(exact, input.data, input.len);
    (void)dup2(out, STDERR_FILENO);
    (void)alarm(SECONDS);
    t->run(slice_make(exact, input.len));
    xalloc_free(exact);
    exit(0); /* leaks are looked for on the way */
}

/* To the end, so that the child never waits; what is too much is dropped. */
static void listen_to(int in, struct said *said)
{
    char more[4096];
    ssize_t len;

    said->len = 0;
    while ((len = read(in, more, sizeof more)) > 0) {
        size_t room = sizeof said->text - 1 - said->len;
        size_t taken = (size_t)len < room ? (size_t)len : room;

        memcpy(said->text + said->len, more, taken);
        said->len += taken;
    }
    said->text[said->len] = '\0';
}

/* The line from `at` on, without its end. */
static void take_line(struct symptom *s, const char *at)
{
    (void)snprintf(s->text, sizeof s->text, "%.*s", (int)strcspn(at, "\n"), at);
}

/* The line that `at` stands in. */
static const char *line_of(const char *text, const char *at)
{
    while (at > text && at[-1] != '\n')
        at--;
    return at;
}

/* Behind ": ", a number becomes # and quoted text "". */
static void mask(struct symptom *s)
{
    char *to = strstr(s->text, ": ");
    const char *from = to;

    while (from && *from) {
        if (*from >= '0' && *from <= '9') {
            from += strspn(from, "0123456789"); /* `to` may stand there */
            *to++ = '#';
            continue;
        }
        if (*from == '"' && strchr(from + 1, '"')) {
            *to++ = *from;
            from = strchr(from + 1, '"');
        }
        *to++ = *from++;
    }
    if (to)
        *to = '\0';
}

/* "#3 0x… in frame_read ref/model/frame.c:99": from the name on, of the first
 * such line behind `from` that is in a folder of ours. */
static const char *own_frame(const char *from)
{
    const char *at = from;

    while ((at = strstr(at, " in "))) {
        size_t len = strcspn(at, "\n");
        const char *ours = strstr(at, "ref/"), *fuzz = strstr(at, "fuzz/");

        at += 4;
        len -= 4;
        if (strncmp(at, "xalloc", 6) != 0 && /* who asked for memory is told */
            ((ours && ours < at + len) || (fuzz && fuzz < at + len)))
            return at;
        at += len;
    }
    return NULL;
}

/* "heap-buffer-overflow in frame_read"; of a leak the first that is told. */
static void take_crash(struct symptom *s, const char *kind)
{
    const char *place = own_frame(kind);

    if (strncmp(kind, "detected memory leaks", 21) == 0)
        kind = "leak";
    (void)snprintf(s->text, sizeof s->text, "%.*s in %.*s",
                   (int)strcspn(kind, " \n"), kind,
                   place ? (int)strcspn(place, " \n") : 7,
                   place ? place : "nothing of ours");
}

static void take_end(struct symptom *s, int status)
{
    if (WIFSIGNALED(status))
        (void)snprintf(s->text, sizeof s->text, "ended by signal %d%s",
                       WTERMSIG(status),
                       WTERMSIG(status) == SIGALRM ? ", it hung" : "");
    else if (WEXITSTATUS(status) != 0)
        (void)snprintf(s->text, sizeof s->text, "ended with exit status %d",
                       WEXITSTATUS(status));
}

static struct symptom name(const struct said *said, int status)
{
    static const char rule[] = "broken rule ", asan[] = "Sanitizer: ";
    struct symptom s = {""};
    const char *at;

    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return s;
    if ((at = strstr(said->text, rule)))
        take_line(&s, at + sizeof rule - 1);
    else if ((at = strstr(said->text, "runtime error: ")) ||
             (at = strstr(said->text, "Assertion `")))
        take_line(&s, line_of(said->text, at));
    else if ((at = strstr(said->text, asan)))
        take_crash(&s, at + sizeof asan - 1);
    else
        take_end(&s, status);
    mask(&s);
    return s;
}

struct symptom symptom_of(const struct target *t, struct slice input)
{
    static struct said said;
    int ends[2], status = 0;
    pid_t child;

    (void)fflush(NULL);
    if (pipe(ends) != 0 || (child = fork()) < 0) {
        perror("fuzz-shrink");
        exit(2);
    }
    if (child == 0)
        run_child(t, input, ends[1]);
    (void)close(ends[1]);
    listen_to(ends[0], &said);
    (void)close(ends[0]);
    (void)waitpid(child, &status, 0);
    return name(&said, status);
}
