import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { BackupDisk } from './backup-disk.port.js';

/** A directory of the file system; made with the first file. */
export const nodeDisk = (directory: string): BackupDisk => new NodeDisk(resolve(directory));

class NodeDisk implements BackupDisk {
  constructor(readonly name: string) {}

  async list(): Promise<ReadonlyMap<string, number>> {
    const sizes = new Map<string, number>();
    for (const entry of await entriesOf(this.name)) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isDirectory()) sizes.set(relative(this.name, path).replaceAll(sep, '/'), (await stat(path)).size);
    }
    return sizes;
  }

  read(path: string): Promise<Buffer> {
    return readFile(this.#at(path));
  }

  async put(path: string, bytes: Uint8Array): Promise<void> {
    const file = this.#at(path);
    await this.#makeParentOf(file);
    const handle = await open(file, 'w');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async rename(from: string, to: string): Promise<void> {
    await rename(this.#at(from), this.#at(to));
    await syncDirectory(dirname(this.#at(to)));
  }

  remove(path: string): Promise<void> {
    return rm(this.#at(path), { force: true });
  }

  #at(path: string): string {
    return join(this.name, path);
  }

  /** A directory that was made is a change of the one above it. */
  async #makeParentOf(file: string): Promise<void> {
    const directory = dirname(file);
    const first = await mkdir(directory, { recursive: true });
    for (let made = directory; first !== undefined && made.length >= first.length; made = dirname(made))
      await syncDirectory(dirname(made));
  }
}

const entriesOf = async (directory: string) => {
  try {
    return await readdir(directory, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
};

const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
