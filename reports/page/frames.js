/* SPDX-License-Identifier: MIT */
/*
 * Bytes of streams as the frames they are. A reader of its own, for eyes only:
 * what it cannot read it shows as it is, and it never refuses.
 */
const FRAME_MAX = 16 * 1024 * 1024;

function bytesOf(hex) {
  const pairs = String(hex).match(/[0-9a-f]{2}/gi) || [];
  return Uint8Array.from(pairs, pair => parseInt(pair, 16));
}

/* One body in a line: type, id, payload; or its text when it is no envelope. */
function inShort(body) {
  const words = new TextDecoder().decode(body);
  try {
    const {type, id, payload} = JSON.parse(words);
    if (typeof type === 'string')
      return plain(`${type} ${brief(String(id))} ${JSON.stringify(payload)}`);
  } catch {
    /* no JSON: shown as it is */
  }
  return plain(`no envelope: ${words || '(nothing)'}`);
}

/*
 * The bytes of one direction of one stream, piece by piece; take() gives a line
 * for every frame that became whole, and one for what is left over.
 */
class Frames {
  constructor() {
    this.held = new Uint8Array(0);
  }

  take(bytes) {
    const held = new Uint8Array(this.held.length + bytes.length);
    held.set(this.held);
    held.set(bytes, this.held.length);
    const lines = [];
    let from = 0;
    while (held.length - from >= 4) {
      const length = new DataView(held.buffer).getUint32(from);
      if (held.length - from - 4 < length)
        break;
      lines.push(inShort(held.subarray(from + 4, from + 4 + length)));
      from += 4 + length;
    }
    this.held = held.slice(from);
    return bytes.length && this.held.length
      ? [...lines, this.rest()] : lines;
  }

  rest() {
    if (this.held.length < 4)
      return `${this.held.length} of the 4 bytes of a length`;
    const length = new DataView(this.held.buffer).getUint32(0);
    const huge = length > FRAME_MAX ? ', more than a frame may have' : '';
    return `${this.held.length - 4} of ${length} bytes of a frame${huge}`;
  }
}
