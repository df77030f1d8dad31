import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';

const writer = new ByteWriter();

/** Some strings as one value: their lengths, then all of their text. Reading it back makes one string and cuts it. */
export const packStrings = (strings: readonly string[]): Buffer => {
  writer.begin();
  writer.varint(strings.length);
  let all = '';
  for (const text of strings) {
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
