/* SPDX-License-Identifier: MIT */
/* See verdict.h. A new verdict needs a row in `kinds` and nothing else here. */
#include "reports/verdict.h"

#include "reports/text.h"

static const struct kind {
    const char *name;  /* in logs */
    const char *sign;  /* for eyes that see no colour */
    const char *style; /* a word without signs, for styles */
    const char *words; /* in sentences */
    bool is_bad;       /* something is wrong */
} kinds[VERDICT_COUNT] = {
    [VERDICT_PASS] = {"PASS", "✔", "PASS", "pass", false},
    [VERDICT_FAIL] = {"FAIL", "✘", "FAIL", "failed", true},
    [VERDICT_WARN] = {"WARN", "▲", "WARN", "warned of", false},
    [VERDICT_CRASH] = {"CRASH", "✱", "CRASH", "crashed", true},
    [VERDICT_TIMEOUT] = {"TIMEOUT", "◷", "TIMEOUT", "timed out", true},
    [VERDICT_UNTESTABLE] = {"UNTESTABLE", "?", "UNTESTABLE", "untestable",
                            true},
    [VERDICT_NA] = {"N/A", "◌", "NA", "not applicable", false},
    [VERDICT_NONDET] = {"NONDET", "≈", "NONDET", "not deterministic", true},
    [VERDICT_HARNESS] = {"HARNESS", "!", "HARNESS", "our own fault", true},
};

const char *verdict_name(enum verdict v)
{
    return kinds[v].name;
}

const char *verdict_words(enum verdict v)
{
    return kinds[v].words;
}

const char *verdict_sign(enum verdict v)
{
    return kinds[v].sign;
}

const char *verdict_class(enum verdict v)
{
    return kinds[v].style;
}

bool verdict_find(const char *name, enum verdict *ret)
{
    for (int v = 0; v < VERDICT_COUNT; v++) {
        if (strcmp(kinds[v].name, name) == 0) {
            *ret = (enum verdict)v;
            return true;
        }
    }
    return false;
}

bool verdict_is_bad(enum verdict v)
{
    return kinds[v].is_bad;
}

bool verdict_is_excused(enum verdict v, struct slice excuse)
{
    return kinds[v].is_bad && v != VERDICT_HARNESS && excuse.len > 0;
}

bool verdict_is_news(enum verdict v)
{
    return v != VERDICT_PASS && v != VERDICT_NA;
}

void verdict_add(struct verdict_counts *counts, enum verdict v,
                 struct slice excuse)
{
    counts->of[v]++;
    counts->excused += verdict_is_excused(v, excuse);
}

uint64_t verdict_total(const struct verdict_counts *counts)
{
    uint64_t total = 0;

    for (int v = 0; v < VERDICT_COUNT; v++)
        total += counts->of[v];
    return total;
}

uint64_t verdict_unexpected(const struct verdict_counts *counts)
{
    uint64_t bad = 0;

    for (int v = 0; v < VERDICT_COUNT; v++)
        bad += kinds[v].is_bad ? counts->of[v] : 0;
    return bad - counts->excused;
}

const char *verdict_exit_words(int status)
{
    static const struct row {
        int status;        /* of the program */
        const char *words; /* what it means */
    } rows[] = {
        {0, "everything planned ran, nothing unexpected"},
        {1, "something does not conform"},
        {2, "the expectation file does not fit"},
        {3, "not everything planned ran"},
        {4, "the testee could not be started"},
        {5, "the harness itself is at fault"},
        {6, "something differs from run to run"},
        {64, "the command line was not understood"},
        {130, "interrupted"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].status == status)
            return rows[i].words;
    return "an exit status nobody knows";
}

void verdict_list(struct buf *b, const struct verdict_counts *counts)
{
    const char *before = "";

    for (int v = 0; v < VERDICT_COUNT; v++) {
        if (counts->of[v] == 0)
            continue;
        buf_put(b, before);
        buf_put_u64(b, counts->of[v]);
        buf_put(b, " ");
        buf_put(b, kinds[v].words);
        before = ", ";
    }
    if (counts->excused) {
        buf_put(b, "; expected failures among them: ");
        buf_put_u64(b, counts->excused);
    }
}

void verdict_sentence(struct buf *b, const struct verdict_counts *counts,
                      uint64_t planned, int status, struct slice reason)
{
    uint64_t bad = verdict_unexpected(counts);

    buf_put_u64(b, verdict_total(counts));
    buf_put(b, " of ");
    buf_put_u64(b, planned);
    buf_put(b, planned == 1 ? " instance ran, " : " instances ran, ");
    if (bad)
        buf_put_u64(b, bad);
    else
        buf_put(b, "none");
    buf_put(b, " unexpected");
    if (verdict_total(counts)) {
        buf_put(b, " (");
        verdict_list(b, counts);
        buf_put(b, ")");
    }
    buf_put(b, ", exit ");
    buf_put_u64(b, (uint64_t)status);
    buf_put(b, ": ");
    if (reason.len)
        text_clean(b, reason, 1024);
    else
        buf_put(b, verdict_exit_words(status));
}
