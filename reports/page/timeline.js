/* SPDX-License-Identifier: MIT */
/*
 * A failure as a picture: a lane for each node that did something, virtual
 * time from top to bottom, and a row for each thing that happened: what was
 * done, what went wrong, and the end of the trace. Time is told, not measured
 * out: a long silence takes one row.
 */
const ROW = 20;
const LETTER = 6.9; /* width of one at 11.5 pixels, a little generously */
const ROWS_MAX = 260;
const SILENCE = 1e9; /* ns that are worth a row */

/* Steps that go wrong where a node is, and those on some way between two. */
const AT_NODE = ['cut', 'crash', 'rotate', 'reload', 'mischief'];
const ON_WAY = ['blackhole', 'partition', 'pause', 'weather', 'narrow',
  'rebind', 'reset'];
/* Those whose `what` is a time in ms, and the most that counts of it. */
const LASTS = {crash: 1 << 30, blackhole: 1 << 30, partition: 1 << 30,
  pause: 5000, narrow: 3000};
const LINKS = 'links';

const seconds = ns => (ns / 1e9).toFixed(3) + ' s';

const nodeOf = (f, number) => f.nodes.length ? number % f.nodes.length : number;

/* Of what other step does this one speak? */
const spokenOf = (f, s) => ['abort', 'resume'].includes(s.kind)
  ? f.script.steps.find(other => other.number === s.what) : undefined;

const lasting = s => LASTS[s.kind] ? s.what % LASTS[s.kind] * 1e6 : 0;

/* Whose lane: a node's, or that of the links. */
function laneOf(f, s) {
  if (ON_WAY.includes(s.kind))
    return LINKS;
  return nodeOf(f, (spokenOf(f, s) || s).who);
}

function stepWords(f, s) {
  const where = laneOf(f, s);
  const who = where === LINKS ? '' : `n${where} `;
  const long = lasting(s) ? ` for ${time(lasting(s))}` : '';
  if (s.kind === 'dial')
    return `${who}dial n${nodeOf(f, s.tie)}`;
  if (spokenOf(f, s))
    return `${who}${s.kind} of step ${s.what}`;
  return who + s.kind + long;
}

function decisionWords(d) {
  const harm = ['lost', 'burst', 'doubled', 'reordered'].filter(h => d[h]);
  if ('bit' in d)
    harm.push(`bit ${d.bit} turned`);
  if ('kept' in d)
    harm.push(`cut to ${d.kept} bytes`);
  if (d.late_ns)
    harm.push(`${time(d.late_ns)} late`);
  return `tie ${d.link} ${d.direction ? 'back' : 'there'}, datagram ` +
    `${d.packet}: ${harm.join(', ')}`;
}

function stepRow(f, s) {
  const where = laneOf(f, s);
  return {at: s.at_ns, where, text: stepWords(f, s),
    to: s.kind === 'dial' ? nodeOf(f, s.tie) : undefined,
    until: lasting(s) ? s.at_ns + lasting(s) : 0,
    style: AT_NODE.includes(s.kind) || where === LINKS ? 'wrong' : 'done'};
}

/* A line of the trace: whose it is, when, and what; of the world's own lines
 * the nodes that they speak of. */
function traceRow(line) {
  const [, who, whole, part, words] =
    /^(--|n\d+) (\d+)\.(\d{9}) (.*)$/.exec(line) || [];
  if (!who || /^step \d+:/.test(words))
    return null;
  const spoken = [...words.matchAll(/\bn(\d+)\b/g)].map(m => +m[1]);
  const isAlong = /\bn\d+ (asks|dials) n\d+/.test(words);
  return {at: Number(whole) * 1e9 + Number(part), style: 'trace',
    text: plain(who === '--' ? words : `${who} ${words}`),
    where: who !== '--' ? +who.slice(1)
      : /^tie \d+ side/.test(words) ? LINKS : spoken[0],
    to: isAlong ? spoken[1] : undefined};
}

