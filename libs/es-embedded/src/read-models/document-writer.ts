import type { DocumentWrite, StoredDocument } from '@ledgerline/es-core/adapter';
import type { Environment } from '../storage/environment.js';
import { documentKey, documentKeys, indexKey, parkedKey } from './read-model-keys.js';
import { type CollectionEntry, isLive, toBytes, toDocument } from './stored-json.js';

/** Writes documents together with their entries in the indexes and among the parked. Everything here runs inside a transaction. */
export class DocumentWriter {
  constructor(
    private readonly environment: Environment,
    private readonly name: string,
    private readonly collection: CollectionEntry,
  ) {}

  /** False, and nothing done, when the document is not at the expected revision. */
  write({ expectedRevision, ...write }: DocumentWrite): boolean {
    const key = documentKey(this.collection.number, write.id);
    const bytes = this.environment.get(key);
    const before = bytes && toDocument(bytes, { collection: this.name, id: write.id });
    if ((before?.revision ?? 0) !== expectedRevision) return false;
    const after: StoredDocument = { ...write, revision: expectedRevision + 1 };
    this.environment.putSync(key, toBytes(after));
    this.#moveEntries(before, after);
    if (before?.parked || after.parked) this.#list(after);
    return true;
  }

  /** Among the parked documents, or no more. */
  #list({ id, parked }: StoredDocument): void {
    const key = parkedKey(this.collection.number, id);
    if (parked) this.environment.putSync(key, Buffer.from(id));
    else this.environment.removeSync(key);
  }

  /** Fills indexes that were added to a collection with documents in it. */
  fill(indexes: readonly number[]): void {
    const documents = [...this.environment.getRange({ ...documentKeys(this.collection.number) })];
    for (const { value } of documents) {
      const document = toDocument(value, { collection: this.name });
      for (const index of indexes) this.#put(this.#entryOf(index, document), document.id);
    }
  }

  #moveEntries(before: StoredDocument | undefined, after: StoredDocument): void {
    this.collection.indexes.forEach((_, index) => {
      const old = before && this.#entryOf(index, before);
      const entry = this.#entryOf(index, after);
      if (old && entry?.equals(old)) return;
      if (old) this.environment.removeSync(old);
      this.#put(entry, after.id);
    });
  }

  #put(entry: Buffer | undefined, id: string): void {
    if (entry) this.environment.putSync(entry, Buffer.from(id));
  }

  #entryOf(index: number, document: StoredDocument): Buffer | undefined {
    const { number, indexes } = this.collection;
    return isLive(document) ? indexKey({ number, index }, indexes[index] ?? [], document) : undefined;
  }
}
