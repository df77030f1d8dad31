import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { createGunzip, gzip } from 'node:zlib';
import { Unreadable } from '@ledgerline/es-core';
import type { LogRecord } from '@ledgerline/es-core/adapter';

const compress = promisify(gzip);

/** So much text is one file. */
export const SEGMENT_BYTES = 4 * 1024 * 1024;
/** A file holds a segment and at most one commit more, which the log's largest batch bounds. */
const MAX_SEGMENT_BYTES = 256 * 1024 * 1024;

/** One record as a line: key, value and all headers, as the log carries them. */
export const lineOf = ({ key, value, headers }: LogRecord): string => `${JSON.stringify({ key, value, headers })}\n`;

export const pack = async (text: string): Promise<Buffer> => await compress(text);

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The records in a file's bytes, as far as they can be read, and whether that is all of them. */
export const unpack = async (
  bytes: Uint8Array,
): Promise<{ readonly records: LogRecord[]; readonly whole: boolean }> => {
  const { text, whole } = await decompress(bytes);
  const records: LogRecord[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const record = recordIn(line);
    if (!record) return { records, whole: false };
    records.push(record);
  }
  return { records, whole: whole && (text === '' || text.endsWith('\n')) };
};

/** The records in the bytes of a file that was verified, one at a time: while many files are read at once, only their text is held. */
export async function* recordsIn(bytes: Uint8Array): AsyncGenerator<LogRecord> {
  const { text } = await decompress(bytes);
  for (let from = 0, end = text.indexOf('\n'); end >= 0; from = end + 1, end = text.indexOf('\n', from)) {
    const record = recordIn(text.substring(from, end));
    if (!record) throw new Unreadable('a file of a backup that was verified');
    yield record;
  }
}

/** What comes before damage is still given: it tells how far the file is good. */
const decompress = async (bytes: Uint8Array): Promise<{ readonly text: string; readonly whole: boolean }> => {
  const chunks: Buffer[] = [];
  let length = 0;
  const textOf = (): string => Buffer.concat(chunks).toString('utf8');
  const stream = createGunzip();
  stream.end(bytes);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_SEGMENT_BYTES) return { text: '', whole: false };
    }
  } catch {
    return { text: textOf(), whole: false }; // Damaged, which `whole` says.
  }
  return { text: textOf(), whole: true };
};

const recordIn = (line: string): LogRecord | undefined => {
  try {
    const parsed = JSON.parse(line) as Partial<LogRecord> | null;
    const { key, value, headers } = parsed ?? {};
    return typeof key === 'string' && typeof value === 'string' && isHeaders(headers)
      ? { key, value, headers }
      : undefined;
  } catch {
    return undefined; // As above.
  }
};

const isHeaders = (headers: unknown): headers is LogRecord['headers'] =>
  typeof headers === 'object' && headers !== null && Object.values(headers).every((value) => typeof value === 'string');
