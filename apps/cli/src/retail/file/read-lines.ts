import { createReadStream } from 'node:fs';
import { unreadable } from './file-head.js';
import { FileUnusable } from './file-unusable.error.js';

const BLOCK_BYTES = 1024 * 1024;
const MAX_LINE_BYTES = 16 * BLOCK_BYTES;

/**
 * The file's lines without their ends (LF, CR LF or CR), in blocks of about a megabyte, whatever the file's size.
 * @throws FileUnusable when it cannot be read, or holds what its encoding has not: the message names line and column.
 */
export async function* readLines(path: string, encoding: string): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  let line = 1;
  for await (const block of wholeLines(path, encoding)) {
    const text = decoded(decoder, block) ?? refuseBytes({ path, encoding, block, line });
    const lines = linesOf(line === 1 && text.startsWith('\uFEFF') ? text.slice(1) : text);
    line += lines.length;
    yield lines;
  }
}

const linesOf = (text: string): string[] => {
  const lines = text.split(text.includes('\r') ? /\r\n|\r|\n/ : '\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
};

/** The file cut behind ends of lines only: a character is never cut in two. */
async function* wholeLines(path: string, encoding: string): AsyncGenerator<Buffer> {
  const lastLineEnd = lineEndFinder(encoding);
  let rest: Buffer[] = [];
  let restBytes = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: BLOCK_BYTES }) as AsyncIterable<Buffer>) {
      const end = lastLineEnd(chunk, restBytes);
      if (end > 0) yield Buffer.concat([...rest, chunk.subarray(0, end)]);
      rest = end > 0 ? [chunk.subarray(end)] : [...rest, chunk];
      restBytes = end > 0 ? chunk.length - end : restBytes + chunk.length;
      if (restBytes > MAX_LINE_BYTES) throw new FileUnusable(path, 'has a line of more than 16 MB: it is no CSV file');
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (restBytes > 0) yield Buffer.concat(rest);
}

/** Answers where the last line of a chunk ends, behind `before` bytes that begin a line; 0 when none does. */
const lineEndFinder = (encoding: string): ((chunk: Buffer, before: number) => number) => {
  const [lf, cr] = ['\n', '\r'].map((end) => bytesOf(end, encoding)) as [Buffer, Buffer];
  const unit = lf.length;
  const last = (chunk: Buffer, before: number, end: Buffer, from: number): number => {
    let at = chunk.lastIndexOf(end, from);
    // In UTF-16 the two bytes may also belong to two characters.
    while (at >= 0 && (before + at) % unit !== 0) at = at === 0 ? -1 : chunk.lastIndexOf(end, at - 1);
    return at < 0 ? 0 : at + unit;
  };
  // A CR at the very end may have its LF in the next chunk.
  return (chunk, before) =>
    last(chunk, before, lf, chunk.length) ||
    (chunk.length > unit ? last(chunk, before, cr, chunk.length - 2 * unit) : 0);
};

const bytesOf = (lineEnd: string, encoding: string): Buffer => {
  if (encoding === 'utf-16le') return Buffer.from(lineEnd, 'utf16le');
  return encoding === 'utf-16be' ? Buffer.from(lineEnd, 'utf16le').swap16() : Buffer.from(lineEnd);
};

type Decoder = InstanceType<typeof TextDecoder>;

/**
 * The text, or nothing where the bytes are none of the encoding. As a stream that ends here: by its short cut for whole
 * texts Node 20 takes Windows-1252 for Latin-1.
 */
const decoded = (decoder: Decoder, bytes: Buffer): string | undefined => {
  const text = beginningOf(decoder, bytes);
  const rest = text === undefined ? undefined : beginningOf(decoder, Buffer.alloc(0), false);
  return rest === undefined ? undefined : `${text}${rest}`;
};

/** The characters that are whole; nothing where something is none. */
const beginningOf = (decoder: Decoder, bytes: Buffer, stream = true): string | undefined => {
  try {
    return decoder.decode(bytes, { stream });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return undefined;
    throw error;
  }
};

/** Names the first character that cannot be read: the longest beginning of the block that can be ends before it. */
const refuseBytes = ({ path, encoding, block, line }: UndecodableBlock): never => {
  const beginning = (length: number): string | undefined =>
    beginningOf(new TextDecoder(encoding, { fatal: true, ignoreBOM: true }), block.subarray(0, length));
  let [good, bad] = [0, block.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (beginning(middle) === undefined) bad = middle;
    else good = middle;
  }
  const lines = (beginning(good) ?? '').split(/\r\n|\r|\n/);
  const place = `line ${line + lines.length - 1}, column ${Array.from(lines.at(-1) ?? '').length + 1}`;
  const advice =
    encoding === 'utf-8'
      ? 'Say which encoding it is in, such as --encoding windows-1252 for many files from Excel on Windows, or save it as UTF-8'
      : `Say another --encoding than ${encoding}, or save it as UTF-8`;
  throw new FileUnusable(path, `is not ${encoding.replace('utf', 'UTF')}: ${place}. ${advice}`);
};

interface UndecodableBlock {
  readonly path: string;
  readonly encoding: string;
  readonly block: Buffer;
  /** Of the block's beginning. */
  readonly line: number;
}
