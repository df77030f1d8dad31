import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { FileUnusable } from './file-unusable.error.js';

const NEWLINE = 10;
const BLOCK_BYTES = 1024 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a directory, not a file',
  EACCES: 'may not be read by this user',
};

/**
 * The file's lines without their ends, in blocks of about a megabyte, so that a large file costs no more than its rows.
 * @throws FileUnusable when it cannot be read, or is not UTF-8: the message names the line.
 */
export async function* readLines(path: string): AsyncGenerator<readonly string[]> {
  let line = 1;
  for await (const block of wholeLines(path)) {
    const lines = textOf(path, block, line).split('\n');
    if (block.at(-1) === NEWLINE) lines.pop();
    line += lines.length;
    yield lines.map((text) => (text.endsWith('\r') ? text.slice(0, -1) : text));
  }
}

/** The file cut behind newlines only: a character is never cut in two. */
async function* wholeLines(path: string): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: BLOCK_BYTES }) as AsyncIterable<Buffer>) {
      const end = chunk.lastIndexOf(NEWLINE) + 1;
      if (end > 0) yield Buffer.concat([...rest, chunk.subarray(0, end)]);
      rest = end > 0 ? [chunk.subarray(end)] : [...rest, chunk];
    }
  } catch (cause) {
    throw cannotRead(path, cause);
  }
  const last = Buffer.concat(rest);
  if (last.length > 0) yield last;
}

const cannotRead = (path: string, cause: unknown): unknown => {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : undefined;
  return code === undefined ? cause : new FileUnusable(path, REASONS[code] ?? `cannot be read: ${code}`, { cause });
};

const textOf = (path: string, block: Buffer, firstLine: number): string => {
  if (!isUtf8(block)) throw new FileUnusable(path, `is not UTF-8: line ${firstBadLine(block, firstLine)}`);
  const text = block.toString('utf8');
  return firstLine === 1 && text.startsWith('\uFEFF') ? text.slice(1) : text;
};

const firstBadLine = (block: Buffer, firstLine: number): number => {
  for (let line = firstLine, start = 0; ; line += 1) {
    const end = block.indexOf(NEWLINE, start);
    if (end < 0 || !isUtf8(block.subarray(start, end))) return line;
    start = end + 1;
  }
};
