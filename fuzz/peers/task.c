/* SPDX-License-Identifier: MIT */
/* See task.h. */
#include "fuzz/peers/task.h"

#include "fuzz/broken.h"

#define TEXT_MAX 80

uint32_t task_place(const struct tasks *all, const struct task *t)
{
    return (uint32_t)(t - all->all);
}

const char *task_name(const struct task *t)
{
    return crew_ops[t->request.op].name;
}

struct kin_call *task_kin(struct tasks *all, const struct task *t)
{
    return &all->kin.calls[task_place(all, t)];
}

struct task *task_new(struct tasks *all, const struct task *t)
{
    struct task *fresh = &all->all[all->kin.count];

    if (all->kin.count == KIN_MAX)
        return NULL;
    *fresh = *t;
    fresh->code = gate_code(t->end);
    return fresh;
}

struct task *task_find(struct tasks *all, struct handler_call call)
{
    for (uint32_t i = all->kin.count; i > 0; i--)
        if (all->all[i - 1].call.serial == call.serial)
            return &all->all[i - 1];
    return NULL;
}

/* ------------------------------------------------------------- texts */

struct task *task_named(struct tasks *all, struct slice text, const char *mark)
{
    const size_t at = slice_find(text, slice_of(mark)) + slice_of(mark).len;
    uint32_t number = 0, digits = 0;

    for (size_t i = at; i < text.len && digits < 4; i++, digits++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            break;
        number = number * 10 + (uint32_t)(text.data[i] - '0');
    }
    return digits && number < all->kin.count ? &all->all[number] : NULL;
}

/* `before`, its number and `behind`, in memory that the next text reuses. */
static struct slice numbered(struct buf *text, const char *before,
                             uint32_t number, const char *behind)
{
    text->len_max = TEXT_MAX;
    buf_reset(text);
    buf_put(text, before);
    buf_put_u64(text, number);
    buf_put(text, behind);
    return buf_slice(text);
}

struct slice task_input(const struct tasks *all, const struct task *t)
{
    static const char *const things[] = {"", ",\"r\":\"d1\"", ",\"r\":\"d2\"",
                                         ",\"r\":\"d3\""};
    static struct buf text;

    if (t->request.input >= CREW_NULL)
        return slice_of("null");
    (void)numbered(&text, "{\"n\":", task_place(all, t),
                   things[t->request.thing]);
    buf_put(&text, t->request.input == CREW_FITS ? ",\"must\":1}" : "}");
    return buf_slice(&text);
}

struct slice task_answer(const struct tasks *all, const struct task *t)
{
    static struct buf text;

    return numbered(&text, "{\"n\":", task_place(all, t), "}");
}

struct slice task_id(const struct tasks *all, const struct task *t)
{
    static struct buf text;

    return numbered(&text, "r", task_place(all, t), "");
}

/* ------------------------------------------------------------- what is heard
 */

/* Why it is refused, if it is. */
static const char *refusal_of(const struct task *t)
{
    static const char *const rules[GATE_ENDS] = {[GATE_RUNS] = "AB-20",
                                                 [GATE_NOT_FOUND] = "SE-6",
                                                 [GATE_FORBIDDEN] = "CA-3",
                                                 [GATE_INVALID_INPUT] = "OC-2",
                                                 [GATE_WRONG_KIND] = "PE-10"};

    return t->is_composed || t->end == GATE_INVALID_INPUT ? rules[t->end]
                                                          : "CK-2";
}

/* What should have run was refused with that code instead. */
static const char *lost_by(struct slice code)
{
    if (slice_equal(code, slice_of("NOT_FOUND")))
        return "SE-3";
    if (slice_equal(code, slice_of("FORBIDDEN")))
        return "CA-3";
    return slice_equal(code, slice_of("INVALID_INPUT")) ? "OC-2" : "CL-1";
}

const char *task_rule(const struct tasks *all, const struct task *t)
{
    const uint32_t owed = all->kin.calls[task_place(all, t)].owed;

    if (owed & KIN_TIMEOUT)
        return "TO-6a";
    if (owed & KIN_ABORTED)
        return "AB-5";
    if (t->end != GATE_RUNS)
        return refusal_of(t);
    if (owed & KIN_ERROR)
        return "HF-1";
    return owed & KIN_ANSWER ? "AB-8" : "CL-1";
}

static const char *name_of(uint32_t words)
{
    if (words & KIN_TIMEOUT)
        return "TIMEOUT";
    if (words & KIN_ABORTED)
        return "an abort";
    if (words & KIN_ERROR)
        return "an error";
    return words & KIN_ANSWER ? "an answer" : "nothing";
}

/* [EC-2] Of the protocol's own TIMEOUT alone may be tried again, [HF-1] and a
 * handler's error is told as it was raised, details and all. */
static void check_error(struct tasks *all, const struct task *t,
                        const struct task_word *w, const char *rule)
{
    const bool may_be_again =
        w->word == KIN_TIMEOUT || (w->word == KIN_ERROR && t->is_retryable);

    broken_unless(w->is_retryable == may_be_again, "EC-2", "%s: %.*s may%s",
                  task_name(t), (int)w->code.len, (const char *)w->code.data,
                  w->is_retryable ? " be tried again" : " not be tried again");
    if (w->word != KIN_ERROR)
        return;
    broken_unless(slice_equal(w->code, slice_of(t->code)), rule,
                  "%s: %.*s where %s is due", task_name(t), (int)w->code.len,
                  (const char *)w->code.data, t->code);
    broken_unless(
        !t->is_retryable || task_named(all, w->details, "\"n\":") == t, "HF-1",
        "%s: the details of its error are lost", task_name(t));
}

