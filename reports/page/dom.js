/* SPDX-License-Identifier: MIT */
/*
 * Elements, made of names, attributes and texts. A text only ever becomes a
 * text node: whatever a testee said, it is not markup.
 */
function fill(e, attributes, children) {
  for (const [name, value] of Object.entries(attributes))
    if (name.startsWith('on'))
      e.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined)
      e.setAttribute(name, value === true ? '' : value);
  e.append(...children.flat(9).filter(c => c !== null && c !== undefined));
  return e;
}

const el = (name, attributes = {}, ...children) =>
  fill(document.createElement(name), attributes, children);
const svg = (name, attributes = {}, ...children) =>
  fill(document.createElementNS('http://www.w3.org/2000/svg', name),
    attributes, children);
const at = id => document.getElementById(id);

/* What a terminal or the direction of writing would obey, made visible. */
function plain(string) {
  return string.replace(/[\u0000-\u001f]/g,
    c => String.fromCharCode(0x2400 + c.charCodeAt(0)))
    .replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
      c => `[U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, 0)}]`);
}

/* The beginning of a text, with a sign that there was more. */
function cut(string, most) {
  const shown = [...string.slice(0, 2 * most)];
  return shown.length > most || string.length > 2 * most
    ? shown.slice(0, Math.max(1, most - 1)).join('') + '…' : string;
}

/* A long name without its middle. */
const brief = id => id.length > 14 ? `${id.slice(0, 6)}…${id.slice(-5)}` : id;

const mark = verdict =>
  el('span', {class: 'mark ' + verdict, title: WORDS[verdict]},
    SIGNS[verdict]);

function time(ns) {
  const units = [[1e9, ' s'], [1e6, ' ms'], [1e3, ' µs'], [1, ' ns']];
  const [one, name] = units.find(([u]) => ns >= u) || [1, ' s'];
  return +(ns / one).toPrecision(4) + name;
}

function copyButton(words) {
  const button = el('button', {class: 'copy', type: 'button', onclick() {
    copy(words).then(() => { button.textContent = 'copied'; },
      () => { button.textContent = 'select it by hand'; });
    setTimeout(() => { button.textContent = 'copy'; }, 1500);
  }}, 'copy');
  return button;
}

/* A page opened from a disk may have no clipboard of the new kind. */
async function copy(words) {
  if (navigator.clipboard && window.isSecureContext)
    return navigator.clipboard.writeText(words);
  const area = el('textarea', {class: 'sr'});
  area.value = words;
  document.body.append(area);
  area.select();
  const isDone = document.execCommand('copy');
  area.remove();
  if (!isDone)
    throw new Error('no clipboard');
}
