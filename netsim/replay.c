/* SPDX-License-Identifier: MIT */
/* See replay.h. */
#include "netsim/replay.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "netsim/account.h"
#include "netsim/tail.h"
#include "netsim/telling.h"
#include "reports/text.h"

struct ear {
    struct tail tail;
    FILE *out; /* where all lines go; or NULL */
};

static void hear(void *self, struct slice line)
{
    struct ear *e = self;

    tail_add(&e->tail, line);
    if (e->out)
        (void)fprintf(e->out, "%.*s\n", (int)line.len, (const char *)line.data);
}

static int complain(const struct failure *f, int status)
{
    (void)fprintf(stderr, "alksim: %s\n", f->sentence);
    return status;
}

/* Lives it with an open ear. `ret` is how it ends now, as a finding that the
 * caller clears; its script stays where it was. */
static bool live(const struct replay_terms *t, FILE *out, struct finding *ret,
                 struct failure *f)
{
    static struct ear ear;
    struct life_terms life = finding_terms(&t->finding);
    struct cell_outcome o;

    ear = (struct ear){.out = out};
    life.trace = (struct trace_sink){hear, &ear};
    *ret = (struct finding){0};
    if (!cell_live(&life, t->patience_s, NULL, &o, f))
        return false;
    ret->kind = o.kind;
    ret->report = o.report;
    ret->has_canary = t->finding.has_canary;
    (void)snprintf(ret->commit, sizeof ret->commit, "%s", t->commit);
    ret->trace = tail_lines(&ear.tail);
    return true;
}

static const char *compare(const struct finding *then,
                           const struct finding *now)
{
    if (then->kind == FINDING_NONE)
        return now->kind == FINDING_NONE ? "it does not fail" : "it fails";
    if (now->kind == FINDING_NONE)
        return "it does not fail any more";
    if (!finding_is_same(then, now->kind, &now->report))
        return "it fails, but in another way";
    if (then->kind != FINDING_BROKEN)
        return "it fails in the same way";
    return then->report.hash == now->report.hash
               ? "it fails in the same way, with the same trace"
               : "it fails in the same way, with another trace";
}

/* The last line: how it ends, its hash where it has one, and the status. */
static void put_verdict(struct buf *out, const struct replay_terms *t,
                        const struct finding *now, int status)
{
    char hash[40] = "";

    if (now->kind == FINDING_NONE || now->kind == FINDING_BROKEN)
        (void)snprintf(hash, sizeof hash, ", hash %016" PRIx64,
                       now->report.hash);
    buf_put(out, "alksim: seed ");
    buf_put_u64(out, now->report.seed);
    buf_put(out, " (");
    buf_put(out, script_floor_name(now->report.floor));
    buf_put(out, "): ");
    buf_put(out, compare(&t->finding, now));
    buf_put(out, hash);
    if (strcmp(t->finding.commit, t->commit) != 0) {
        buf_put(out, ", found at commit ");
        text_clean(out, slice_of(t->finding.commit), FINDING_COMMIT_MAX);
    }
    buf_put(out, ", exit ");
    buf_put_u64(out, (uint64_t)status);
    buf_put(out, "\n");
}

static void tell(const struct replay_terms *t, const struct finding *now,
                 struct screen *screen, int status)
{
    struct buf text;

    buf_init(&text, SIZE_MAX / 2);
    if (now->kind != FINDING_NONE)
        telling_print(now, t->path, t->has_trace ? 0 : TAIL_LINES, &text);
    put_verdict(&text, t, now, status);
    screen_say(screen, buf_slice(&text));
    buf_clear(&text);
}

int replay(const struct replay_terms *terms, struct screen *screen)
{
    struct finding now;
    struct failure f;
    int status;

    if (!live(terms, terms->has_trace ? screen->out : NULL, &now, &f))
        return complain(&f, ACCOUNT_MACHINE);
    status = now.kind == FINDING_NONE ? REPLAY_GOOD : REPLAY_FAILING;
    tell(terms, &now, screen, status);
    finding_clear(&now);
    return status;
}

/* --- those that are kept */

static int is_finding(const struct dirent *entry)
{
    struct slice name = slice_of(entry->d_name), end = slice_of(".json");

    return name.len > end.len && entry->d_name[0] != '.' &&
           slice_equal(slice_skip(name, name.len - end.len), end);
}

static int replay_file(const char *dir, const char *name,
                       struct replay_terms terms, struct screen *screen)
{
    struct failure f;
    char path[1000];
    int status;

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    terms.path = path;
    if (!finding_load(path, &terms.finding, &f))
        return complain(&f, ACCOUNT_NOT_ALL);
    status = replay(&terms, screen);
    finding_clear(&terms.finding);
    return status;
}

int replay_kept(const char *dir, const struct replay_terms *terms,
                struct screen *screen)
{
    struct dirent **entries;
    int count = scandir(dir, &entries, is_finding, alphasort);
    struct failure f;
    int worst = REPLAY_GOOD;

    if (count < 0) {
        failure_say(&f, "%s: %s", dir, strerror(errno));
        return complain(&f, ACCOUNT_NOT_ALL);
    }
    for (int i = 0; i < count; i++) {
        int status = replay_file(dir, entries[i]->d_name, *terms, screen);

        worst = status > worst ? status : worst;
        free(entries[i]);
    }
    free(entries);
    if (count == 0) {
        failure_say(&f, "%s: no finding is kept there", dir);
        return complain(&f, ACCOUNT_NOT_ALL);
    }
    (void)fprintf(screen->out, "alksim: %d kept, exit %d\n", count, worst);
    return worst;
}
