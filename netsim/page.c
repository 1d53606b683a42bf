/* SPDX-License-Identifier: MIT */
/* See page.h. Markup comes first, then the data, then what writes both. */
#include "netsim/page.h"

#include "netsim/cast.h"
#include "netsim/merge.h"
#include "netsim/numeral.h"
#include "netsim/summary.h"
#include "ref/base/xalloc.h"
#include "reports/html_page.h"
#include "reports/text.h"

#define ALIKE_MAX 5u  /* failures of a kind that are told; the log has all */
#define TEXT_CUT 400u /* bytes of one text in the markup */

/* --- the markup */

static void put_text(struct buf *b, const char *text)
{
    struct buf cut;

    buf_init(&cut, SIZE_MAX / 2);
    text_clean(&cut, slice_of(text ? text : ""), TEXT_CUT);
    text_markup(b, buf_slice(&cut));
    buf_clear(&cut);
}

static const char *style_of(int status)
{
    switch (status) {
    case ACCOUNT_GREEN:
        return "PASS";
    case ACCOUNT_FAILURES:
        return "FAIL";
    case ACCOUNT_MACHINE:
        return "HARNESS";
    default:
        return "WARN";
    }
}

static void put_seeds(struct buf *b, const struct journal_plan *plan)
{
    buf_put(b, "seeds ");
    buf_put_u64(b, plan->first);
    buf_put(b, " to ");
    buf_put_u64(b, plan->last);
}

static void put_verdict(struct buf *b, const struct account *a)
{
    int status = account_status(a);

    buf_put(b, "<div class=\"verdict ");
    buf_put(b, style_of(status));
    buf_put(b, "\"><div><b>");
    put_text(b, summary_verdict(a));
    buf_put(b, "</b>\n<p>");
    buf_put_u64(b, a->of[ACCOUNT_SEEDS]);
    buf_put(b, " seeds were lived, ");
    buf_put_u64(b, account_failures(a));
    buf_put(b, " failed. ");
    if (a->ending != ACCOUNT_COMPLETE)
        buf_put(b, "<strong>Not all that was planned was lived.</strong> ");
    if (a->has_canary)
        buf_put(b, "They had to fail: it was a test of the alarm. ");
    buf_put(b, "Exit status ");
    buf_put_u64(b, (uint64_t)status);
    buf_put(b, ".</p>\n</div></div>\n");
}

static void put_head(struct buf *b, const struct merged *m)
{
    buf_put(b, "<header>\n<h1>alksim <small>");
    put_seeds(b, &m->plan);
    buf_put(b, " · commit <code>");
    put_text(b, m->plan.commit);
    buf_put(b, "</code> · on ");
    buf_put(b, m->plan.floor == LIFE_DRAWN ? "both floors"
                                           : script_floor_name(m->plan.floor));
    buf_put(b, "</small></h1>\n");
    put_verdict(b, &m->sum);
    buf_put(b, "</header>\n");
}

static void put_places(struct buf *b)
{
    buf_put(
        b,
        "<section id=\"glance\"></section>\n"
        "<section id=\"findings\"><h2>What failed</h2></section>\n"
        "<section id=\"invariants\"><h2>What must be true, whatever the "
        "weather</h2>\n<p class=\"lead\">How often each was looked at. What "
        "nobody ever looked at proves nothing.</p></section>\n"
        "<section id=\"rules\"><h2>Rules that were looked at</h2>\n"
        "<p class=\"lead\">Each rule of the protocol for which an invariant "
        "stands, once. A dot: none of its invariants was looked at.</p>"
        "</section>\n"
        "<section id=\"happened\"><h2>What happened</h2>\n"
        "<p class=\"lead\">Lengths are logarithms: one that is half as long is "
        "far less than half.</p></section>\n");
}

static void put_item(struct buf *b, const json_t *finding)
{
    buf_put(b, "<li>seed ");
    put_text(b, json_string_value(json_object_get(finding, "seed")));
    buf_put(b, ": ");
    put_text(b, json_string_value(json_object_get(finding, "broken")));
    buf_put(b, ", ");
    put_text(b, json_string_value(json_object_get(finding, "what")));
    buf_put(b, " <code>");
    put_text(b, json_string_value(json_object_get(finding, "replay")));
    buf_put(b, "</code></li>\n");
}

static void put_plain_list(struct buf *b, const json_t *findings)
{
    buf_put(b, "<noscript>\n<p class=\"lead\">The tables and pictures of this "
               "page are made by its script, which may not run here. What "
               "failed:</p>\n<ul>\n");
    for (size_t i = 0; i < json_array_size(findings); i++)
        put_item(b, json_array_get(findings, i));
    buf_put(b, json_array_size(findings) ? "</ul>\n"
                                         : "</ul>\n<p>Nothing.</p>"
                                           "\n");
    buf_put(b, "</noscript>\n");
}

/* --- the data */

