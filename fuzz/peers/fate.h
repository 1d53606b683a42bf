/* SPDX-License-Identifier: MIT */
/*
 * What has to become of everybody who asks over one connection, told ahead: a
 * model of the asking side. It is told what whoever asks does, what the peer
 * says on which stream, what befalls streams, and the time; and it knows for
 * each who asked which items he has to have by now, whether he has been told
 * his end and which, and how many aborts leave for him.
 *
 * It holds for a peer who says well-formed things alone. Words have numbers,
 * streams their places; it knows no byte of either. The rules, in short: a word
 * is for whoever it names, on whichever stream it comes [SM-7]. A stream on
 * which a subscriber got an item and had enough is not read on until he goes on
 * or has ended [PM-13]; if something else comes for him meanwhile, elsewhere,
 * he has lost, and in sight [PM-10]. What has ended has ended [PM-8].
 */
#ifndef FUZZ_PEERS_FATE_H
#define FUZZ_PEERS_FATE_H

#include "ref/base/slice.h"

#define FATE_ASKERS_MAX 8
#define FATE_STREAMS_MAX 32 /* of either side */
#define FATE_WORDS_MAX 32   /* that are said in one story */
#define FATE_NOBODY UINT32_MAX

enum fate_end {
    FATE_WAITS,
    FATE_OUTPUT,   /* a call's result; `word` has it */
    FATE_COMPLETE, /* a subscription's end */
    FATE_ERROR,    /* of the peer's; `word` has it */
    FATE_ABORTED,  /* by either side */
    FATE_INTERNAL, /* we say so: it will not come any more */
    FATE_TIMEOUT
};

enum fate_event {
    FATE_RESPONDED,
    FATE_COMPLETED,
    FATE_FAILED,
    FATE_GIVEN_UP,
    FATE_ODD /* that does not exist */
};

/* Something that the peer says. */
struct fate_word {
    enum fate_event event;
    uint32_t whom; /* who asked; or FATE_NOBODY that we know of */
    uint32_t text; /* which; for whoever made it */
};

/* A stream that we opened, or that the peer did. */
struct fate_stream {
    bool is_ours, is_over, is_shared, is_deaf, is_answered;
    bool is_clogged; /* there is no room for what we say: told from outside */
    bool is_cut;     /* and never will be */
    uint32_t whose;  /* request went out there and is not given up */
    uint32_t full;   /* subscribers whose items lie here, and have enough */
    uint32_t turn;   /* it may be read on, as the how manieth; 0: no */
    uint8_t words[FATE_WORDS_MAX]; /* said here, in order */
    uint32_t said, arrived, read;
    bool is_fin_said, is_fin_there;
};

/* Who asks. */
struct fate_asker {
    bool is_feed;
    uint32_t appetite; /* has enough after so many items, each time; 0: never */
    uint32_t quits;    /* gives up with this item, if ever */
    uint64_t patience_ns;     /* from when he asked, or NEVER */
    uint64_t limit_ns;        /* when it is over, or NEVER */
    bool is_insistent;        /* asks the same again when he is told his end */
    struct fate_stream *own;  /* where the request went; NULL: not yet */
    struct fate_stream *full; /* where his items lie, and he has enough */
    uint8_t items[FATE_WORDS_MAX]; /* he has to have: words */
    uint32_t item_count;
    enum fate_end end;
    const char *rule; /* by which it ended */
    uint32_t word;    /* that was heard last for him */
    uint32_t aborts;  /* that leave for him */
};

struct fate {
    struct fate_word words[FATE_WORDS_MAX];
    uint32_t word_count;
    struct fate_asker askers[FATE_ASKERS_MAX];
    uint32_t asker_count;
    struct fate_stream streams[2][FATE_STREAMS_MAX]; /* the peer's, ours */
    uint32_t stream_count[2];
    uint64_t credit; /* streams that we may open */
    bool is_dry;     /* but that cannot be opened after all */
    bool has_aborts; /* that wait for a stream */
    bool is_closed;  /* the connection is gone */
    uint32_t turns;  /* so far */
    uint64_t now_ns;
};

/* A connection on which nothing happened yet, at that time. */
void fate_begin(struct fate *f, uint64_t now_ns);

/* Somebody asks, who is as the first members of `asker` say. There must be
 * room. */
void fate_ask(struct fate *f, const struct fate_asker *asker);

/* He gives up; he goes on after he had enough. */
void fate_abort(struct fate *f, struct fate_asker *a);
void fate_resume(struct fate *f, struct fate_asker *a);

/* The peer opens a stream. There must be room. */
struct fate_stream *fate_opens(struct fate *f);

/* The peer says something there, as the last thing with `fin`; and all that it
 * said there arrives. */
void fate_say(struct fate *f, struct fate_stream *s, struct fate_word word);
void fate_arrive(struct fate *f, struct fate_stream *s);

/* The peer's half ends at once; it takes no more of ours; both are gone. Not
 * while an abort waits for room there: it would be lost. */
void fate_reset(struct fate *f, struct fate_stream *s);
void fate_stop(struct fate *f, struct fate_stream *s);
void fate_gone(struct fate *f, struct fate_stream *s);

/* It is that time; who waited too long learns it. When somebody next will, or
 * NEVER. */
void fate_wait(struct fate *f, uint64_t now_ns);
uint64_t fate_due(const struct fate *f);

/* The connection is lost. */
void fate_lose(struct fate *f);

/* All that can be done now is done: streams are opened while there is credit,
 * and what was kept unread is read on. */
void fate_poll(struct fate *f);

/* How many have enough for now, and how many wait. */
uint32_t fate_paused(const struct fate *f);
uint32_t fate_waiting(const struct fate *f);

/* Can anybody still wait for something there? A stream that is asked to end
 * must have none. */
bool fate_is_idle(const struct fate *f, const struct fate_stream *s);

#endif
