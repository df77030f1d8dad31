import { FileUnusable } from './file-unusable.error.js';

/** Those of UTF-32 first: they begin as UTF-16 does. `false` is one that cannot be read. */
const BYTE_ORDER_MARKS: readonly (readonly [bytes: readonly number[], encoding: string | false])[] = [
  [[0xff, 0xfe, 0, 0], false],
  [[0, 0, 0xfe, 0xff], false],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
  [[0xef, 0xbb, 0xbf], 'utf-8'],
];

/** The encoding under its one name, or nothing where there is none of that name: `latin1` is `windows-1252` on the Web. */
export const knownEncoding = (name: string): string | undefined => {
  try {
    return new TextDecoder(name, { fatal: true }).encoding;
  } catch {
    return undefined;
  }
};

/**
 * The encoding that was stated, or the one that the file shows: by its byte order mark, or by the zeros between the letters
 * of UTF-16. Everything else has to be UTF-8 and is checked for it: which of the old encodings a file has cannot be seen.
 * @throws FileUnusable when the byte order mark says another one than was stated
 */
export const encodingOf = (path: string, head: Buffer, stated: string | undefined): string => {
  const [, marked] = BYTE_ORDER_MARKS.find(([bytes]) => bytes.every((byte, i) => head[i] === byte)) ?? [];
  if (marked === false) throw new FileUnusable(path, 'is UTF-32, which is not read: save it as UTF-8');
  if (stated !== undefined && marked !== undefined && marked !== stated)
    throw new FileUnusable(path, `begins with the byte order mark of ${marked}, --encoding says ${stated}`);
  return stated ?? marked ?? wideEncodingOf(head) ?? 'utf-8';
};

/** A text of UTF-16 whose letters are mostly Latin has zeros in every other place, and hardly any in the others. */
const wideEncodingOf = (head: Buffer): string | undefined => {
  let [even, odd] = [0, 0];
  head.forEach((byte, at) => {
    if (byte === 0 && at % 2 === 0) even += 1;
    if (byte === 0 && at % 2 === 1) odd += 1;
  });
  if (odd > head.length / 4 && even < odd / 10) return 'utf-16le';
  return even > head.length / 4 && odd < even / 10 ? 'utf-16be' : undefined;
};
