/* SPDX-License-Identifier: MIT */
/*
 * Cards, and the stand-in that speaks for their nodes: line by line, without a
 * process and without a network.
 */
#include "conformance/stand_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define PIN                                                                    \
    "ed25519:"                                                                 \
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

struct bench {
    struct arena arena;
    struct card_words words;
    struct card card;
    struct failure failure;
};

static void begin(struct bench *b)
{
    *b = (struct bench){.words = {.addr = "127.0.0.1:4433", .pin = PIN}};
    arena_init(&b->arena);
    assert_true(card_map(&b->arena, &b->words.operations,
                         "conf/echo=server/echo", &b->failure));
    assert_true(card_make(&b->card, &b->arena, &b->words, &b->failure));
    assert_true(card_locate(&b->card, &b->failure));
}

static const struct json *answer(struct bench *b, const char *line,
                                 bool goes_on)
{
    const struct json *tree = NULL;
    struct buf out;

    buf_init(&out, 65536);
    assert_int_equal(stand_in_answer(&b->card, slice_of(line), &out), goes_on);
    assert_int_equal(out.data[out.len - 1], '\n');
    assert_true(json_parse(&b->arena, arena_copy(&b->arena, buf_slice(&out)),
                           JSON_DEPTH_MAX, &tree, NULL));
    buf_clear(&out);
    return tree;
}

static const struct json *parse(struct bench *b, const char *text)
{
    const struct json *tree = NULL;

    assert_true(
        json_parse(&b->arena, slice_of(text), JSON_DEPTH_MAX, &tree, NULL));
    return tree;
}

static void what_was_said_stands_before_what_is_listed(void **state)
{
    struct bench b;

    (void)state;
    begin(&b);
    card_learn(&b.card, &b.arena,
               parse(&b, "[{\"name\":\"conf/echo\"},{\"name\":\"conf/fail\"},"
                         "{\"name\":\"own/thing\"},{},7]"));
    assert_string_equal(card_find(&b.card, "conf/echo"), "server/echo");
    assert_string_equal(card_find(&b.card, "conf/fail"), "conf/fail");
    assert_null(card_find(&b.card, "own/thing"));
    assert_null(card_find(&b.card, "conf/sink"));
    assert_int_equal(b.card.listed, 5);
    assert_true(card_is_mapped(&b.card, "conf/echo"));
    assert_false(card_is_mapped(&b.card, "conf/fail"));
    card_forbid(&b.card, &b.arena, "conf/echo");
    assert_null(card_find(&b.card, "conf/echo"));
    assert_string_equal(b.card.forbidden, "conf/echo");
    arena_clear(&b.arena);
}

static void a_card_makes_its_options_again(void **state)
{
    struct bench b;

    (void)state;
    begin(&b);
    assert_string_equal(card_options(&b.card, &b.arena),
                        "--addr '127.0.0.1:4433' --pin " PIN
                        " --map 'conf/echo=server/echo'");
    arena_clear(&b.arena);
}

static void bad_words_are_refused(void **state)
{
    static const char *const addrs[] = {"",      "x",     "x:",    ":1",
                                        "::1:5", "[::1]", "x:0",   "x:65536",
                                        "x:1y",  "x:-1",  "1:2:3", "x: 1"};
    static const char *const pins[] = {"", "ed25519:", "ed25519:00", "sha256:"};
    static const char *const maps[] = {"",
                                       "conf/echo",
                                       "=x",
                                       "conf/absent=x",
                                       "services/list=x",
                                       "conf/echo=/x",
                                       "conf/echo=a\"b",
                                       "conf/echo=a\\b"};
    struct bench b;

    (void)state;
    begin(&b);
    for (size_t i = 0; i < sizeof addrs / sizeof addrs[0]; i++) {
        b.words.addr = addrs[i];
        assert_false(card_make(&b.card, &b.arena, &b.words, &b.failure));
    }
    b.words.addr = "[::1]:65535";
    assert_true(card_make(&b.card, &b.arena, &b.words, &b.failure));
    for (size_t i = 0; i < sizeof pins / sizeof pins[0]; i++) {
        b.words.pin = pins[i];
        assert_false(card_make(&b.card, &b.arena, &b.words, &b.failure));
    }
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
        assert_false(
            card_map(&b.arena, &b.words.operations, maps[i], &b.failure));
    arena_clear(&b.arena);
}

static void the_hello_says_what_is_there_and_what_is_lacking(void **state)
{
    struct bench b;
    const struct json *hello;

    (void)state;
    begin(&b);
    hello = answer(&b, "{\"seq\":1,\"op\":\"hello\",\"level\":\"L2\"}", true);
    assert_true(json_same(json_find(hello, "operations"),
                          parse(&b, "{\"conf/echo\":\"server/echo\"}")));
    assert_true(
        json_same(json_find(hello, "capabilities"), parse(&b, "[\"serve\"]")));
    assert_true(
        json_is(json_find(json_find(hello, "lacks"), "witness"), JSON_STRING));
    assert_true(json_is_text(json_find(hello, "fingerprint"), PIN));
    assert_null(json_find(hello, "key"));
    assert_null(json_find(hello, "token"));
    card_learn(&b.card, &b.arena,
               parse(&b, "[{\"name\":\"services/list\"},"
                         "{\"name\":\"services/schema\"},"
                         "{\"name\":\"conf/callback\"},"
                         "{\"name\":\"conf/source\"}]"));
    hello = answer(&b, "{\"seq\":1,\"op\":\"hello\"}", true);
    assert_true(json_same(json_find(hello, "capabilities"),
                          parse(&b, "[\"serve\",\"discovery\",\"callback\","
                                    "\"subscriptions\"]")));
    arena_clear(&b.arena);
}

static void it_keeps_to_the_contract(void **state)
{
    struct bench b;

    (void)state;
    begin(&b);
    assert_true(json_same(
        answer(&b, "{\"seq\":2,\"op\":\"listen\"}", true),
        parse(&b, "{\"seq\":2,\"ok\":true,\"addr\":\"127.0.0.1:4433\","
                  "\"fingerprint\":\"" PIN "\"}")));
    assert_true(json_same(answer(&b, "{\"seq\":3,\"op\":\"reset\"}", true),
                          parse(&b, "{\"seq\":3,\"ok\":true}")));
    assert_true(json_is(
        json_find(answer(&b, "{\"seq\":4,\"op\":\"reset\",\"x\":1}", true),
                  "fail"),
        JSON_OBJECT));
    assert_true(json_same(answer(&b, "{\"seq\":5,\"op\":\"dial\"}", true),
                          parse(&b, "{\"seq\":5,\"unsupported\":true}")));
    assert_true(
        json_is(json_find(answer(&b, "no JSON", true), "seq"), JSON_NULL));
    assert_true(json_is(json_find(answer(&b, "{}", true), "seq"), JSON_NULL));
    assert_true(json_same(answer(&b, "{\"seq\":6,\"op\":\"quit\"}", false),
                          parse(&b, "{\"seq\":6,\"ok\":true}")));
    arena_clear(&b.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_said_stands_before_what_is_listed),
        cmocka_unit_test(a_card_makes_its_options_again),
        cmocka_unit_test(bad_words_are_refused),
        cmocka_unit_test(the_hello_says_what_is_there_and_what_is_lacking),
        cmocka_unit_test(it_keeps_to_the_contract),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
