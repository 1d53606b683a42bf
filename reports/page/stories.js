/* SPDX-License-Identifier: MIT */
/*
 * What did not pass: a card for each case, and in it its instances, of which
 * one is shown. A card is filled when it is opened for the first time.
 */
/* What a card takes of the width, roughly; a picture corrects itself. */
const INSET = 41;

const isNews = run => run.story !== undefined;

function fact(name, value, style = '') {
  return value ? [el('dt', {}, name), el('dd', {class: style}, value)] : null;
}

function command(words) {
  return words && [el('code', {class: 'command'}, words), copyButton(words)];
}

function conversation(run) {
  const {talk} = run.story;
  if (!talk)
    return el('p', {class: 'quiet'},
      'There was no room for this conversation; the log has it.');
  if (!talk.length)
    return el('p', {class: 'quiet'}, 'Of this one no conversation was kept.');
  const place = el('div', {class: 'picture'});
  const steps = stepsOf(talk);
  let drawn = 0;
  const draw = width => {
    if (width && width !== drawn)
      place.replaceChildren(diagram(steps, drawn = width,
        raw.testee || 'testee'));
  };
  draw(at('stories').clientWidth - INSET);
  new ResizeObserver(() => requestAnimationFrame(
    () => draw(place.clientWidth))).observe(place);
  return [place, el('details', {class: 'lines'},
    el('summary', {}, `all ${talk.length} lines`),
    el('ol', {}, talk.map(({lane, line}) =>
      el('li', {class: lane}, el('code', {}, line)))))];
}

function story(run) {
  const s = run.story;
  return el('div', {class: 'story'}, el('dl', {},
    fact('expected', s.expected), fact('observed', run.observed, 'seen'),
    fact('when', `step ${s.step}, t = ${time(s.virtual)}`),
    fact('choice', s.choice), fact('excused', s.excuse),
    fact('repro', command(s.repro))), conversation(run));
}

/* Instances as buttons: one is pressed. */
function choices(list, choose) {
  const buttons = list.map(run => el('button', {type: 'button',
    'aria-pressed': 'false', class: 'choice ' + run.verdict, onclick() {
      for (const b of buttons)
        b.setAttribute('aria-pressed', String(b === this));
      choose(run);
    }}, mark(run.verdict), ' ' + (axesInWords(run) || run.name)));
  return buttons;
}

const axesInWords = ({axes}) => [axes.lvl, axes.dial && dialled(axes.dial),
  axes.caller && calls(axes.caller),
  axes.profile !== 'remote-safe' && axes.profile].filter(Boolean).join(', ');

function fillCard(card, c, list) {
  const place = el('div', {});
  const buttons = choices(list, run => place.replaceChildren(story(run)));
  list.forEach((run, i) => { run.button = buttons[i]; });
  card.append(el('div', {class: 'inside'},
    el('p', {class: 'claim'}, c.claim),
    el('ul', {class: 'cited'}, c.rules.map(rule => el('li', {},
      el('a', {href: '#rule-' + rule.id}, rule.id), ' ',
      el('i', {class: 'level'}, rule.level), ' ', rule.sentence))),
    el('div', {class: 'choices'}, buttons), place));
  buttons[0].click();
}

function card([c, list]) {
  const verdict = worst(list);
  const box = el('details', {class: 'card ' + verdict, id: 'case-' + c.id,
    ontoggle: () => box.open && box.fill()}, el('summary', {}, mark(verdict), el('code', {}, c.id),
    el('span', {class: 'said'}, c.claim),
    el('small', {}, `${list.length} of ${c.runs.length}`)));
  box.fill = () => box.children.length === 1 && fillCard(box, c, list);
  box.model = {words: [c.id, c.claim, ...c.rules.map(r => r.id),
    ...list.map(r => r.observed + ' ' + r.name)].join(' ').toLowerCase(),
  verdict};
  return box;
}

function storyCards() {
  const byCase = [...groupBy(runs.filter(isNews), run => run.of)];
  const rank = ([, list]) => WORST_FIRST.indexOf(worst(list));
  return byCase.sort((a, b) => rank(a) - rank(b)).map(card);
}

/* --- the instances behind a cell */

/* The link that was followed goes to the card; here the card shows this one. */
function showStory(run) {
  at('runs').close();
  at('case-' + run.of.id).fill();
  run.button.click();
}

function showRuns(title, words, list) {
  const box = at('runs');
  const sorted = [...list].sort((a, b) => WORST_FIRST.indexOf(a.verdict) -
    WORST_FIRST.indexOf(b.verdict));
  box.replaceChildren(
    el('form', {method: 'dialog'}, el('h3', {}, title),
      el('button', {class: 'close', 'aria-label': 'close'}, '×')),
    el('p', {}, words), el('p', {class: 'quiet'}, inWords(list) + '.'),
    el('ul', {}, sorted.map(run => el('li', {}, mark(run.verdict), ' ',
      isNews(run) ? el('a', {href: '#case-' + run.of.id,
        onclick: () => showStory(run)}, run.name) : el('code', {}, run.name),
      run.verdict === 'PASS' || !run.observed ? null
        : el('small', {}, cut(run.observed, 160))))));
  box.showModal();
}
