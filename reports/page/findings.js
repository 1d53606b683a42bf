/* SPDX-License-Identifier: MIT */
/*
 * What failed: a card for each, filled when it is opened for the first time.
 */
const NO_INVARIANT = {died: 'The process that lived it died.',
  hung: 'It used up its time and was stopped.'};

function row(name, value, style = '') {
  return value ? [el('dt', {}, name), el('dd', {class: style}, value)] : null;
}

/* What is left of its script, in words. */
function shrunkWords(f) {
  if (!f.script)
    return f.lines ? 'not shrunk; too long for the log, its file has it' : '';
  const left = `${f.script.steps.length} steps, ` +
    `${(f.script.decisions || []).length} decisions about datagrams`;
  if (!f.shrunk)
    return `${left}; nothing was taken away`;
  return `${left}, of ${f.shrunk.steps_before} and ` +
    `${f.shrunk.decisions_before}; ${f.shrunk.lives} lives were tried, ` +
    (f.shrunk.minimal ? 'no less will do' : 'there was no time for more');
}

function schedule(f) {
  const steps = f.script ? f.script.steps : [];
  const decisions = f.script && f.script.decisions || [];
  if (!steps.length && !decisions.length)
    return null;
  return el('details', {class: 'lines'}, el('summary', {},
    `its schedule: ${steps.length} steps, ${decisions.length} decisions`),
  el('ol', {class: 'schedule'}, steps.map(s => el('li', {},
    el('code', {}, `${seconds(s.at_ns)}  ${stepWords(f, s)}`),
    el('small', {}, ` step ${s.number}: who ${s.who}, tie ${s.tie}, ` +
      `what ${s.what}`))), decisions.map(d => el('li', {}, el('code', {},
    decisionWords(d))))));
}

function traceLines(f) {
  const lines = f.trace || [];
  return lines.length ? el('details', {class: 'lines'}, el('summary', {},
    `the last ${lines.length} lines of its trace`),
  el('ol', {}, lines.map(line => el('li', {}, el('code', {}, plain(line))))))
    : null;
}

/* The picture takes the width of its place, and follows it; until there is one,
 * as in a browser that shows nobody anything, it has some width. */
function picture(f) {
  const rows = rowsOf(f);
  let drawn = 640;
  const place = el('div', {class: 'picture'}, timeline(f, rows, drawn));
  new ResizeObserver(() => requestAnimationFrame(() => {
    const width = place.clientWidth;
    if (width && width !== drawn)
      place.replaceChildren(timeline(f, rows, drawn = width));
  })).observe(place);
  return rows.length ? [place, keyToSigns()] : el('p', {class: 'quiet'},
    'Of this one everything follows from its seed; replay it to see more.');
}

function fillFinding(box, f, says) {
  box.append(el('div', {class: 'inside story'},
    el('p', {class: 'claim'}, says), el('dl', {},
      row('observed', plain(f.what || ''), 'seen'),
      row('rules', (f.rules || []).join(' ')),
      row('shrunk to', shrunkWords(f)),
      row('commit', el('code', {}, f.commit)),
      row('replay', [el('code', {class: 'command'}, f.replay),
        copyButton(f.replay)])),
    picture(f), schedule(f), traceLines(f)));
}

/* Of each kind those that were made smallest come first. */
function bySize(findings) {
  const size = f => f.script && f.shrunk ? f.script.steps.length +
    (f.script.decisions || []).length : Infinity;
  return [...findings].sort((a, b) => a.broken.localeCompare(b.broken) ||
    size(a) - size(b) || 0);
}

function findingCard(f) {
  const found = invariants.find(i => i.name === f.broken);
  const says = found ? found.says : NO_INVARIANT[f.broken] || '';
  const box = el('details', {class: 'card FAIL', id: 'seed-' + f.seed,
    ontoggle: () => box.open && box.children.length === 1 &&
      fillFinding(box, f, says)},
  el('summary', {}, el('span', {class: 'mark'}, '✘'),
    el('code', {}, f.broken), el('span', {class: 'said'}, plain(f.what || '')),
    el('small', {}, `seed ${f.seed}, ${f.floor}`)));
  return box;
}