void task_hear(struct tasks *all, struct task *t, const struct task_word *w)
{
    const uint32_t owed = task_kin(all, t)->owed;
    const char *rule =
        owed || w->word != KIN_ERROR ? task_rule(all, t) : lost_by(w->code);

    broken_unless(kin_hears(&all->kin, task_place(all, t), w->word), rule,
                  "%s: %s (%.*s) is heard where %s is due", task_name(t),
                  name_of(w->word), (int)w->code.len,
                  (const char *)w->code.data, name_of(owed));
    check_error(all, t, w, rule);
}

/* ------------------------------------------------------------- what is told */

static bool is_called(const struct identity *identity, struct slice id)
{
    return identity ? slice_equal(identity->id, id) : id.data == NULL;
}

static struct slice id_of_peer(uint32_t somebody)
{
    static const char *const ids[GATE_KNOWN] = {
        "p0", "p1", "p2",  "p3",  "p4",  "p5",  "p6",  "p7",
        "p8", "p9", "p10", "p11", "p12", "p13", "p14", "p15"};

    return somebody < GATE_KNOWN ? slice_of(ids[somebody])
                                 : slice_make(NULL, 0);
}

static void check_composed(const struct tasks *all, const struct task *t)
{
    const struct context *c = t->context;
    const struct task *by = &all->all[t->by], *user = &all->all[t->user];

    broken_unless(c->request_id.len == UUID_LEN, "CX-2",
                  "a composed call has an id from elsewhere");
    broken_unless(is_called(c->identity, crew_authority(by->request.op)),
                  "CX-6", "%s composes as somebody else", task_name(by));
    broken_unless(!c->forwarded_for, "CX-4", "a claim is handed down");
    broken_unless(is_called(c->end_user, id_of_peer(user->who)), "FF-6",
                  "all is done for somebody else");
}

static void check_request(const struct tasks *all, const struct task *t)
{
    const struct slice claimed =
        t->has_claim ? slice_of("p15") : slice_make(NULL, 0);
    const struct context *c = t->context;

    broken_unless(slice_equal(c->request_id, task_id(all, t)), "CX-2",
                  "a request has another id");
    broken_unless(is_called(c->identity, id_of_peer(t->who)), "AU-2",
                  "a request is somebody else's");
    broken_unless(is_called(c->forwarded_for, claimed), "FF-4",
                  "a claim is lost, or invented");
}

void task_check_context(const struct tasks *all, const struct task *t)
{
    const struct kin_call *k = &all->kin.calls[task_place(all, t)];
    const struct context *c = t->context;
    const struct slice secret = crew_secret(t->request.op);

    broken_unless(c->is_internal == t->is_composed, "CX-1",
                  "a call is internal, or is not");
    if (t->is_composed)
        check_composed(all, t);
    else
        check_request(all, t);
    broken_unless(slice_equal(c->operation, crew_name(t->request.op)), "CX-2",
                  "a call is called otherwise");
    broken_unless(is_called(c->authority, crew_authority(t->request.op)),
                  "CX-7", "%s may compose as somebody else", task_name(t));
    broken_unless(c->deadline_ns == k->deadline_ns,
                  t->is_composed ? "CX-5" : "CX-12",
                  "%s may take longer, or less", task_name(t));
    broken_unless(
        slice_equal(capabilities_get(c->capabilities, slice_of("key")),
                    secret) &&
            capabilities_count(c->capabilities) == (secret.len > 0),
        "CP-6", "%s has a secret that is not its own", task_name(t));
}

void task_check_start(struct tasks *all, const struct task *t,
                      const struct crew_place *place)
{
    broken_unless(t->end == GATE_RUNS, refusal_of(t), "%s runs where %s is due",
                  task_name(t), gate_code(t->end));
    broken_unless(task_kin(all, t)->state == KIN_WAITS, "AB-20",
                  "%s runs behind its end", task_name(t));
    broken_unless(place->op == t->request.op &&
                      place->peer == crew_whose(&t->request),
                  "LY-2", "%s is somebody else's", task_name(t));
}

/* ------------------------------------------------------------- all of them */

void tasks_check(struct tasks *all)
{
    for (uint32_t i = 0; i < all->kin.count; i++) {
        const struct task *t = &all->all[i];
        const struct kin_call *k = &all->kin.calls[i];

        if (!k->owes_stop && !k->owed)
            continue;
        broken_unless(!k->owes_stop, k->rule, "%s goes on behind its end",
                      task_name(t));
        broken_unless(!t->is_composed, task_rule(all, t),
                      "%s: whoever composed it does not hear %s", task_name(t),
                      name_of(k->owed));
    }
}

void tasks_check_calm(struct tasks *all)
{
    for (uint32_t i = 0; i < all->kin.count; i++) {
        const struct task *t = &all->all[i];
        const struct kin_call *k = &all->kin.calls[i];

        if (k->state != KIN_WAITS && !k->owed)
            continue;
        broken_unless(k->state != KIN_WAITS, "CL-1",
                      "%s was let in, and never runs", task_name(t));
        broken_unless(!k->owed, task_rule(all, t),
                      "%s: %s is due, and nobody hears it", task_name(t),
                      name_of(k->owed));
    }
}
