import type {
  CollectionSpec,
  DocumentQuery,
  DocumentWrite,
  JsonObject,
  ReaderState,
  ReadModelStore,
  StoredDocument,
} from '@ledgerline/es-core';
import { frozen } from '../specification/same.js';
import { matches } from './document-filter.js';
import { orderBy } from './document-order.js';

/** Read models in this process' memory: gone with it, and otherwise as the port says. */
export const memoryReadModelStore = (): ReadModelStore => new MemoryReadModelStore();

interface Collection {
  readonly documents: Map<string, StoredDocument>;
  readonly checkpoints: Map<string, ReaderState>;
}

class MemoryReadModelStore implements ReadModelStore {
  readonly #collections = new Map<string, Collection>();
  readonly #live = new Map<string, string>();

  ensure({ name }: CollectionSpec): Promise<void> {
    this.#made(name);
    return Promise.resolve();
  }

  load(collection: string, ids: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>> {
    const documents = this.#collections.get(collection)?.documents;
    const found = ids.flatMap((id) => documents?.get(id) ?? []);
    return Promise.resolve(new Map(found.map((stored) => [stored.id, stored])));
  }

  async write(collection: string, writes: readonly DocumentWrite[]): Promise<readonly string[]> {
    const { documents } = this.#made(collection);
    const conflicts: string[] = [];
    for (const { id, document, positions, expectedRevision } of writes)
      if ((documents.get(id)?.revision ?? 0) !== expectedRevision) conflicts.push(id);
      else
        documents.set(
          id,
          frozen({ id, document: copyOf(document), positions: { ...positions }, revision: expectedRevision + 1 }),
        );
    return await Promise.resolve(conflicts);
  }

  find(collection: string, { filter = {}, sort = [], limit }: DocumentQuery): Promise<readonly StoredDocument[]> {
    const documents = this.#collections.get(collection)?.documents.values() ?? [];
    const found = [...documents].filter(isAlive).filter(({ document }) => matches(document, filter));
    return Promise.resolve(found.sort(orderBy(sort)).slice(0, limit));
  }

  drop(collection: string): Promise<void> {
    this.#collections.delete(collection);
    return Promise.resolve();
  }

  checkpoints(collection: string): Promise<ReadonlyMap<string, ReaderState>> {
    return Promise.resolve(new Map(this.#collections.get(collection)?.checkpoints));
  }

  saveCheckpoint(collection: string, partitionKey: string, state: ReaderState): Promise<void> {
    const { checkpoints } = this.#made(collection);
    const stored = checkpoints.get(partitionKey);
    if (stored?.logId !== state.logId || stored.ordinal <= state.ordinal) checkpoints.set(partitionKey, { ...state });
    return Promise.resolve();
  }

  liveCollection(projection: string): Promise<string | undefined> {
    return Promise.resolve(this.#live.get(projection));
  }

  switchLive(projection: string, collection: string, expected: string | undefined): Promise<boolean> {
    if (this.#live.get(projection) !== expected) return Promise.resolve(false);
    this.#live.set(projection, collection);
    return Promise.resolve(true);
  }

  collections(): Promise<readonly string[]> {
    return Promise.resolve([...this.#collections.keys()]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #made(name: string): Collection {
    const collection = this.#collections.get(name) ?? { documents: new Map(), checkpoints: new Map() };
    this.#collections.set(name, collection);
    return collection;
  }
}

/** A document that is there, and not a tombstone. */
type Alive = StoredDocument & { readonly document: JsonObject };

const isAlive = (stored: StoredDocument): stored is Alive => stored.document !== undefined;

/** As JSON has it: what a real store gives back. */
const copyOf = (document: JsonObject | undefined): JsonObject | undefined =>
  document && (JSON.parse(JSON.stringify(document)) as JsonObject);
