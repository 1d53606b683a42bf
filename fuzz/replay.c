/* SPDX-License-Identifier: MIT */
/*
 * Runs targets on files that are there: corpora, and what was found. It is an
 * ordinary program, for any compiler, debugger and sanitizer.
 *
 *     fuzz-replay --list              what there is, and what it promises
 *     fuzz-replay TARGET FILE...      runs each; a folder: all files in it, but
 *                                     for notes, which end in .txt
 *
 * Exit status 0: all promises were kept. A promise that is not kept aborts,
 * after the name of the file was said. 2: it was called wrongly, or a file
 * cannot be read.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fuzz/target.h"
#include "ref/base/xalloc.h"
#include "ref/host/files.h"

enum { KEPT = 0, USAGE = 2 };

#define PATH_LEN_MAX 4096

static unsigned long run_count;

static int complain(const char *what, const char *why)
{
    (void)fprintf(stderr, "fuzz-replay: %s: %s\n", what, why);
    return USAGE;
}

/* In memory of exactly its length, so that a sanitizer sees one byte more. */
static int run_file(const struct target *t, const char *path)
{
    struct failure f;
    struct buf bytes;
    uint8_t *exact;

    if (!files_read(path, &bytes, &f))
        return complain(path, f.sentence);
    (void)fprintf(stderr, "%s\n", path);
    exact = xalloc(bytes.len ? bytes.len : 1, 1);
    if (bytes.len)
        memcpy(exact, bytes.data, bytes.len);
    t->run(slice_make(exact, bytes.len));
    run_count++;
    xalloc_free(exact);
    buf_clear(&bytes);
    return KEPT;
}

static bool is_input(const char *name)
{
    size_t len = strlen(name);

    return name[0] != '.' && (len < 4 || strcmp(name + len - 4, ".txt") != 0);
}

static int run_folder(const struct target *t, const char *path)
{
    struct dirent **names;
    int count = scandir(path, &names, NULL, alphasort), status = KEPT;

    if (count < 0)
        return complain(path, "cannot be read");
    for (int i = 0; i < count; i++) {
        char file[PATH_LEN_MAX];

        (void)snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
        if (is_input(names[i]->d_name) && status == KEPT)
            status = run_file(t, file);
        free(names[i]);
    }
    free(names);
    return status;
}

static int run_path(const struct target *t, const char *path)
{
    struct stat s;

    if (stat(path, &s) != 0)
        return complain(path, "there is no such file");
    return S_ISDIR(s.st_mode) ? run_folder(t, path) : run_file(t, path);
}

static int list(void)
{
    for (size_t i = 0; target_all[i]; i++)
        (void)printf("%-14s %s\n%-14s %s\n", target_all[i]->name,
                     target_all[i]->promise, "", target_all[i]->rules);
    return KEPT;
}

int main(int argc, char **argv)
{
    const struct target *t;
    int status = KEPT;

    if (argc == 2 && strcmp(argv[1], "--list") == 0)
        return list();
    if (argc < 3)
        return complain("usage", "fuzz-replay --list | TARGET FILE|FOLDER...");
    t = target_find(argv[1]);
    if (!t)
        return complain(argv[1], "there is no such target; see --list");
    if (t->setup)
        t->setup();
    for (int i = 2; i < argc && status == KEPT; i++)
        status = run_path(t, argv[i]);
    if (status == KEPT)
        (void)printf("%s: %lu inputs, all promises kept\n", t->name, run_count);
    return status;
}
