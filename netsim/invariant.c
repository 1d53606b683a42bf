/* SPDX-License-Identifier: MIT */
/* See invariant.h. The table is the whole of it. */
#include "netsim/invariant.h"

#include <stdarg.h>
#include <stdio.h>

static const struct invariant_text texts[INVARIANTS] = {
    [INVARIANT_TOLD_ONCE] = {"told-once", "Who asked is told the end, once.",
                             "PM-3 PM-6 PM-8 PM-9 SM-17 SM-18 CN-6 CN-7 AB-3"},
    [INVARIANT_ENDED_ONCE] = {"ended-once",
                              "A handler answers or is stopped, once.",
                              "CL-1 SU-2 SU-4 SU-5 HF-1 AB-9 AB-13 CN-17"},
    [INVARIANT_REFUSED_UNRUN] = {"refused-unrun", "What was refused never ran.",
                                 "CK-3 CK-4 OC-1 OC-2 SU-6"},
    [INVARIANT_FORETOLD] = {"foretold",
                            "What is allowed and what is refused is as an "
                            "independent model says.",
                            "CK-1 CK-2 OC-1 RG-10 AC-1 AC-5 AC-8 VI-1 LG-3 "
                            "LG-4 LG-6 CA-1 CA-2 CA-3 SE-6"},
    [INVARIANT_IDENTITY] = {"identity",
                            "A handler is told who asks, and for whom.",
                            "AU-1 AU-2 AU-3 IR-1 FF-3 FF-4 FF-7 CX-4 CX-6"},
    [INVARIANT_SECRET] = {"secret",
                          "Capabilities come after the last check, are the "
                          "operation's own, and never travel.",
                          "CP-5 CP-6 CP-7 CP-8 LG-9 FR-14"},
    [INVARIANT_ALIKE] = {"alike", "What is hidden looks like what is absent.",
                         "EC-11 EC-11a EC-12 VI-2 SS-4 LG-5"},
    [INVARIANT_LISTED] = {"listed",
                          "What is listed is what may be called, and all of "
                          "it.",
                          "SL-2 SL-3 SL-5 SL-7 LG-8 VI-3 SS-4"},
    [INVARIANT_OWN_ANSWER] = {"own-answer",
                              "An answer is the answer to that question, "
                              "though both sides use the same ids.",
                              "ID-1 ID-4 ID-7 ID-8 SY-11 AB-17 AB-29 AB-32"},
    [INVARIANT_ORDER] = {"order",
                         "Items come in order, and all of them before "
                         "completion.",
                         "SM-9 SU-2 SU-7 PM-10 FW-10"},
    [INVARIANT_CASCADE] =
        {"cascade",
         "What depends on an aborted call ends, and nothing "
         "new begins below it.",
         "AB-4 AB-9 AB-9b AB-10 AB-19 AB-21 AB-22 AB-24 FW-8"},
    [INVARIANT_CONTINUES] = {"continues", "What was told to go on goes on.",
                             "AB-5 AB-7 AB-9a AB-20 AB-30"},
    [INVARIANT_DEADLINE] = {"deadline",
                            "Nobody waits or works beyond his time.",
                            "OC-7 TO-1 TO-2 TO-5 TO-6 TO-6a TO-7 TO-8 CX-5"},
    [INVARIANT_IMPORT] = {"import",
                          "An import is told once, and is what the peer lists "
                          "for us.",
                          "AD-1 AD-2 FC-1 FC-6 FC-10 FC-11 LY-5 VI-4"},
    [INVARIANT_BOUNDED] = {"bounded",
                           "Memory, streams and entries stay bounded.",
                           "PM-13 SU-9 SU-10 FL-1 FL-15"},
    [INVARIANT_GIVEN_BACK] = {"given-back",
                              "Memory, streams and entries come back to "
                              "nothing.",
                              "SM-25 CN-14 CN-15 CN-17 AB-9 FC-11"},
    [INVARIANT_LIVE] = {"live", "After the weather clears, all is answered.",
                        "SM-2 SM-12 BA-2 CN-10 SY-1 FL-10"},
    [INVARIANT_HARMLESS] = {"harmless", "A peer that lies harms nobody else.",
                            "FL-7 FL-10 FL-12 EN-18 SM-16 SM-27 HF-4 AB-2 "
                            "AB-25 PM-8"},
    [INVARIANT_CANARY] = {"canary",
                          "Never true; a run that does not notice is not "
                          "believed.",
                          ""},
};

const struct invariant_text *invariant_text(enum invariant i)
{
    return &texts[i];
}

struct slice invariant_rule(enum invariant i, size_t n)
{
    struct slice left = slice_of(texts[i].rules);
    size_t len = slice_find(left, slice_of(" "));

    for (; n > 0 && left.len; n--) {
        left = slice_skip(left, len + (len < left.len));
        len = slice_find(left, slice_of(" "));
    }
    return slice_head(left, len);
}

enum invariant invariant_find(const char *name)
{
    enum invariant i = 0;

    while (i < INVARIANTS && strcmp(texts[i].name, name) != 0)
        i++;
    return i;
}

bool invariant_holds(struct ledger *l, enum invariant i, bool holds,
                     const char *format, ...)
{
    va_list words;

    if (l->is_broken)
        return holds;
    l->evaluated[i]++;
    if (holds)
        return true;
    l->is_broken = true;
    l->broken = i;
    va_start(words, format);
    (void)vsnprintf(l->what, sizeof l->what, format, words);
    va_end(words);
    return false;
}
