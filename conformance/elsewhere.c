/* SPDX-License-Identifier: MIT */
/* See elsewhere.h. */
#include "conformance/elsewhere.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "conformance/file.h"
#include "conformance/json.h"

#define PROGRAM "alksim"

bool elsewhere_is_world(const char *path)
{
    const struct json *tree = NULL;
    struct arena arena;
    struct slice text;
    struct failure ignored;
    bool is_world;

    arena_init(&arena);
    is_world = file_read(&arena, path, &text, &ignored) &&
               json_parse(&arena, text, JSON_DEPTH_MAX, &tree, NULL) &&
               json_is_text(json_find(tree, "format"), ELSEWHERE_FORMAT);
    arena_clear(&arena);
    return is_world;
}

/* The folder this program was started from, and a slash; empty when the
 * system does not say. */
static const char *own_folder(struct arena *arena)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self);

    while (len > 0 && self[len - 1] != '/')
        len--;
    return arena_text(arena, "%.*s", len > 0 ? (int)len : 0, self);
}

bool elsewhere_replay(const char *path, struct failure *ret_failure)
{
    struct arena arena;
    const char *beside;

    arena_init(&arena);
    beside = arena_text(&arena, "%s" PROGRAM, own_folder(&arena));
    (void)fflush(NULL);
    (void)execl(beside, PROGRAM, "replay", path, (char *)NULL);
    (void)execlp(PROGRAM, PROGRAM, "replay", path, (char *)NULL);
    failure_say(ret_failure,
                "%s is a world of " PROGRAM "'s, which is neither at %s nor in "
                "the PATH: %s",
                path, beside, strerror(errno));
    arena_clear(&arena);
    return false;
}
