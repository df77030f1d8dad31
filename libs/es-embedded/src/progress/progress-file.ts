import { readFileSync, rmSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  PartitionProgress,
  ProgressByPartition,
  ReactorProgress,
  ReactorState,
} from '@ledgerline/es-core/adapter';
import { makeDirectory, usingDataDir } from '../storage/data-dir.js';

export interface ProgressFileOptions {
  readonly directory: string;
  /** Whose reactors keep their progress in it: all of them in one. */
  readonly service: string;
}

/**
 * The progress of a service's reactors, by one process at a time, in a file of its own, `progress/<service>.json`, which is there still when the index was deleted.
 * Replaced as a whole and not flushed: what a power cut takes costs reading. What does not parse is none.
 */
export class ProgressFile implements ReactorProgress {
  readonly #path: string;
  #known: ProgressByPartition | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor({ directory, service }: ProgressFileOptions) {
    const folder = join(directory, 'progress');
    makeDirectory(folder);
    this.#path = join(folder, `${service}.json`);
  }

  load(): Promise<ProgressByPartition> {
    return Promise.resolve(this.#all);
  }

  async save(progress: ProgressByPartition): Promise<void> {
    this.#known = { ...this.#all, ...progress };
    const text = textOf(this.#known);
    const writing = this.#writing.then(() => this.#replace(text));
    this.#writing = writing.catch(() => undefined); // Its error is for whoever called.
    await writing;
  }

  /** All of it is forgotten: the reactors begin again where they began. */
  forget(): void {
    usingDataDir(this.#path, () => rmSync(this.#path, { force: true }));
    this.#known = {};
  }

  get #all(): ProgressByPartition {
    this.#known ??= this.#read();
    return this.#known;
  }

  async #replace(text: string): Promise<void> {
    const next = `${this.#path}.next`;
    await writeFile(next, text);
    await rename(next, this.#path);
  }

  #read(): ProgressByPartition {
    try {
      return progressIn(readFileSync(this.#path, 'utf8'));
    } catch {
      return {}; // No file, or a torn one: as if there had been no progress, which is always safe.
    }
  }
}

/**
 * The file's content: of each partition what all reactors have dealt with, and beside these, where older releases pass over it, each
 * reactor.
 */
type Stored = Readonly<Record<string, ReactorState>> & { readonly reactors?: ByPartition };
type ByPartition = Readonly<Record<string, NonNullable<PartitionProgress['reactors']>>>;

const textOf = (progress: ProgressByPartition): string => {
  const entries = Object.entries(progress);
  const all = entries.map(([key, { reactors: _each, ...state }]) => [key, state] as const);
  const each = entries.flatMap(([key, { reactors }]) => (reactors ? [[key, reactors] as const] : []));
  return JSON.stringify({ ...Object.fromEntries(all), reactors: Object.fromEntries(each) });
};

const progressIn = (text: string): ProgressByPartition => {
  const { reactors: each = {}, ...all } = JSON.parse(text) as Stored;
  const whole = (key: string, state: ReactorState): PartitionProgress =>
    each[key] ? { ...state, reactors: each[key] } : state;
  return Object.fromEntries(Object.entries(all).map(([key, state]) => [key, whole(key, state)]));
};