/* What is said again and again at one moment is said once. */
function withoutEchoes(rows) {
  const kept = [];
  for (const r of rows) {
    const last = kept[kept.length - 1];
    if (last && last.text === r.text && last.at === r.at)
      last.times = (last.times || 1) + 1;
    else
      kept.push(r);
  }
  return kept.map(r => r.times ? {...r, text: `${r.text} ×${r.times}`} : r);
}

/* What a line does not say and an earlier one did: who asked a question, where
 * a job is, and from whom a frame came. */
function withOrigins(rows) {
  const known = new Map();
  for (const r of rows) {
    const [, thing] = /^((?:question|job) \d+)\b/.exec(r.text) || [];
    const [, way, frame] = /^n\d+ (?:s\d+ )?([<>]) (\S+ \S+)/.exec(r.text) ||
      [];
    if (thing && r.where !== undefined)
      known.set(thing, r.where);
    else if (thing)
      r.where = known.get(thing);
    if (way === '>')
      known.set(frame, r.where);
    else if (way === '<')
      r.from = known.get(frame);
  }
  return rows;
}

/* Everything by time; what is done comes before what follows from it. */
function rowsOf(f) {
  const steps = f.script ? f.script.steps.map(s => stepRow(f, s)) : [];
  const rows = withoutEchoes(withOrigins([...steps,
    ...(f.trace || []).map(traceRow).filter(Boolean)]
    .sort((a, b) => a.at - b.at)));
  if (!rows.length)
    return rows;
  rows.push({at: rows[rows.length - 1].at, style: 'broken',
    text: plain(`${f.broken}: ${f.what || ''}`), isEnd: true});
  return rows.length <= ROWS_MAX ? rows : [...rows.slice(0, 100),
    {at: rows[100].at, style: 'gap',
      text: `${rows.length - ROWS_MAX} rows are not shown`},
    ...rows.slice(-(ROWS_MAX - 100))];
}

/* With a row wherever nothing happened for long. */
function withSilences(rows) {
  return rows.flatMap((r, n) => {
    const passed = n ? r.at - rows[n - 1].at : 0;
    return passed < SILENCE ? [r] : [{style: 'gap', at: rows[n - 1].at,
      text: `${time(passed)} later`}, r];
  });
}

class Timeline {
  constructor(f, rows, width) {
    const there = new Set(rows.flatMap(r => [r.where, r.to])
      .filter(lane => lane !== undefined));
    this.f = f;
    this.rows = withSilences(rows);
    this.width = width;
    this.lanes = [...there].filter(lane => lane !== LINKS)
      .sort((a, b) => a - b);
    if (there.has(LINKS))
      this.lanes.push(LINKS);
    this.gap = Math.max(11, Math.min(32, width * .34 / this.lanes.length));
    this.left = width < 520 ? 56 : 74;
    this.top = 44;
    this.parts = [];
  }

  x(lane) {
    const n = this.lanes.indexOf(lane);
    return this.left + this.gap * (n + .5);
  }

  y(n) {
    return this.top + ROW * (n + .5);
  }

  get textX() {
    return this.left + this.gap * this.lanes.length + 12;
  }

  lines() {
    const bottom = this.y(this.rows.length - 1) + 6;
    for (const lane of this.lanes) {
      const x = this.x(lane);
      const role = lane === LINKS ? 'what lies between nodes'
        : `n${lane}, ${this.f.nodes[lane] || 'a node'}`;
      this.parts.push(svg('line', {class: 'life', x1: x, x2: x,
        y1: this.top - 2, y2: bottom}), svg('text', {class: 'head',
        transform: `translate(${x + 4} ${this.top - 8}) rotate(-60)`},
      svg('title', {}, role), lane === LINKS ? LINKS : `n${lane}`));
    }
  }

