import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';

const writer = new ByteWriter();

/** The text of each item as one value: their lengths, then all of their text. Reading it back makes one string and cuts it. */
export const packEach = <T>(items: readonly T[], textOf: (item: T) => string): Buffer => {
  writer.begin();
  writer.varint(items.length);
  let all = '';
  for (let i = 0; i < items.length; i += 1) {
    const text = textOf(items[i] as T);
    writer.varint(text.length);
    all += text;
  }
  writer.text(all);
  return writer.end();
};

/** @throws Unreadable when the bytes are damaged. */
export const unpackStrings = (bytes: Buffer, what: string): string[] => {
  const reader = new ByteReader(bytes, what);
  const lengths: number[] = [];
  for (let left = reader.varint(); left > 0; left -= 1) lengths.push(reader.varint());
  const text = reader.text();
  let at = 0;
  return lengths.map((length) => text.substring(at, (at += length)));
};
