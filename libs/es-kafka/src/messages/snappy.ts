import { byteAt, bytesAt, numberAt, Unpacked } from './unpacked.js';

/** How Java's client frames it: this, two versions, and then blocks, each behind its length. */
const FRAMED = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const FRAME_HEADER = FRAMED.length + 8;

/** What was packed by Snappy, in Java's frame or in none. @throws RangeError when it was not, or is more than `most` bytes */
export const unpackSnappy = (bytes: Buffer, most: number): Buffer => {
  const unpacked = new Unpacked(most);
  if (!bytes.subarray(0, FRAMED.length).equals(FRAMED)) unpackBlock(bytes, unpacked);
  else
    for (let at = FRAME_HEADER; at < bytes.length;) {
      const length = bytesAt(bytes, at, 4).reduce((value, byte) => value * 256 + byte, 0);
      unpackBlock(bytesAt(bytes, at + 4, length), unpacked);
      at += 4 + length;
    }
  return unpacked.bytes;
};

const unpackBlock = (bytes: Uint8Array, unpacked: Unpacked): void => {
  let at = 0;
  while (byteAt(bytes, at) >= 0x80) at += 1; // how long it gets, which is seen anyway
  at += 1;
  while (at < bytes.length) at = unpackElement(bytes, at, unpacked);
};

/** Answers where the next one begins. */
const unpackElement = (bytes: Uint8Array, at: number, unpacked: Unpacked): number => {
  const tag = byteAt(bytes, at);
  const kind = tag & 0b11;
  if (kind === 0) return unpackLiteral(bytes, at, unpacked);
  if (kind === 1) {
    unpacked.repeat(((tag >> 5) << 8) | byteAt(bytes, at + 1), ((tag >> 2) & 0b111) + 4);
    return at + 2;
  }
  const size = kind === 2 ? 2 : 4;
  unpacked.repeat(numberAt(bytes, at + 1, size), (tag >> 2) + 1);
  return at + 1 + size;
};

const unpackLiteral = (bytes: Uint8Array, at: number, unpacked: Unpacked): number => {
  const short = byteAt(bytes, at) >> 2;
  // From 60 on it says in how many bytes the length follows.
  const size = Math.max(0, short - 59);
  const length = (size === 0 ? short : numberAt(bytes, at + 1, size)) + 1;
  unpacked.append(bytesAt(bytes, at + 1 + size, length));
  return at + 1 + size + length;
};
