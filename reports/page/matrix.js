/* SPDX-License-Identifier: MIT */
/*
 * The two tables: requirements by level, and areas of cases by who dialled and
 * who calls. A cell is a button that tells which instances it stands for.
 */
const LEVELS = ['L0', 'L1', 'L2'];

/* Mirrored directions stand side by side: first who calls, then who dialled. */
const DIRECTIONS = [
  ['us', 'us'], ['us', 'them'], ['them', 'us'], ['them', 'them'],
  ['both', 'us'], ['both', 'them'],
].map(([caller, dial]) => ({caller, dial}));

/* Which of all instances stand in a cell, by a key; asked for very often. */
const split = (list, key) => groupBy(list, run => key(run.axes));

function cell(list, title, text) {
  const verdict = worst(list);
  if (!list.length)
    return el('td', {}, el('span', {class: 'cell HOLE'}, '·'));
  return el('td', {}, el('button', {type: 'button', class: 'cell ' + verdict,
    title: inWords(list), 'aria-label': `${title}: ${inWords(list)}`,
    onclick: () => showRuns(title, text, list)},
  isBad(verdict) ? SIGNS[verdict] + ' ' : '',
  isBad(verdict) ? `${list.filter(r => isBad(r.verdict)).length}/` : '',
  `${list.length}`));
}

/* --- requirements by level */

const familyOf = rule => rule.id.split('-')[0];

/* What most rules of a family are taken from, without the document. */
function subject(family) {
  const sources = family.map(r => (r.source.split(', ')[1] || '')
    .split(';')[0]).filter(Boolean);
  const most = [...groupBy(sources, s => s)]
    .sort((a, b) => b[1].length - a[1].length)[0];
  return most ? most[0] : '';
}

function tile(rule) {
  const verdict = worst(rule.runs);
  return el('a', {href: '#rule-' + rule.id, class: 'tile ' + verdict,
    title: `${rule.id} ${WORDS[verdict]}: ${rule.sentence}`,
    'aria-label': `${rule.id} ${WORDS[verdict]}`}, SIGNS[verdict]);
}

/* Every rule a tile: the whole specification at a glance. */
function glance() {
  return el('div', {class: 'glance'}, [...groupBy(rules, familyOf)].map(
    ([name, family]) => el('span', {class: 'family'},
      el('b', {title: subject(family)}, name), family.map(tile))));
}

function ruleRow(rule) {
  const byLevel = split(rule.runs, axes => axes.lvl);
  const note = rule.runs.length ? null
    : el('small', {}, ' ' + (rule.reason || 'No instance of this run asks.'));
  const row = el('tr', {class: 'rule', id: 'rule-' + rule.id},
    el('th', {scope: 'row'}, el('code', {}, rule.id),
      rule.level === 'must' ? null : el('i', {class: 'level'}, rule.level)),
    el('td', {class: 'sentence'}, rule.sentence, note),
    LEVELS.map(lvl => cell(byLevel.get(lvl) || [], `${rule.id} at ${lvl}`,
      rule.sentence)));
  row.model = {words: [rule.id, rule.sentence, rule.reason,
    ...rule.cases.map(c => c.id)].join(' ').toLowerCase(),
  verdict: worst(rule.runs)};
  return row;
}

function ruleTable() {
  const head = el('thead', {}, el('tr', {}, el('th', {scope: 'col'}, 'rule'),
    el('th', {scope: 'col'}, 'what it demands'),
    LEVELS.map(lvl => el('th', {scope: 'col'}, lvl))));
  const bodies = [...groupBy(rules, familyOf)].map(([name, family]) =>
    el('tbody', {}, el('tr', {class: 'group'}, el('th', {scope: 'rowgroup',
      colspan: 2 + LEVELS.length}, name, el('span', {}, subject(family)))),
    family.map(ruleRow)));
  return el('table', {class: 'rules'}, head, bodies);
}

/* --- areas by direction */

const directionOf = axes => axes.dial ? `${axes.caller} ${axes.dial}` : '';

/* Does a case that was run in both mirrored directions end differently? */
function isUneven(c) {
  const by = split(c.runs, directionOf);
  const verdict = (caller, dial) => worst(by.get(`${caller} ${dial}`) || []);
  return ['us', 'them', 'both'].some(caller => {
    const both = [verdict(caller, 'us'), verdict(caller, 'them')];
    return both[0] !== both[1] && both.some(isBad) && !both.includes('HOLE');
  });
}

function directionCells(title, claim, list, uneven) {
  const by = split(list, directionOf);
  return [cell(by.get('') || [], title, claim),
    DIRECTIONS.map(d => cell(by.get(`${d.caller} ${d.dial}`) || [],
      `${title}: ${calls(d.caller)}, ${dialled(d.dial)}`, claim)),
    el('td', {class: 'uneven'}, uneven ? el('span',
      {title: 'mirrored directions differ'}, '≠') : '')];
}

const calls = caller => ({us: 'we call', them: 'they call',
  both: 'both call'})[caller];
const dialled = dial => dial === 'us' ? 'we dialled' : 'they dialled';

function caseRow(c) {
  const row = el('tr', {class: 'case', hidden: true},
    el('th', {scope: 'row'}, el('code', {title: c.claim},
      c.id.slice(c.area.length + 1))),
    directionCells(c.id, c.claim, c.runs, isUneven(c)));
  row.model = {words: [c.id, c.claim, ...c.rules.map(r => r.id)].join(' ')
    .toLowerCase(), verdict: worst(c.runs)};
  return row;
}

function areaBody([area, list]) {
  const rows = list.map(caseRow);
  const all = list.flatMap(c => c.runs);
  const toggle = el('button', {type: 'button', class: 'fold',
    'aria-expanded': 'false', onclick() {
      body.isOpen = !body.isOpen;
      refresh();
    }}, area, el('span', {}, `${list.length}`));
  const body = el('tbody', {class: 'area'}, el('tr', {class: 'sum'},
    el('th', {scope: 'row'}, toggle),
    directionCells(area, `All cases of ${area}.`, all,
      list.some(isUneven))), rows);
  body.isOpen = false;
  body.toggle = toggle;
  return body;
}

function directionTable() {
  const head = el('thead', {}, el('tr', {}, el('td', {}),
    el('th', {scope: 'col', rowspan: 2}, 'no dialling'),
    ['us', 'them', 'both'].map(c => el('th', {scope: 'colgroup', colspan: 2},
      calls(c))), el('td', {})),
  el('tr', {}, el('th', {scope: 'col'}, 'area'), DIRECTIONS.map(d =>
    el('th', {scope: 'col'}, d.dial === 'us' ? 'we dial' : 'they dial')),
  el('td', {})));
  return el('table', {class: 'directions'}, head,
    [...groupBy(cases, c => c.area)].map(areaBody));
}
