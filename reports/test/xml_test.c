/* SPDX-License-Identifier: MIT */
/* What is XML and what is not, and that elements are counted. */
#include "reports/xml.h"

#include "reports/test/sample.h"

static void what_is_xml_is_taken(void **state)
{
    static const char *const rows[] = {
        "<a/>",
        "<?xml version=\"1.0\"?>\n<a></a>\n",
        " <a/> ",
        "<a b='1' c=\"2\"/>",
        "<a b = '1' ></a >",
        "<a>x<b/>y<b>z</b></a>",
        "<a>&amp;&lt;&gt;&quot;&apos;&#65;&#x1F600;</a>",
        "<!-- c --><a><!----></a><!-- d -->",
        "<a>]] ></a>",
        "<a b='>'/>",
        "<a>\xc3\xa9\xf0\x9f\x98\x80</a>",
        "<a-b._1/>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct failure why = {""};
        struct xml x;

        print_message("%s\n", rows[i]);
        assert_true(xml_check(slice_of(rows[i]), &x, &why));
    }
}

static void what_is_no_xml_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "   ",
        "x",
        "<a>",
        "</a>",
        "<a></b>",
        "<a><b></a></b>",
        "<a/><b/>",
        "<a/>x",
        "x<a/>",
        "<a",
        "<a b/>",
        "<a b=1/>",
        "<a b='1/>",
        "<a b='1' b='2'/>",
        "<a b='1'c='2'/>",
        "<a b='<'/>",
        "<a b='&'/>",
        "<a>&</a>",
        "<a>&nbsp;</a>",
        "<a>&#0;</a>",
        "<a>&#xD800;</a>",
        "<a>&#x110000;</a>",
        "<a>&#99999999999999999999;</a>",
        "<a>&#;</a>",
        "<a>&#12</a>",
        "<a>]]></a>",
        "<a>\x01</a>",
        "<a>\x1b</a>",
        "<a>\xff</a>",
        "<a>\xed\xa0\x80</a>",
        "<a>\xef\xbf\xbe</a>",
        "<a b='\x08'/>",
        "<1a/>",
        "<a><</a>",
        "<a><![CDATA[x]]></a>",
        "<!DOCTYPE a><a/>",
        "<a><!-- -- --></a>",
        "<a><!-- </a>",
        "<?php ?><a/>",
        " <?xml version='1.0'?><a/>",
        "<?xml version='1.0'<a/>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct failure why = {""};
        struct xml x;

        print_message("%s\n", rows[i]);
        assert_false(xml_check(slice_of(rows[i]), &x, &why));
        assert_true(strlen(why.sentence) > 0);
    }
}

static void a_refusal_tells_the_line(void **state)
{
    struct failure why;
    struct xml x;

    (void)state;
    assert_false(xml_check(slice_of("<a>\n<b>\n</c></a>"), &x, &why));
    assert_string_equal(why.sentence, "line 3: an end tag that fits no start");
}

static void elements_are_counted_by_name(void **state)
{
    struct failure why;
    struct xml x;

    (void)state;
    assert_true(
        xml_check(slice_of("<a><b/><c><b>x</b></c><b/></a>"), &x, &why));
    assert_int_equal(xml_count(&x, "a"), 1);
    assert_int_equal(xml_count(&x, "b"), 3);
    assert_int_equal(xml_count(&x, "c"), 1);
    assert_int_equal(xml_count(&x, "d"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_xml_is_taken),
        cmocka_unit_test(what_is_no_xml_is_refused),
        cmocka_unit_test(a_refusal_tells_the_line),
        cmocka_unit_test(elements_are_counted_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