  /* How long something lasted: down to the row where it was over. */
  span(r, n) {
    if (!r.until || r.where === undefined)
      return;
    const over = this.rows.findIndex((other, m) => m > n &&
      other.at >= r.until);
    const last = over < 0 ? this.rows.length - 1 : over;
    this.parts.push(svg('line', {class: 'span', x1: this.x(r.where),
      x2: this.x(r.where), y1: this.y(n), y2: this.y(last) - 4}));
  }

  arrow(style, fromLane, toLane, n) {
    const [from, y] = [this.x(fromLane), this.y(n)];
    const to = this.x(toLane) + (toLane === this.rows[n].where
      ? Math.sign(from - this.x(toLane)) * 4 : 0);
    const tip = to + (to > from ? -5 : 5);
    this.parts.push(svg('line', {class: 'way ' + style, x1: from,
      x2: tip, y1: y, y2: y}), svg('path', {class: 'tip ' + style,
      d: `M${to} ${y}L${tip} ${y - 3.5}V${y + 3.5}Z`}));
  }

  sign(r, n) {
    if (r.where === undefined)
      return;
    if (r.to !== undefined && r.to !== r.where)
      this.arrow(r.style, r.where, r.to, n);
    if (r.from !== undefined && r.from !== r.where)
      this.arrow(r.style, r.from, r.where, n);
    this.parts.push(sign(r.style, this.x(r.where), this.y(n)));
  }

  broken(n) {
    this.parts.push(svg('rect', {class: 'alarm', x: 0, rx: 4,
      y: this.y(n) - ROW / 2, width: this.width, height: ROW}));
    if (this.lanes.length)
      this.parts.push(svg('text', {class: 'cross', 'text-anchor': 'middle',
        x: this.left + this.gap * this.lanes.length / 2, y: this.y(n) + 5},
      '✘'));
  }

  words(r, n, isLater) {
    const room = Math.floor((this.width - this.textX) / LETTER);
    const y = this.y(n) + 4;
    if (r.style === 'gap')
      this.parts.push(svg('line', {class: 'time', x1: 0, x2: this.textX - 8,
        y1: y - 4, y2: y - 4}));
    else if (isLater)
      this.parts.push(svg('text', {class: 'sub', x: this.left - 10, y,
        'text-anchor': 'end'}, this.left < 70 ? (r.at / 1e9).toFixed(2)
        : seconds(r.at)));
    this.parts.push(svg('text', {class: 'said ' + r.style, x: this.textX, y},
      svg('title', {}, r.text), cut(r.text, Math.max(8, room))));
  }

  picture() {
    this.lines();
    this.rows.forEach((r, n) => this.span(r, n));
    this.rows.forEach((r, n) => {
      const before = this.rows[n - 1];
      if (r.isEnd)
        this.broken(n);
      this.sign(r, n);
      this.words(r, n, !before || before.style === 'gap' ||
        seconds(before.at) !== seconds(r.at));
    });
    const height = this.y(this.rows.length) + 2;
    return svg('svg', {class: 'timeline', width: this.width, height,
      viewBox: `0 0 ${this.width} ${height}`, role: 'img', 'aria-label':
      `what happened before ${this.f.broken}, by virtual time`}, this.parts);
  }
}

function sign(style, x, y) {
  if (style === 'wrong')
    return svg('path', {class: 'sign wrong',
      d: `M${x} ${y - 6}L${x + 6} ${y}L${x} ${y + 6}L${x - 6} ${y}Z`});
  return svg('circle', {class: 'sign ' + style, cx: x, cy: y,
    r: style === 'trace' ? 3 : 5});
}

function keyToSigns() {
  const one = (style, words) => el('li', {}, svg('svg', {class: 'timeline',
    width: 14, height: 14, 'aria-hidden': 'true'}, sign(style, 7, 7)), words);
  return el('ul', {class: 'legend'}, one('done', 'done by its schedule'),
    one('wrong', 'gone wrong by its schedule; a bar: for so long'),
    one('trace', 'a line of its trace'));
}

const timeline = (f, rows, width) =>
  new Timeline(f, rows, Math.max(280, width)).picture();
