/* SPDX-License-Identifier: MIT */
/* See files.h. Files are read whole, up to BOUNDS_FILE_MAX, and what held a
 * secret is wiped before it is given back. */
#include "ref/host/files.h"
#include "ref/base/bounds.h"
#include "ref/model/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_all(int fd, struct buf *ret)
{
    uint8_t piece[4096];
    ssize_t n;

    while ((n = read(fd, piece, sizeof piece)) > 0)
        if (!buf_add(ret, slice_make(piece, (size_t)n))) {
            errno = EFBIG;
            return false;
        }
    return n == 0;
}

bool files_read(const char *path, struct buf *ret, struct failure *ret_failure)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool is_read;

    buf_init(ret, BOUNDS_FILE_MAX);
    is_read = fd >= 0 && read_all(fd, ret);
    if (!is_read) {
        failure_say(ret_failure, "%s: cannot be read: %s", path,
                    strerror(errno));
        buf_wipe(ret);
    }
    if (fd >= 0)
        (void)close(fd);
    return is_read;
}

bool files_check_plain(const char *path, struct failure *ret_failure)
{
    struct stat s;

    return stat(path, &s) != 0 || S_ISREG(s.st_mode) ||
           failure_say(ret_failure, "%s: not a regular file", path);
}

json_t *files_read_tree(const char *path, struct failure *ret_failure)
{
    struct buf text;
    json_t *tree;

    if (!files_read(path, &text, ret_failure))
        return NULL;
    tree = value_parse(buf_slice(&text), ret_failure);
    if (!tree)
        failure_wrap(ret_failure, "%s: ", path);
    buf_wipe(&text);
    return tree;
}

static int digit_of(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_seed(struct slice hex, uint8_t ret_seed[FILES_SEED_LEN])
{
    if (hex.len != 2 * (size_t)FILES_SEED_LEN)
        return false;
    for (size_t i = 0; i < FILES_SEED_LEN; i++) {
        int high = digit_of(hex.data[2 * i]);
        int low = digit_of(hex.data[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        ret_seed[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool files_read_key(const char *path, uint8_t ret_seed[FILES_SEED_LEN],
                    struct failure *ret_failure)
{
    const json_t *hex;
    const struct value_field fields[] = {
        {"ed25519_seed", VALUE_STRING, true, &hex}};
    json_t *tree = files_read_tree(path, ret_failure);
    bool is_good = false;

    if (!tree)
        return false;
    if (!value_fields(tree, fields, 1, ret_failure))
        failure_wrap(ret_failure, "%s: ", path);
    else if (!secret_check(value_string(hex), ret_failure))
        failure_wrap(ret_failure, "%s: ed25519_seed: ", path);
    else if (!read_seed(value_string(hex), ret_seed))
        failure_say(ret_failure,
                    "%s: ed25519_seed: expected 64 lower-case hex digits",
                    path);
    else
        is_good = true;
    json_decref(tree);
    return is_good;
}

static bool write_all(int fd, struct slice bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.data, bytes.len);

        if (n <= 0)
            return false;
        bytes = slice_skip(bytes, (size_t)n);
    }
    return fsync(fd) == 0;
}

bool files_make(const char *path, struct slice text,
                struct failure *ret_failure)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool is_written;

    if (fd < 0)
        return failure_say(ret_failure, "%s: cannot be made: %s", path,
                           strerror(errno));
    is_written = write_all(fd, text);
    if (!is_written)
        failure_say(ret_failure, "%s: cannot be written: %s", path,
                    strerror(errno));
    (void)close(fd);
    return is_written;
}

bool files_make_key(const char *path, const struct entropy_source *entropy,
                    uint8_t ret_seed[FILES_SEED_LEN],
                    struct failure *ret_failure)
{
    struct buf text;
    bool is_made;

    entropy_fill(entropy, ret_seed, FILES_SEED_LEN);
    buf_init(&text, 256);
    buf_put(&text, "{\"ed25519_seed\":\"");
    buf_put_hex(&text, slice_make(ret_seed, FILES_SEED_LEN));
    buf_put(&text, "\"}\n");
    is_made = files_make(path, buf_slice(&text), ret_failure);
    buf_wipe(&text);
    return is_made;
}

bool files_read_policy(const char *path, struct auth_policy *ret,
                       struct failure *ret_failure)
{
    json_t *tree = files_read_tree(path, ret_failure);
    bool is_good;

    if (!tree)
        return false;
    is_good = auth_policy_read(tree, ret, ret_failure);
    if (!is_good)
        failure_wrap(ret_failure, "%s: ", path);
    json_decref(tree);
    return is_good;
}

static struct slice first_line(struct slice text)
{
    const uint8_t *newline =
        text.len ? memchr(text.data, '\n', text.len) : NULL;

    return newline ? slice_head(text, (size_t)(newline - text.data)) : text;
}

bool files_read_token(const char *path, struct buf *ret,
                      struct failure *ret_failure)
{
    struct buf text;
    struct slice line;
    bool is_good;

    if (!files_read(path, &text, ret_failure))
        return false;
    line = first_line(buf_slice(&text));
    is_good = secret_check(line, ret_failure) &&
              ((line.len > 0 && buf_add(ret, line)) ||
               failure_say(ret_failure, "expected a token on its first line"));
    if (!is_good)
        failure_wrap(ret_failure, "%s: ", path);
    buf_wipe(&text);
    return is_good;
}
