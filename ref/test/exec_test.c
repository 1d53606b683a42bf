/* SPDX-License-Identifier: MIT */
/* Programs as handlers. One that an operations file names is started here
 * without a node, so that its answer, or its items, can be looked at. */
#include "ref/bin/ops.h"
#include "ref/host/entropy.h"
#include "ref/host/process.h"
#include "ref/rules/context.h"
#include "ref/test/folder.h"

#include <errno.h>
#include <sys/wait.h>

/* ------------------------------------------------------------- answers */

#define ITEMS_SHOWN 5

/* Everything a call leads to, at a desk of our own. */
struct desk {
    struct loop *loop;
    struct ops ops;
    char said[256];   /* the output, the first items, code and message */
    unsigned answers; /* how many */
    unsigned items;   /* of them */
    bool is_over;     /* the last one has come */
    unsigned turns;   /* how often whoever sends was told */
};

static void put(struct desk *d, const char *text, struct slice more)
{
    size_t len = strlen(d->said);

    snprintf(d->said + len, sizeof d->said - len, "%s%.*s", text, (int)more.len,
             (const char *)more.data);
}

static void put_item(struct desk *d, struct slice item)
{
    put(d, "", item);
    put(d, ", ", slice_of(""));
}

static void put_error(struct desk *d, const struct call_error *e)
{
    put(d, "", e->code);
    put(d, ": ", e->message);
    put(d, e->retryable ? " (again)" : "", slice_of(""));
}

static void on_take(void *self, uint64_t serial, const struct handler_answer *a)
{
    struct desk *d = self;

    assert_int_equal(serial, 1);
    if (a->saying == HANDLER_ITEM && d->items++ < ITEMS_SHOWN)
        put_item(d, a->output);
    if (a->saying == HANDLER_OUTPUT)
        put(d, "", a->output);
    if (a->saying == HANDLER_COMPLETE)
        put(d, "complete", slice_of(""));
    if (a->saying == HANDLER_ERROR)
        put_error(d, a->error);
    d->is_over = a->saying != HANDLER_ITEM;
    d->answers++;
}

static void on_answered(void *self)
{
    struct desk *d = self;

    d->turns++;
    loop_stop(d->loop);
}

static struct handler_call call_at(struct desk *d)
{
    static struct handler_desk desk;

    desk = (struct handler_desk){on_take, d};
    return (struct handler_call){&desk, 1};
}

/* A node's operation `a` that is that program of the shell's. */
static void open_desk_of(struct desk *d, const char *op_type,
                         const char *script, const char *more)
{
    struct failure f;
    char text[1024], secret[128];

    snprintf(secret, sizeof secret, "%s",
             folder_write("secret", "s\xc3\xa9"
                                    "cret\n"));
    snprintf(text, sizeof text,
             "{\"operations\":[{\"name\":\"a\",\"op_type\":\"%s\","
             "\"capabilities\":{\"k\":\"%s\"},"
             "\"behaviour\":{\"exec\":[\"/bin/sh\",\"-c\",\"%s\"]%s}}]}",
             op_type, secret, script, more);
    *d = (struct desk){.loop = loop_new(&f)};
    if (!ops_load(folder_write("ops.json", text), d->loop, &d->ops, &f))
        fail_msg("%s", f.sentence);
    ops_tell(&d->ops, on_answered, d);
}

static void open_desk(struct desk *d, const char *script, unsigned limit_ms)
{
    char more[64];

    snprintf(more, sizeof more, ",\"timeout_ms\":%u", limit_ms);
    open_desk_of(d, "query", script, more);
}

static const struct registration *start(struct desk *d)
{
    const struct registration *a =
        registry_find(&d->ops.registry, slice_of("a"));
    const struct context context = {.operation = slice_of("a"),
                                    .capabilities = a->capabilities};

    a->handler.start(a->handler.self, &context, slice_of("{\"n\":1}"),
                     call_at(d));
    return a;
}

static void close_desk(struct desk *d)
{
    ops_clear(&d->ops);
    loop_free(d->loop);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no zombie */
    assert_int_equal(errno, ECHILD);
}

static void check(const char *script, unsigned limit_ms, const char *said)
{
    struct desk d;

    open_desk(&d, script, limit_ms);
    (void)start(&d);
    loop_run(d.loop);
    assert_string_equal(d.said, said);
    assert_int_equal(d.answers, 1);
    assert_int_equal(d.turns, 1);
    t_prints_take(ops_counts(&d.ops),
                  "{\"a\":1,\"services/list\":0,\"services/schema\":0}");
    close_desk(&d);
}

