import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { FileUnusable } from './file-unusable.error.js';

/** Enough to see what kind of file it is. */
const HEAD_BYTES = 64 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a directory, not a file',
  EACCES: 'may not be read by this user',
};

/** @throws FileUnusable when it cannot be read, or is no regular file: it is read more than once. */
export const readHead = async (path: string): Promise<Buffer> => {
  try {
    requireFile(path, await stat(path));
    return await headOf(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
};

/** Before it is opened: opening a pipe waits for somebody who writes into it. */
const requireFile = (path: string, stats: Stats): void => {
  if (stats.isDirectory()) throw new FileUnusable(path, 'is a directory, not a file');
  if (!stats.isFile()) throw new FileUnusable(path, 'is a pipe or a device; write what it holds to a file first');
};

const headOf = async (path: string): Promise<Buffer> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/** What the operating system says, in words; anything else as it is. */
export const unreadable = (path: string, cause: unknown): unknown => {
  const { syscall, code } = cause as NodeJS.ErrnoException;
  if (syscall === undefined || code === undefined) return cause;
  return new FileUnusable(path, REASONS[code] ?? `cannot be read: ${code}`, { cause });
};
