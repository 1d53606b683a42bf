/* SPDX-License-Identifier: MIT */
/*
 * Puts the parts on the page, and hides what the filter does not let through.
 * What is shown is also in the address: #q=AC-5, #show=bad, #rule-AC-5,
 * #case-access.token.wrong.
 */
const SHOW = {
  all: () => true,
  bad: verdict => isBad(verdict) || verdict === 'EXCUSED',
  holes: verdict => verdict === 'HOLE' || verdict === 'NA',
};
let shown = 'all';

function passes(row) {
  const words = at('q').value.toLowerCase().split(/\s+/).filter(Boolean);
  return SHOW[shown](row.model.verdict) &&
    words.every(word => row.model.words.includes(word));
}

function hideRows(rows) {
  for (const row of rows)
    row.hidden = !passes(row);
  return rows.some(row => !row.hidden);
}

/* A folded area shows its cases all the same when somebody looks for them. */
function hideCases(body) {
  const isAsked = at('q').value.trim() !== '' || shown !== 'all';
  const isThere = hideRows([...body.querySelectorAll('tr.case')]);
  const isOpen = body.isOpen || isAsked;
  body.hidden = !isThere;
  body.toggle.setAttribute('aria-expanded', String(isOpen));
  if (!isOpen)
    for (const row of body.querySelectorAll('tr.case'))
      row.hidden = true;
  return isThere;
}

function refresh() {
  const cards = hideRows([...document.querySelectorAll('.card')]);
  let rows = false, areas = false;
  for (const body of document.querySelectorAll('.rules tbody')) {
    body.hidden = !hideRows([...body.querySelectorAll('tr.rule')]);
    rows = rows || !body.hidden;
  }
  for (const body of document.querySelectorAll('.directions tbody'))
    areas = hideCases(body) || areas;
  at('no-stories').hidden = cards;
  at('no-rules').hidden = rows;
  at('no-areas').hidden = areas;
}

function choose(name) {
  shown = SHOW[name] ? name : 'all';
  for (const b of document.querySelectorAll('[data-show]'))
    b.setAttribute('aria-pressed', String(b.dataset.show === shown));
}

function remember() {
  const state = new URLSearchParams();
  if (at('q').value)
    state.set('q', at('q').value);
  if (shown !== 'all')
    state.set('show', shown);
  history.replaceState(null, '', '#' + state);
}

/* Follows the address: a filter, or the name of something on the page. */
function follow() {
  const hash = decodeURIComponent(location.hash.slice(1));
  const target = at(hash);
  if (target) {
    if (target.closest('[hidden]'))
      clearFilter();
    if (target.matches('details'))
      target.open = true;
    target.scrollIntoView();
    return;
  }
  const state = new URLSearchParams(location.hash.slice(1));
  at('q').value = state.get('q') || '';
  choose(state.get('show'));
  refresh();
}

function clearFilter() {
  at('q').value = '';
  choose('all');
  refresh();
}

function switches() {
  const verdicts = rules.map(rule => worst(rule.runs));
  const label = {all: 'all', bad: 'not passed', holes: 'not asked'};
  return Object.keys(SHOW).map(name => el('button', {type: 'button',
    'data-show': name, onclick() {
      choose(name);
      refresh();
      remember();
    }}, label[name], el('span', {}, `${verdicts.filter(SHOW[name]).length}`)));
}

function begin() {
  const cards = storyCards();
  at('glance').append(glance());
  at('switches').append(...switches());
  at('stories').append(...cards);
  at('stories').hidden = !cards.length;
  document.querySelector('nav a').hidden = !cards.length;
  at('rules').append(el('div', {class: 'scroll'}, ruleTable()));
  at('areas').append(el('div', {class: 'scroll'}, directionTable()));
  at('q').addEventListener('input', () => {
    refresh();
    remember();
  });
  addEventListener('hashchange', follow);
  addEventListener('keydown', e => {
    if (e.key === '/' && !e.target.matches('input')) {
      e.preventDefault();
      at('q').focus();
    }
  });
  addEventListener('beforeprint', () => {
    for (const card of document.querySelectorAll('.card'))
      card.open = true;
  });
  choose('all');
  refresh();
  follow();
}

begin();
