import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EsError } from '@ledgerline/es-core';
import type { Seal } from './seal.js';

const NAME = /^seal-\d{6,12}\.json$/;
const nameOf = (sequence: number): string => `seal-${String(sequence).padStart(6, '0')}.json`;

/** The files of all seals in the directory, oldest first; none where there is no directory yet. @throws EsError */
export const sealFilesIn = async (directory: string): Promise<readonly string[]> => {
  try {
    const names = (await readdir(directory)).filter((name) => NAME.test(name));
    return names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).map((name) => join(directory, name));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unusable(directory, cause);
  }
};

export const contentOf = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new EsError('seal-unreadable', `${file} cannot be read`, false, { file }, { cause });
  }
};

/** Writes the seal whole or not at all, never in the place of another, and answers its file. @throws EsError `seal-taken` */
export const writeSeal = async (directory: string, seal: Seal): Promise<string> => {
  const file = join(directory, nameOf(seal.sequence));
  const unfinished = join(directory, `.${nameOf(seal.sequence)}.${randomUUID()}`);
  try {
    await mkdir(directory, { recursive: true });
    try {
      await writeDurably(unfinished, `${JSON.stringify(seal, undefined, 2)}\n`);
      // A link and not a move: it fails where there is a file already.
      await link(unfinished, file);
    } finally {
      await rm(unfinished, { force: true });
    }
    await syncDirectory(directory);
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    throw code === 'EEXIST' && syscall === 'link' ? taken(file, cause) : unusable(directory, cause);
  }
  return file;
};

const writeDurably = async (path: string, text: string): Promise<void> => {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
};

const syncDirectory = async (directory: string): Promise<void> => {
  const opened = await open(directory, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
};

const taken = (file: string, cause: unknown): EsError =>
  new EsError(
    'seal-taken',
    `another es seal wrote ${file} at the same time; this one wrote nothing`,
    true,
    { file },
    { cause },
  );

const unusable = (directory: string, cause: unknown): EsError => {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new EsError('seal-directory-unusable', `${directory}: ${why}`, false, { directory }, { cause });
};