static void put(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

/* Sums number `first` to `end` of a group, in their order. */
static json_t *sums_tree(const struct account_group *g, size_t first,
                         size_t end)
{
    json_t *list = json_array(), *pair;

    for (size_t i = first; i < end; i++) {
        pair = json_array();
        json_array_append_new(pair, json_string(g->name_of(i)));
        json_array_append_new(pair, numeral_count(g->sums[i]));
        json_array_append_new(list, pair);
    }
    return list;
}

static void add_titled(json_t *list, const char *title, json_t *sums)
{
    json_t *pair = json_array();

    json_array_append_new(pair, json_string(title));
    json_array_append_new(pair, sums);
    json_array_append_new(list, pair);
}

static json_t *happened_tree(const struct account_group *groups)
{
    const struct account_group *t = &groups[ACCOUNT_TALLY],
                               *h = &groups[ACCOUNT_HARMED];
    json_t *list = json_array();

    add_titled(list, "What was done", sums_tree(t, 0, TALLY_CRASHES));
    add_titled(list, "What went wrong",
               sums_tree(t, TALLY_CRASHES, TALLY_MALFORMED));
    add_titled(list, "What hostile peers did",
               sums_tree(t, TALLY_MALFORMED, TALLIES));
    add_titled(list, "What befell datagrams", sums_tree(h, 0, LINK_HARMS));
    return list;
}

static json_t *invariant_tree(const struct account *a, enum invariant i)
{
    json_t *row = json_array(), *rules = json_array();
    struct slice id;

    for (size_t n = 0; (id = invariant_rule(i, n)).len; n++)
        json_array_append_new(rules, value_new_string(id));
    json_array_append_new(row, json_string(invariant_text(i)->name));
    json_array_append_new(row, json_string(invariant_text(i)->says));
    json_array_append_new(row, rules);
    json_array_append_new(row, numeral_count(a->evaluated[i]));
    json_array_append_new(row, numeral_count(a->broken[i]));
    json_array_append_new(row, json_boolean(account_is_unseen(a, i)));
    return row;
}

/* The canary is none of them, unless it was to sing. */
static json_t *invariants_tree(const struct account *a)
{
    json_t *list = json_array();

    for (enum invariant i = 0; i < INVARIANTS; i++)
        if (i != INVARIANT_CANARY || a->has_canary)
            json_array_append_new(list, invariant_tree(a, i));
    return list;
}

/* Who is there follows from the seed. */
static json_t *roles_tree(const json_t *finding)
{
    static const char *const names[] = {[CAST_HUB] = "hub",
                                        [CAST_WORKER] = "worker",
                                        [CAST_CLIENT] = "client",
                                        [CAST_LIAR] = "hostile"};
    struct cast *cast = xalloc(1, sizeof *cast);
    json_t *list = json_array();
    uint64_t seed = 0;

    if (numeral_read_string(json_object_get(finding, "seed"), &seed))
        cast_draw(cast, seed);
    for (uint32_t at = 0; at < cast->node_count; at++)
        json_array_append_new(list, json_string(names[cast->nodes[at].role]));
    xalloc_free(cast);
    return list;
}

static json_t *data_tree(const struct merged *m, json_t *findings)
{
    struct account copy = m->sum;
    struct account_group groups[ACCOUNT_GROUPS];
    uint64_t failures = account_failures(&m->sum);
    json_t *tree = json_object(), *account = account_tree(&m->sum), *finding;
    size_t i;

    account_group(&copy, groups);
    json_array_foreach(findings, i, finding)
        put(finding, "nodes", roles_tree(finding));
    put(tree, "sums", json_incref(json_object_get(account, "sums")));
    put(tree, "floors", sums_tree(&groups[ACCOUNT_WORLDS], 0, ACCOUNT_FLOORS));
    put(tree, "groups", happened_tree(groups));
    put(tree, "invariants", invariants_tree(&m->sum));
    put(tree, "commit", json_string(m->plan.commit));
    put(tree, "left_out",
        numeral_count(failures > json_array_size(findings)
                          ? failures - json_array_size(findings)
                          : 0));
    put(tree, "findings", json_incref(findings));
    json_decref(account);
    return tree;
}

/* In it no `<` stands as it is, so nothing in it ends the block. */
static void put_data(struct buf *b, const struct merged *m, json_t *findings)
{
    json_t *tree = data_tree(m, findings);
    struct buf data;

    buf_init(&data, SIZE_MAX / 2);
    (void)value_print(tree, &data);
    buf_put(b, "<script id=\"data\" type=\"application/json\">");
    for (size_t i = 0; i < data.len; i++) {
        if (data.data[i] == '<')
            buf_put(b, "\\u003c");
        else
            buf_put_byte(b, data.data[i]);
    }
    buf_put(b, "</script>\n");
    buf_clear(&data);
    json_decref(tree);
}

/* --- the whole */

static void put_page(struct buf *b, const struct merged *m, json_t *findings)
{
    html_page_begin(b, &html_page_campaign, slice_of("alksim"));
    put_head(b, m);
    buf_put(b, "<main>\n");
    put_plain_list(b, findings);
    put_places(b);
    buf_put(b, "</main>\n");
    put_data(b, m, findings);
    html_page_end(b, &html_page_campaign);
}

static int write_page(const struct merged *m, const char *out,
                      struct failure *f)
{
    json_t *findings = json_array();
    bool is_good = true;
    int status = ACCOUNT_NOT_ALL;
    struct buf b;

    buf_init(&b, SIZE_MAX / 2);
    for (size_t i = 0; is_good && i < m->count; i++)
        is_good = journal_findings(m->shards[i].path, findings, ALIKE_MAX, f);
    if (is_good) {
        put_page(&b, m, findings);
        status =
            text_save(out, buf_slice(&b), f) ? ACCOUNT_GREEN : ACCOUNT_MACHINE;
    }
    buf_clear(&b);
    json_decref(findings);
    return status;
}

int page_write(const char *const *paths, size_t count, const char *out,
               struct failure *ret_failure)
{
    struct merged m;
    int status;

    if (!merge_read(paths, count, &m, ret_failure))
        return ACCOUNT_NOT_ALL;
    status = write_page(&m, out, ret_failure);
    merge_clear(&m);
    return status;
}
