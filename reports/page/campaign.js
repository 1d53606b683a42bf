/* SPDX-License-Identifier: MIT */
/*
 * A campaign at a glance: numbers become tiles and bars, invariants rows, rules
 * tiles; then all of it is put on the page.
 */
function tile(value, words, more, style = '') {
  return el('div', {class: 'number ' + style}, el('b', {}, value),
    el('span', {}, words), more ? el('small', {}, more) : null);
}

/* Every rule once: who stands for it, and whether anybody looked. */
function rulesOf() {
  const rules = new Map();
  for (const i of invariants)
    for (const id of i.rules) {
      const rule = rules.get(id) || {id, by: []};
      rule.by.push(i);
      rules.set(id, rule);
    }
  return [...rules.values()].map(rule => ({...rule,
    isSeen: rule.by.some(i => i.evaluated > 0),
    isBroken: rule.by.some(i => i.broken > 0)}));
}

function numbers(rules) {
  const wall = sums.wall_us / 1e6;
  const failed = sums.died + sums.hung +
    invariants.reduce((n, i) => n + i.broken, 0);
  const looked = invariants.reduce((n, i) => n + i.evaluated, 0);
  const seen = rules.filter(rule => rule.isSeen).length;
  return el('div', {class: 'numbers'},
    tile(grouped(sums.seeds), 'seeds lived', `in ${duration(sums.wall_us)}`),
    tile(grouped(failed), 'failed', failed
      ? `${raw.findings.length} told below` : 'none',
    failed ? 'FAIL' : 'PASS'),
    tile(rounded(wall ? sums.seeds / wall : 0), 'seeds a second',
      'all jobs together'),
    tile('×' + rounded(sums.wall_us ? sums.virtual_us / sums.wall_us : 0),
      'the speed of the clock', duration(sums.virtual_us) + ' of virtual time'),
    tile(grouped(looked), 'evaluations', `of ${invariants.length} invariants`),
    tile(`${seen} of ${rules.length}`, 'rules looked at',
      seen < rules.length ? `${rules.length - seen} never` : 'all of them',
      seen < rules.length ? 'WARN' : ''));
}

/* Worlds per floor, as one strip. */
function floors() {
  const all = raw.floors;
  const total = all.reduce((n, [, count]) => n + count, 0);
  const words = all.map(([name, count]) =>
    `${grouped(count)} worlds on ${name}, ${share(count, total)} %`);
  return [el('div', {class: 'strip', role: 'img', 'aria-label':
    words.join(', ')}, all.map(([name, count]) => el('span', {class: name,
    style: `flex-grow: ${total ? count : 1}`}))),
  el('ul', {class: 'legend'}, all.map(([name], n) => el('li', {},
    el('span', {class: 'swatch ' + name}), words[n])))];
}

/* --- bars: a length of the logarithm, since a crash is rare and a call not */

const lengthOf = (n, most) => n ? Math.max(2,
  100 * Math.log10(1 + n) / Math.log10(1 + most)) : 0;

const bar = (n, most, style) => el('span', {class: 'track'},
  el('span', {class: style, style: `width: ${lengthOf(n, most)}%`}));

function happened([title, all], style) {
  const most = Math.max(1, ...all.map(([, n]) => n));
  return el('div', {class: 'happened'}, el('h3', {}, title),
    el('dl', {}, all.map(([name, n]) => el('div', {class: n ? '' : 'never'},
      el('dt', {}, name.replaceAll('-', ' ')), el('dd', {},
        bar(n, most, style), el('b', {}, n ? grouped(n) : 'never'))))));
}

/* --- invariants and rules */

function invariantRow(i, most) {
  const style = i.broken ? 'FAIL' : i.isUnseen ? 'WARN' : '';
  return el('tr', {id: 'inv-' + i.name, class: style},
    el('th', {scope: 'row'}, el('code', {}, i.name)),
    el('td', {}, i.says, el('small', {class: 'ids'}, i.rules.join(' '))),
    el('td', {class: 'count'}, bar(i.evaluated, most, 'done'),
      i.evaluated ? grouped(i.evaluated) : i.isUnseen ? 'never!' : 'never'),
    el('td', {class: 'count broken'}, i.broken ? '✘ ' + grouped(i.broken)
      : '–'));
}

function invariantTable() {
  const most = Math.max(1, ...invariants.map(i => i.evaluated));
  return el('table', {class: 'invariants'}, el('thead', {}, el('tr', {},
    ['invariant', 'what must be true, and its rules', 'looked at',
      'broken'].map(words => el('th', {scope: 'col'}, words)))),
  el('tbody', {}, invariants.map(i => invariantRow(i, most))));
}

function ruleTiles(rules) {
  const families = new Map();
  for (const rule of rules) {
    const family = rule.id.replace(/-.*/, '');
    families.set(family, [...(families.get(family) || []), rule]);
  }
  return el('div', {class: 'glance'}, [...families].sort().map(
    ([name, list]) => el('span', {class: 'family'}, el('b', {}, name),
      list.map(rule => {
        const style = rule.isBroken ? 'FAIL' : rule.isSeen ? 'PASS' : 'HOLE';
        const words = `${rule.id}: ${rule.by.map(i => i.name).join(', ')}` +
          (rule.isSeen ? '' : '; nobody looked');
        return el('a', {class: 'tile ' + style, title: words,
          'aria-label': words, href: '#inv-' + rule.by[0].name},
        rule.isBroken ? '✘' : rule.isSeen ? '✓' : '·');
      }))));
}

/* --- the whole */

function openAsked() {
  const target = at(decodeURIComponent(location.hash.slice(1)));
  if (!target)
    return;
  if (target.matches('details'))
    target.open = true;
  target.scrollIntoView();
}

function begin() {
  const rules = rulesOf();
  const cards = bySize(raw.findings).map(findingCard);
  const styles = ['done', 'wrong', 'lies', 'wrong'];
  at('glance').append(numbers(rules), ...floors());
  at('findings').append(...cards, raw.left_out ? el('p', {class: 'quiet'},
    `${grouped(raw.left_out)} more of the same kinds are in the log.`) : '');
  at('findings').hidden = !cards.length;
  at('invariants').append(el('div', {class: 'scroll'}, invariantTable()));
  at('rules').append(ruleTiles(rules));
  at('happened').append(el('div', {class: 'columns'},
    raw.groups.map((group, n) => happened(group, styles[n]))));
  if (cards.length === 1)
    cards[0].open = true;
  addEventListener('hashchange', openAsked);
  addEventListener('beforeprint', () => {
    for (const card of cards)
      card.open = true;
  });
  openAsked();
}

begin();