static void what_a_program_says_is_the_answer(void **state)
{
    (void)state;
    check("cat", 10000, "{\"n\":1}");
    check("cat <&3", 10000,
          "{\"k\":\"s\xc3\xa9"
          "cret\"}");
    check("echo; echo ' 7 '", 10000, "7");
}

static void what_it_says_wrongly_is_internal(void **state)
{
    (void)state;
    check("echo no json", 10000, "INTERNAL: the operation failed");
    check("true", 10000, "INTERNAL: the operation failed");
    check("kill -KILL $$", 10000, "INTERNAL: the operation failed");
    check("yes", 60000, "INTERNAL: the operation failed");
}

/* Inside a JSON string. */
#define OWN_ERROR                                                              \
    "{\\\"code\\\":\\\"OWN\\\",\\\"message\\\":\\\"m\\\","                     \
    "\\\"retryable\\\":true}"

static void it_fails_in_its_own_words(void **state)
{
    (void)state;
    check("printf '%s' '" OWN_ERROR "'; exit 3", 10000, "OWN: m (again)");
    check("echo {}; exit 3", 10000, "INTERNAL: the operation failed");
    check("exit 3", 10000, "INTERNAL: the operation failed");
}

static void at_its_limit_it_is_a_timeout(void **state)
{
    (void)state;
    check("sleep 600", 200, "TIMEOUT: the operation took too long (again)");
}

static void stopped_it_is_killed_and_nobody_answers(void **state)
{
    const struct registration *a;
    struct desk d;

    (void)state;
    open_desk(&d, "sleep 600", 60000);
    a = start(&d);
    a->handler.stop(a->handler.self, call_at(&d));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* gone at once */
    assert_int_equal(d.answers, 0);
    close_desk(&d);
}

static void at_the_end_of_all_it_is_killed(void **state)
{
    struct desk d;

    (void)state;
    open_desk(&d, "sleep 600", 60000);
    (void)start(&d);
    close_desk(&d);
    assert_int_equal(d.answers, 0);
}

/* ------------------------------------------------------------- streams */

static const struct registration *
start_stream(struct desk *d, const char *script, const char *more)
{
    open_desk_of(d, "subscription", script, more);
    return start(d);
}

/* Asks for one step and waits for it. */
static void pull(struct desk *d, const struct registration *a)
{
    unsigned before = d->answers;

    a->handler.pull(a->handler.self, call_at(d));
    while (d->answers == before)
        loop_run_once(d->loop, NEVER);
    assert_int_equal(d->answers, before + 1);
}

static unsigned check_stream_limited(const char *script, const char *more,
                                     const char *said)
{
    const struct registration *a;
    struct desk d;

    a = start_stream(&d, script, more);
    while (!d.is_over)
        pull(&d, a);
    assert_string_equal(d.said, said);
    close_desk(&d);
    return d.items;
}

static void check_stream(const char *script, const char *said)
{
    (void)check_stream_limited(script, "", said);
}

static void each_line_is_an_item(void **state)
{
    (void)state;
    check_stream("cat; echo", "{\"n\":1}, complete");
    check_stream("printf '1\\n\\n [2] \\r\\n\\n3'", "1, [2], 3, complete");
    check_stream("true", "complete");
    check_stream("echo", "complete");
}

/* More than a piece, more than a line at a time; most of it is still in the
 * pipe when the program has ended. */
static void no_line_is_lost(void **state)
{
    (void)state;
    assert_int_equal(
        check_stream_limited("i=0; while [ $i -lt 9999 ]; do i=$((i+1)); "
                             "echo $i; done",
                             "", "1, 2, 3, 4, 5, complete"),
        9999);
}

static void a_line_that_is_no_item_ends_it(void **state)
{
    (void)state;
    check_stream("echo 1; echo no json; sleep 600",
                 "1, INTERNAL: the operation failed");
    check_stream("echo 1; yes | tr -d '\\n'",
                 "1, INTERNAL: the operation failed");
    check_stream("echo 1; kill -KILL $$", "1, INTERNAL: the operation failed");
}

/* What stands behind the last newline is the error, as without a stream the
 * whole output is. */
static void a_stream_fails_in_its_own_words(void **state)
{
    (void)state;
    check_stream("echo 1; printf '%s' '" OWN_ERROR "'; exit 3",
                 "1, OWN: m (again)");
    check_stream("echo 1; exit 3", "1, INTERNAL: the operation failed");
}

static void a_stream_may_have_a_limit(void **state)
{
    (void)state;
    (void)check_stream_limited(
        "echo 1; sleep 600", ",\"timeout_ms\":200",
        "1, TIMEOUT: the operation took too long (again)");
}

