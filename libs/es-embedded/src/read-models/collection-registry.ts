import { CollectionLost } from '@ledgerline/es-core';
import type { CollectionSpec } from '@ledgerline/es-core/adapter';
import type { Environment } from '../storage/environment.js';
import { DocumentWriter } from './document-writer.js';
import {
  checkpointKeys,
  collectionKey,
  collectionKeys,
  contentKeys,
  contentOf,
  lastNumberKey,
  numberOf,
} from './read-model-keys.js';
import { type CollectionEntry, toBytes, toCollection } from './stored-json.js';

const REMOVED_AT_ONCE = 2000;

/** Which collections exist, and under which numbers. All but `find` and `names` runs inside a transaction. */
export class CollectionRegistry {
  constructor(private readonly environment: Environment) {}

  find(name: string): CollectionEntry | undefined {
    const stored = this.environment.get(collectionKey(name));
    return stored && toCollection(stored, name);
  }

  names(): readonly string[] {
    return [...this.environment.getKeys({ ...collectionKeys })].map((key) => Buffer.from(key).toString('utf8', 1));
  }

  /** The collection, which has to be there. @throws CollectionLost */
  existing(name: string): CollectionEntry {
    const entry = this.find(name);
    if (!entry) throw new CollectionLost(name);
    return entry;
  }

  /** Adds what is missing: the collection, or some of its indexes. */
  ensure({ name, indexes }: CollectionSpec): CollectionEntry {
    const existing = this.find(name);
    const known = existing?.indexes ?? [];
    const missing = indexes.filter((index) => !known.some((other) => JSON.stringify(other) === JSON.stringify(index)));
    if (existing && missing.length === 0) return existing;
    const entry = { number: existing?.number ?? this.#newNumber(), indexes: [...known, ...missing] };
    this.environment.putSync(collectionKey(name), toBytes(entry));
    new DocumentWriter(this.environment, name, entry).fill(missing.map((_, i) => known.length + i));
    return entry;
  }

  /** Takes the collection out of sight; `sweep` removes what it held. */
  drop(name: string): void {
    this.environment.removeSync(collectionKey(name));
    for (const key of [...this.environment.getKeys({ ...checkpointKeys(name) })]) this.environment.removeSync(key);
  }

  /** Removes a part of what dropped collections held; false when nothing is left of it. */
  sweep(): boolean {
    const number = this.#firstDropped();
    if (number === undefined) return false;
    const keys = [...this.environment.getKeys({ ...contentOf(number), limit: REMOVED_AT_ONCE })];
    for (const key of keys) this.environment.removeSync(key);
    return true;
  }

  #firstDropped(): number | undefined {
    const inUse = new Set(this.names().map((name) => this.find(name)?.number));
    for (let start = contentKeys.start; ;) {
      const [key] = [...this.environment.getKeys({ start, end: contentKeys.end, limit: 1 })];
      if (!key) return undefined;
      const number = numberOf(key);
      if (!inUse.has(number)) return number;
      start = contentOf(number).end;
    }
  }

  #newNumber(): number {
    const number = Number(this.environment.get(lastNumberKey)?.toString() ?? 0) + 1;
    this.environment.putSync(lastNumberKey, Buffer.from(String(number)));
    return number;
  }
}
