import type { Scalar } from '@ledgerline/es-core/adapter';

// First byte of a value; in MongoDB's order of types. A value's bytes never begin another value's bytes.
const NULL = 0x10;
const NUMBER = 0x20;
const STRING = 0x30;
const BOOLEAN = 0x60;

/** Longer strings are not kept in an index whole. */
export const MAX_INDEXED_CHARACTERS = 96;

const tagOf = (value: Scalar): number => {
  if (value === null) return NULL;
  if (typeof value === 'number') return NUMBER;
  return typeof value === 'string' ? STRING : BOOLEAN;
};

/** Bytes that compare as the values do. A string that is too long is cut, and then sorts with its beginning. */
export const orderedBytes = (value: Scalar): Buffer => {
  const tag = Buffer.of(tagOf(value));
  if (typeof value === 'string')
    return Buffer.concat([tag, orderedText(value.slice(0, MAX_INDEXED_CHARACTERS)), TEXT_END]);
  if (typeof value === 'number') return Buffer.concat([tag, orderedNumber(value)]);
  return value === null ? tag : Buffer.concat([tag, Buffer.of(value ? 1 : 0)]);
};

/** All values of the type of `value` lie from the first to before the second. */
export const typeRange = (value: Scalar): readonly [Buffer, Buffer] => [
  Buffer.of(tagOf(value)),
  Buffer.of(tagOf(value) + 1),
];

/** Turns the order around. */
export const inverted = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0xff));

const TEXT_END = Buffer.of(0, 1);

/** Code units in up to three bytes each, as UTF-8 would do it without surrogate pairs; the unit 0 becomes 00 FF. */
export const orderedText = (text: string): Buffer => {
  // eslint-disable-next-line no-control-regex
  if (/^[\x01-\x7f]*$/.test(text)) return Buffer.from(text, 'latin1');
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit === 0) bytes.push(0, 0xff);
    else if (unit < 0x80) bytes.push(unit);
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  return Buffer.from(bytes);
};

const orderedNumber = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value === 0 ? 0 : value); // -0 is 0.
  const negative = (bytes[0] ?? 0) >= 0x80;
  if (negative) return inverted(bytes);
  bytes[0] = (bytes[0] ?? 0) | 0x80;
  return bytes;
};
