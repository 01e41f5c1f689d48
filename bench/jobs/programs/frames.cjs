'use strict';

/** Reads the frames of a server: short ones, whole ones, texts. */
exports.FrameReader = class FrameReader {
  #onText;
  #rest = null;

  constructor(onText) {
    this.#onText = onText;
  }

  read(data) {
    const bytes = this.#rest === null ? data : Buffer.concat([this.#rest, data]);
    let at = 0;
    for (;;) {
      if (bytes.length < at + 2) break;
      let length = bytes[at + 1] & 0x7f;
      let begin = at + 2;
      if (length === 127) throw new Error('a frame longer than the bench expects');
      if (length === 126) {
        if (bytes.length < at + 4) break;
        length = bytes.readUInt16BE(begin);
        begin += 2;
      }
      if (bytes.length < begin + length) break;
      if ((bytes[at] & 0x0f) === 1) this.#onText(bytes.latin1Slice(begin, begin + length));
      at = begin + length;
    }
    this.#rest = at === bytes.length ? null : bytes.subarray(at);
  }
};

/** A text of a client in one frame, under a mask that changes nothing. */
exports.writeFrame = function writeFrame(text) {
  const length = Buffer.byteLength(text);
  const head = length < 126 ? 6 : 8;
  const frame = Buffer.alloc(head + length);
  frame[0] = 0x81;
  if (length < 126) frame[1] = 0x80 | length;
  else {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(length, 2);
  }
  frame.write(text, head);
  return frame;
};
