/* SPDX-License-Identifier: MIT */
/*
 * Steps as a picture: two lifelines, arrows between them, marks on the
 * testee's own. Its width is that of the place it gets, and every text is cut
 * to what fits; a conversation that is too long loses its middle.
 */
const STEPS_MAX = 60;
const CHAR = 6.9; /* width of one at 11.5 pixels, a little generously */
const LINE = 16;

function shortened(steps) {
  if (steps.length <= STEPS_MAX)
    return steps;
  const half = STEPS_MAX / 2;
  return [...steps.slice(0, half), {kind: 'note', isGap: true, lines: [],
    title: `${steps.length - STEPS_MAX} steps are not shown`},
  ...steps.slice(-half)];
}

class Picture {
  constructor(width, testee) {
    this.width = width;
    this.left = 12;
    this.right = width - 12;
    this.y = 34;
    this.parts = [];
    this.testee = testee;
  }

  put(...parts) {
    this.parts.push(...parts);
  }

  words(string, x, anchor, style, room = this.right - this.left - 28) {
    this.put(svg('text', {x, y: this.y, class: style, 'text-anchor': anchor},
      cut(string, Math.floor(room / CHAR))));
    this.y += LINE;
  }

  lines(step, x, anchor) {
    for (const line of step.lines.filter(Boolean).slice(0, 8))
      this.words(line, x, anchor, 'sub');
    if (step.lines.length > 8)
      this.words(`and ${step.lines.length - 8} more`, x, anchor, 'sub');
  }

  arrow(step) {
    const isOurs = step.side === 'us';
    const [from, to] = isOurs ? [this.left, this.right]
      : [this.right, this.left];
    const tip = isOurs ? to - 8 : to + 8;
    const style = `${step.side} ${step.isBad ? 'bad' : ''} ` +
      (step.isDim ? 'dim' : '');
    const [x, anchor] = isOurs ? [from + 14, 'start'] : [from - 14, 'end'];
    this.words(step.title, x, anchor, 'title ' + style);
    this.lines(step, x, anchor);
    this.y -= 8;
    this.put(svg('line', {class: style, x1: from, x2: tip, y1: this.y,
      y2: this.y}), svg('path', {class: style,
      d: `M${to} ${this.y}L${tip} ${this.y - 4.5}V${this.y + 4.5}Z`}));
    this.y += 24;
  }

  mark(step) {
    const y = this.y - 4;
    this.put(step.isWitness
      ? svg('rect', {class: 'witness', x: this.right - 6, y: y - 7, width: 12,
        height: 14, rx: 2})
      : svg('circle', {class: 'dot', cx: this.right, cy: y, r: 5}));
    const style = step.isWitness ? 'title witness' : 'title dim';
    this.words(step.title, this.right - 14, 'end', style);
    this.lines(step, this.right - 14, 'end');
    this.y += 8;
  }

  note(step) {
    const middle = this.width / 2;
    const top = this.y - 13;
    const height = LINE * (1 + step.lines.length) + 4;
    if (!step.isGap)
      this.put(svg('rect', {class: 'note', x: this.left + 10, y: top, rx: 4,
        width: this.right - this.left - 20, height}));
    this.words(step.title, middle, 'middle', 'title dim');
    this.lines(step, middle, 'middle');
    this.y += 14;
  }

  time(step) {
    const y = this.y - 4;
    this.put(svg('line', {class: 'time', x1: this.left, x2: this.right, y1: y,
      y2: y}));
    const half = (step.title.length + 6) * CHAR / 2;
    this.put(svg('rect', {class: 'clear', x: this.width / 2 - half, y: y - 9,
      width: 2 * half, height: 18}));
    this.words('t = ' + step.title, this.width / 2, 'middle', 'title time');
    this.y += 10;
  }

  lifelines() {
    const line = x => svg('line', {class: 'life', x1: x, x2: x, y1: 20,
      y2: this.y});
    return [line(this.left), line(this.right),
      svg('text', {class: 'head', x: 2, y: 13}, 'callspec'),
      svg('text', {class: 'head', x: this.width - 2, y: 13,
        'text-anchor': 'end'}, cut(plain(this.testee), 28))];
  }

  end() {
    return svg('svg', {class: 'talk', width: this.width, height: this.y,
      viewBox: `0 0 ${this.width} ${this.y}`, role: 'img', 'aria-label':
      'the conversation between callspec and the testee'},
    this.lifelines(), this.parts);
  }
}

function diagram(steps, width, testee) {
  const picture = new Picture(Math.max(280, Math.min(width, 860)), testee);
  for (const step of shortened(steps))
    picture[step.kind](step);
  return picture.end();
}
