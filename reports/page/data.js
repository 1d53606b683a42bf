/* SPDX-License-Identifier: MIT */
/*
 * The run, as the page's data block has it, with numbers replaced by what they
 * stand for. A `run` is one instance; a `story` is one that did not pass, with
 * its conversation.
 */
'use strict';

const raw = JSON.parse(document.getElementById('data').textContent);
const text = n => n < 0 ? '' : raw.texts[n];

/* From the worst to what does not matter; HOLE is a rule nobody asked for. */
const WORST_FIRST = ['HARNESS', 'CRASH', 'FAIL', 'TIMEOUT', 'NONDET',
  'UNTESTABLE', 'WARN', 'EXCUSED', 'PASS', 'NA', 'HOLE'];
const GOOD = ['PASS', 'NA', 'HOLE', 'EXCUSED'];
const WORDS = {HARNESS: 'our own fault', CRASH: 'crashed', FAIL: 'failed',
  TIMEOUT: 'timed out', NONDET: 'not deterministic',
  UNTESTABLE: 'untestable', WARN: 'warned of', EXCUSED: 'expected to fail',
  PASS: 'passed', NA: 'not applicable', HOLE: 'not asked'};
const SIGNS = {...raw.signs, EXCUSED: '✘', HOLE: '·'};

const rules = raw.rules.map(([id, level, sentence, source, status, reason]) =>
  ({id, level, sentence, source, status, reason, cases: [], runs: []}));
const cases = raw.cases.map(([id, claim, level, cited]) =>
  ({id, claim, level, area: id.split('.')[0], runs: [],
    rules: cited.map(n => rules[n])}));
const runs = raw.runs.map(([of, where, verdict, excused, observed]) => {
  const [name, axes] = raw.wheres[where];
  return {of: cases[of], name: cases[of].id + name, where: name, axes,
    verdict: excused ? 'EXCUSED' : verdict, observed: text(observed)};
});

for (const c of cases)
  for (const rule of c.rules)
    rule.cases.push(c);
for (const run of runs) {
  run.of.runs.push(run);
  for (const rule of run.of.rules)
    rule.runs.push(run);
}
for (const [n, expected, step, virtual, excuse, choice, repro, talk]
  of raw.stories)
  runs[n].story = {expected: text(expected), step, virtual,
    excuse: text(excuse), choice: text(choice), repro: text(repro),
    talk: talk && talk.map(([lane, at, line]) =>
      ({lane, at, line: text(line)}))};

/* The verdict that stands for several instances. */
function worst(list) {
  return WORST_FIRST.find(v => list.some(run => run.verdict === v)) || 'HOLE';
}

const isBad = verdict => !GOOD.includes(verdict);

function count(list) {
  const counts = new Map();
  for (const v of WORST_FIRST) {
    const n = list.filter(run => run.verdict === v).length;
    if (n)
      counts.set(v, n);
  }
  return counts;
}

const inWords = list => [...count(list)]
  .map(([v, n]) => `${n} ${WORDS[v]}`).join(', ');

function groupBy(list, key) {
  const groups = new Map();
  for (const item of list)
    groups.set(key(item), [...(groups.get(key(item)) || []), item]);
  return groups;
}