/* What the program has written there at last; it may be about to. */
static unsigned long count_in(const char *path)
{
    unsigned long count = 0;

    while (count == 0) {
        char text[32] = "";
        FILE *file = fopen(path, "re");

        assert_non_null(file);
        if (!fgets(text, sizeof text, file))
            text[0] = 0;
        (void)fclose(file);
        count = strtoul(text, NULL, 10);
    }
    return count;
}

/* Where its count stops, when it does. The loop goes on meanwhile. */
static unsigned long count_when_still(struct desk *d, const char *path)
{
    unsigned long count = 0;

    for (unsigned still = 0; still < 10; still++) {
        unsigned long now = count_in(path);

        if (now != count)
            still = 0;
        count = now;
        loop_run_once(d->loop, entropy_now_ns() + 20000000);
    }
    return count;
}

#define LINE_LEN 101 /* of the program below, its newline included */
#define AHEAD_MAX ((65536 + PROCESS_PIECE_MAX) / LINE_LEN + 2)

/* [SU-9] What it may be ahead is a pipe and a piece. */
static void unasked_it_says_no_more_than_its_pipe_holds(void **state)
{
    const struct registration *a;
    char script[256], path[128];
    unsigned long ahead;
    struct desk d;

    (void)state;
    snprintf(path, sizeof path, "%s", folder_write("count", ""));
    snprintf(script, sizeof script,
             "i=0; while :; do i=$((i+1)); printf '1%%099d\\n' $i; "
             "echo $i >%s; done",
             path);
    a = start_stream(&d, script, "");
    for (int i = 0; i < 3; i++)
        pull(&d, a);
    ahead = count_when_still(&d, path);
    assert_in_range(ahead, 3, AHEAD_MAX);
    assert_int_equal(d.answers, 3);
    for (int i = 0; i < AHEAD_MAX; i++) /* and then it goes on */
        pull(&d, a);
    assert_in_range(count_in(path), ahead + 1, 3 + 2 * AHEAD_MAX);
    a->handler.stop(a->handler.self, call_at(&d));
    close_desk(&d);
    (void)unlink(path);
}

static void a_stream_that_is_stopped_is_killed(void **state)
{
    const struct registration *a;
    struct desk d;

    (void)state;
    a = start_stream(&d, "echo 1; echo 2; sleep 600", "");
    pull(&d, a);
    a->handler.stop(a->handler.self, call_at(&d));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* gone at once */
    assert_int_equal(d.answers, 1);
    close_desk(&d);
    a = start_stream(&d, "sleep 600", ""); /* while it is asked */
    a->handler.pull(a->handler.self, call_at(&d));
    close_desk(&d);
    assert_int_equal(d.answers, 0);
}

/* One that runs, or was not reaped. */
static bool has_child(void)
{
    siginfo_t about;

    return waitid(P_ALL, 0, &about, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* It has ended, but its lines have not. */
static void a_stream_may_be_stopped_behind_its_program(void **state)
{
    const struct registration *a;
    struct desk d;

    (void)state;
    a = start_stream(&d, "echo 1; echo 2; echo 3", "");
    pull(&d, a);
    while (has_child())
        loop_run_once(d.loop, entropy_now_ns() + 20000000);
    pull(&d, a);
    assert_string_equal(d.said, "1, 2, ");
    a->handler.stop(a->handler.self, call_at(&d));
    a->handler.pull(a->handler.self, call_at(&d)); /* nobody hears it */
    assert_int_equal(d.answers, 2);
    close_desk(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_program_says_is_the_answer),
        cmocka_unit_test(what_it_says_wrongly_is_internal),
        cmocka_unit_test(it_fails_in_its_own_words),
        cmocka_unit_test(at_its_limit_it_is_a_timeout),
        cmocka_unit_test(stopped_it_is_killed_and_nobody_answers),
        cmocka_unit_test(at_the_end_of_all_it_is_killed),
        cmocka_unit_test(each_line_is_an_item),
        cmocka_unit_test(no_line_is_lost),
        cmocka_unit_test(a_line_that_is_no_item_ends_it),
        cmocka_unit_test(a_stream_fails_in_its_own_words),
        cmocka_unit_test(a_stream_may_have_a_limit),
        cmocka_unit_test(unasked_it_says_no_more_than_its_pipe_holds),
        cmocka_unit_test(a_stream_that_is_stopped_is_killed),
        cmocka_unit_test(a_stream_may_be_stopped_behind_its_program),
    };

    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
