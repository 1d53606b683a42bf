#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Whatever word a report may hold is explained, every rule and every case among
# them; a word that means nothing is answered with the nearest that does.
. conformance/test/want.sh || exit 1
plain=$BUILD/callspec

want 0 "profile: both" explain CK-3
want 0 "cases:   default-deny.table.unsafe" explain CK-3
want 0 "source:  call protocol document, order of checks" explain CK-3
want 0 "vectors: frame.basic.requested" explain FR-1
want 0 "reason:  A choice: whatever a node does here" explain FC-5
want 0 "no case and no vector cites it" explain FC-5
want 0 "ownership.access.owner (played at L1)" explain RP-1
want 0 "twin:  access.scope.held" explain access.scope.missing
want 0 "FR-11" explain frame.basic.requested
want 0 "dialogue.abort.unknown (played at L1)" explain AB-2
want 0 "needs: serve abort subscriptions" explain dialogue.abort.subscription
want 0 "another trace" explain 6
want 0 "Verdict: the same seed" explain NONDET
want 0 "Verdict: the same seed" explain nondet
want 3 "the nearest is access.scope.missing" explain access.scope.mising
want 3 "the nearest is FR-1" explain FR1
want 3 "the nearest is TIMEOUT" explain TIMEOU
want 3 "there is no rule, case, verdict or exit status 7" explain 7
want 64 "explain wants one ID" explain
want 64 "does not know what to do with two" explain one two

# `show` has all that one looks for, and its repro line names the same.
want 0 "axes:  dial=us,them caller=us lvl=L1,L2 profile=remote-safe" show access.scope.missing
want 0 "repro: callspec run --testee CMD --filter 'access.scope.missing'" show access.scope.missing
want 0 "AC-5 (must): A restricted operation" show access.scope.missing
want 0 "axes:  lvl=L0" show codec.frame.basic.requested

# Every verdict and status there is, every rule, and a case of each section.
words=$(sed -n 's/^| `*\([A-Z0-9\/`, ]*[A-Z0-9]\)`* |.*/\1/p' conformance/README.md | tr -d '`,')
[ "$(echo "$words" | wc -w)" -ge 17 ] || fail "verdicts and statuses in README.md: $words"
rules=$("$plain" list --rules | awk '{print $1}')
cases=$("$plain" list | sed 's/@.*//' | awk -F. '!seen[$1]++')
for word in $(echo "$words" | tr ' ' '\n' | grep -v '^L[012]$') $rules $cases; do
    if ! "$plain" explain "$word" >"$TMP/out" 2>&1 || [ "$(wc -l <"$TMP/out")" -lt 3 ]; then
        fail "not explained: $word"
    fi
    count=$((count + 1))
done

echo "$count words explained"
