/* SPDX-License-Identifier: MIT */
/* See telling.h. */
#include "netsim/telling.h"

#include "reports/text.h"

static void put_label(struct buf *out, const char *label)
{
    buf_put(out, "  ");
    buf_put(out, label);
}

static void put_clean(struct buf *out, const char *text)
{
    text_clean(out, slice_of(text), TEXT_MAX);
    buf_put(out, "\n");
}

void telling_command(const struct finding *f, const char *path, struct buf *out)
{
    buf_put(out, "alksim replay ");
    if (path) {
        text_clean(out, slice_of(path), TEXT_MAX);
        return;
    }
    buf_put_u64(out, f->report.seed);
    buf_put(out, " --floor ");
    buf_put(out, script_floor_name(f->report.floor));
    buf_put(out, f->has_canary ? " --canary" : "");
}

static void put_invariant(struct buf *out, const struct finding *f)
{
    const struct invariant_text *text = invariant_text(f->report.ledger.broken);

    put_label(out, "demanded: ");
    buf_put(out, text->says);
    buf_put(out, "\n");
    put_label(out, "rules:    ");
    buf_put(out, *text->rules ? text->rules : "none");
    buf_put(out, "\n");
}

static void put_change(struct buf *out, const char *what, uint64_t before,
                       uint64_t after)
{
    buf_put_u64(out, before);
    buf_put(out, " ");
    buf_put(out, what);
    buf_put(out, " to ");
    buf_put_u64(out, after);
    buf_put(out, ", ");
}

static void put_shrunk(struct buf *out, const struct finding *f)
{
    put_label(out, "shrunk:   ");
    put_change(out, "steps", f->steps_before, f->script.step_count);
    put_change(out, "decisions", f->decisions_before, f->script.decision_count);
    buf_put(out, "in ");
    buf_put_u64(out, f->lives);
    buf_put(out, f->is_minimal ? " lives; no less will do\n"
                               : " lives; there was no time for more\n");
}

static void put_trace(struct buf *out, const struct finding *f,
                      size_t lines_max)
{
    size_t count = f->trace.count,
           first = count > lines_max ? count - lines_max : 0;

    for (size_t i = first; i < count; i++) {
        buf_put(out, i == first ? "  trace:    " : "            ");
        text_clean(out, f->trace.items[i], TEXT_MAX);
        buf_put(out, "\n");
    }
}

void telling_print(const struct finding *f, const char *path, size_t lines_max,
                   struct buf *out)
{
    buf_put(out, "FAIL seed ");
    buf_put_u64(out, f->report.seed);
    buf_put(out, " (");
    buf_put(out, script_floor_name(f->report.floor));
    buf_put(out, "): ");
    buf_put(out, finding_name(f));
    buf_put(out, "\n");
    if (f->kind == FINDING_BROKEN)
        put_invariant(out, f);
    put_label(out, "observed: ");
    put_clean(out, f->report.ledger.what);
    put_trace(out, f, lines_max);
    if (f->lives)
        put_shrunk(out, f);
    put_label(out, "commit:   ");
    put_clean(out, f->commit);
    put_label(out, "replay:   ");
    telling_command(f, path, out);
    buf_put(out, "\n");
}
