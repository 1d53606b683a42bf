/* SPDX-License-Identifier: MIT */
/*
 * A campaign of alksim, as the data block of its page has it (netsim/page.h),
 * and how its numbers are said.
 */
'use strict';

const raw = JSON.parse(document.getElementById('data').textContent);
const sums = raw.sums;

const invariants = raw.invariants.map(
  ([name, says, rules, evaluated, broken, isUnseen]) =>
    ({name, says, rules, evaluated, broken, isUnseen}));

/* 1234567 is 1 234 567, with blanks that are narrow and hold together. */
const grouped = n => String(n).replace(/\B(?=(\d{3})+$)/g, '\u202f');

/* Three digits that count, and not more. */
const rounded = x => x >= 100 ? grouped(Math.round(x)) : String(
  +x.toPrecision(3));

/* How long in words people use for long times. */
function duration(us) {
  const units = [[86400e6, 'days'], [3600e6, 'hours'], [60e6, 'minutes'],
    [1e6, 'seconds'], [1e3, 'ms']];
  const [one, name] = units.find(([u]) => us >= 2 * u) || [1, 'µs'];
  return `${rounded(us / one)} ${name}`;
}

const share = (part, whole) => whole ? Math.round(100 * part / whole) : 0;
