/* SPDX-License-Identifier: MIT */
/*
 * From the lines of a conversation to the steps of a picture. A step has a
 * kind (arrow, mark, note, time), for arrows and marks a side, a title and
 * lines below it. Setting the scene is one step, an answer that says nothing
 * but yes is none.
 */
const SETUP = ['hello', 'reset', 'configure', 'register'];
const SILENT = ['stream_open', 'stream_consumed'];
const UNSAID = ['op', 'ev', 'seq', 'ok', 'next', 'out'];

const who = identity =>
  identity ? `${identity.id} [${[identity.scopes].flat().join(' ')}]`
    : 'nobody';

function shortValue(name, value) {
  if (name.endsWith('identity'))
    return who(value);
  if (name.endsWith('fingerprint') && value)
    return `${String(value).slice(0, 14)}…${String(value).slice(-4)}`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/* All members but those that the title has, as `name=value`. */
function members(object, said = []) {
  return plain(Object.entries(object)
    .filter(([name]) => !UNSAID.includes(name) && !said.includes(name))
    .map(([name, value]) => `${name}=${shortValue(name, value)}`).join(' '));
}

function parse(line) {
  const value = JSON.parse(line);
  return typeof value === 'object' ? value : null;
}

class Story {
  constructor() {
    this.steps = [];
    this.streams = new Map();
    this.setup = [];
    this.now = 0;
  }

  add(step) {
    this.endSetup();
    this.steps.push({side: 'us', lines: [], ...step});
  }

  endSetup() {
    const verbs = this.setup;
    this.setup = [];
    if (!verbs.length)
      return;
    const names = verbs.filter(v => v.op === 'register').map(v => v.name);
    const own = verbs.filter(v => v.op === 'register' &&
      v.name !== v.behaviour).map(v => v.name);
    const {profile, peers = []} = verbs.find(v => v.op === 'configure') || {};
    const words = [profile, peers.length && 'peers ' +
      peers.map(p => p.peer_id).join(' '), names.length &&
      `${names.length} operations`].filter(Boolean).join(', ');
    this.add({kind: 'note', title: plain('the scene: ' + (words || 'empty')),
      lines: own.length ? [plain('among them ' + own.join(' '))] : []});
  }

  pass(at) {
    if (at <= this.now)
      return;
    this.now = at;
    this.add({kind: 'time', title: time(at)});
  }

  frames(side, conn, stream, hex) {
    const key = `${side} ${conn} ${stream}`;
    if (!this.streams.has(key))
      this.streams.set(key, new Frames());
    return this.streams.get(key).take(bytesOf(hex));
  }

  data(side, e) {
    const end = e.fin ? ', the last' : '';
    const size = bytesOf(e.hex).length;
    this.add({kind: 'arrow', side,
      title: plain(`stream ${e.stream}: ${size} bytes${end}`),
      lines: this.frames(side, e.conn, e.stream, e.hex)});
  }

  verb(v) {
    if (SETUP.includes(v.op))
      this.setup.push(v);
    else if (v.op === 'stream_data')
      this.data('us', v);
    else if (v.op === 'decode')
      this.add({kind: 'arrow', title: 'decode' + (v.fin ? ', then the end' : ''),
        lines: new Frames().take(bytesOf([v.segments].flat().join('')))});
    else if (v.op === 'call' || v.op === 'subscribe')
      this.add({kind: 'arrow', title: plain(`${v.op} ${v.operation} ${v.id}`),
        lines: [members(v, ['operation', 'id', 'conn'])]});
    else if (v.op === 'advance')
      this.endSetup();
    else
      this.add({kind: 'arrow', title: plain(v.op), lines: [members(v)]});
  }

  answer(a) {
    if (a.fail || a.unsupported)
      this.add({kind: 'arrow', side: 'them', isBad: true,
        title: a.fail ? 'refused' : 'unsupported', lines: [members(a)]});
    else if (members(a))
      this.add({kind: 'arrow', side: 'them', isDim: true, title: 'answer',
        lines: a.frames ? [...a.frames.map(f => plain(
          `${f.type} ${brief(String(f.id))} ${new TextDecoder().decode(
            bytesOf(f.payload_hex))}`)), members(a, ['frames'])]
          : [members(a)]});
    for (const e of Array.isArray(a.out) ? a.out : [])
      this.event(Object(e));
  }

  witness(e) {
    const did = e.ev.replace('handler_', '');
    const by = e.internal ? 'composed' : `for ${who(e.identity)}`;
    this.add({kind: 'mark', isWitness: true,
      title: plain(`handler ${e.operation} ${did}`),
      lines: [plain(e.ev === 'handler_entered'
        ? `${by}, ${brief(String(e.id))}` : brief(String(e.id)))]});
  }

  event(e) {
    if (SILENT.includes(e.ev))
      return;
    if (e.ev === 'stream_data')
      this.data('them', e);
    else if (e.ev === 'stream_reset' || e.ev === 'stop_sending')
      this.add({kind: 'arrow', side: 'them', title: plain(e.ev),
        lines: [members(e)]});
    else if (e.ev === 'handler_entered' || e.ev === 'handler_stopped')
      this.witness(e);
    else if (e.ev === 'item')
      this.add({kind: 'mark', title: plain(`item of ${e.id}`),
        lines: [members(e, ['conn', 'id'])]});
    else if (e.ev === 'end')
      this.add({kind: 'mark', title: plain(`${e.id} ended: ${e.how}`),
        lines: []});
    else
      this.add({kind: 'mark', title: plain(String(e.ev).replace('_', ' ')),
        lines: [members(e, ['conn'])]});
  }

  asItIs({lane, line}) {
    const isAside = lane === 'aside';
    this.add({kind: isAside ? 'note' : 'arrow', side: lane,
      title: isAside ? 'aside' : 'a line that is cut, or of another shape',
      lines: plain(line).split('␊')});
  }

  /* Whatever a testee writes, it becomes a step and no error of ours. */
  line(spoken) {
    this.pass(spoken.at);
    try {
      this.understand(spoken.lane, parse(spoken.line));
    } catch {
      this.asItIs(spoken);
    }
  }

  understand(lane, value) {
    if (!value || lane === 'aside')
      throw new TypeError('nothing to be understood');
    if (lane === 'us')
      this.verb(value);
    else if (value.ev)
      this.event(value);
    else
      this.answer(value);
  }
}

function stepsOf(talk) {
  const story = new Story();
  for (const line of talk)
    story.line(line);
  story.endSetup();
  return story.steps;
}
