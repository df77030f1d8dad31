import { byteAt, bytesAt, numberAt, Unpacked } from './unpacked.js';

const MAGIC = 0x184d2204;
const BLOCK_CHECKSUMS = 0x10;
const CONTENT_SIZE = 0x08;
const CONTENT_CHECKSUM = 0x04;
const DICTIONARY = 0x01;
const STORED = 2 ** 31;
const LEAST_MATCH = 4;

/**
 * What a frame of LZ4 holds. Its checksums are not looked at: the batch around it has one of its own.
 * @throws RangeError when it is none, or holds more than `most` bytes
 */
export const unpackLz4 = (bytes: Buffer, most: number): Buffer => {
  if (numberAt(bytes, 0, 4) !== MAGIC) throw new RangeError('it is no frame of LZ4');
  const flags = byteAt(bytes, 4);
  if ((flags & DICTIONARY) !== 0) throw new RangeError('it needs a dictionary');
  const unpacked = new Unpacked(most);
  let at = (flags & CONTENT_SIZE) === 0 ? 7 : 15;
  for (;;) {
    const size = numberAt(bytes, at, 4);
    at += 4;
    if (size === 0) break;
    const block = bytesAt(bytes, at, size % STORED);
    if (size >= STORED) unpacked.append(block);
    else unpackBlock(block, unpacked);
    at += block.length + ((flags & BLOCK_CHECKSUMS) === 0 ? 0 : 4);
  }
  if (at + ((flags & CONTENT_CHECKSUM) === 0 ? 0 : 4) !== bytes.length) throw new RangeError('something follows it');
  return unpacked.bytes;
};

const unpackBlock = (bytes: Uint8Array, unpacked: Unpacked): void => {
  for (let at = 0; at < bytes.length;) {
    const token = byteAt(bytes, at);
    const literal = lengthAt(bytes, at + 1, token >> 4);
    unpacked.append(bytesAt(bytes, literal.next, literal.length));
    at = literal.next + literal.length;
    // The last one of a block is followed by nothing.
    if (at === bytes.length) return;
    const match = lengthAt(bytes, at + 2, token & 0b1111);
    unpacked.repeat(numberAt(bytes, at, 2), match.length + LEAST_MATCH);
    at = match.next;
  }
};

/** Of which the token has the first four bits: all ones say that there is more. */
const lengthAt = (bytes: Uint8Array, at: number, first: number): { readonly length: number; readonly next: number } => {
  let length = first;
  let next = at;
  for (let more = first === 15; more; next += 1) {
    const byte = byteAt(bytes, next);
    length += byte;
    more = byte === 255;
  }
  return { length, next };
};
