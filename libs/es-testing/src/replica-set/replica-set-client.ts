import {
  type DocumentQuery,
  type JsonObject,
  type Platform,
  type Positions,
  ReadModelsUnavailable,
} from '@ledgerline/es-core';
import {
  type CollectionSpec,
  type DocumentWrite,
  type ParkedQuery,
  type ReaderState,
  type ReadModelRecord,
  type ReadModelStore,
  requireStorableWrites,
  type StoredDocument,
} from '@ledgerline/es-core/adapter';
import { pause } from '@ledgerline/es-core/runtime';
import type { Operation, ReadConcern, ReplicaSet } from './replica-set.js';

export interface ReplicaSetClientOptions {
  readonly platform: Platform;
  /** Default `majority`, which alone is right. */
  readonly readConcern?: ReadConcern;
  /** Default `majority`, which alone is right: `primary` does not wait for more. */
  readonly writeConcern?: 'primary' | 'majority';
  /** How often a call, or its answer, is lost: a chance between 0 and 1. */
  readonly loses?: () => number;
}

const REACHED_WITHIN_MS = 5;

/** One process' connection to the primary, whichever that is. Killed, it says nothing but that. */
export class ReplicaSetClient implements ReadModelStore {
  isKilled = false;

  constructor(
    private readonly set: ReplicaSet,
    private readonly options: ReplicaSetClientOptions,
  ) {}

  ensure(collection: CollectionSpec): Promise<void> {
    return this.#change((member) => member.ensure(collection));
  }

  load(collection: string, ids: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>> {
    return this.#read((member) => member.load(collection, ids));
  }

  /** Each document is an operation of its own: of several any first ones may be there. */
  async write(collection: string, writes: readonly DocumentWrite[]): Promise<readonly string[]> {
    requireStorableWrites(writes);
    const parts = writes.length === 0 ? [[]] : writes.map((write) => [write]);
    return await this.#call(async () => {
      const performed = parts.map((part) => this.set.perform((member) => member.write(collection, part)));
      const conflicts = await Promise.all(performed.map(({ answer }) => answer));
      const last = performed.at(-1);
      if (last) await this.#confirmed(last);
      return conflicts.flat();
    });
  }

  find(collection: string, query: DocumentQuery): Promise<readonly StoredDocument[]> {
    return this.#read((member) => member.find(collection, query));
  }

  parked(collection: string, query: ParkedQuery): Promise<readonly StoredDocument[]> {
    return this.#read((member) => member.parked(collection, query));
  }

  countParked(collection: string): Promise<number> {
    return this.#read((member) => member.countParked(collection));
  }

  furthest(collection: string): Promise<Positions> {
    return this.#read((member) => member.furthest(collection));
  }

  drop(collection: string): Promise<void> {
    return this.#change((member) => member.drop(collection));
  }

  checkpoints(collection: string): Promise<ReadonlyMap<string, ReaderState>> {
    return this.#read((member) => member.checkpoints(collection));
  }

  saveCheckpoint(collection: string, key: string, state: ReaderState): Promise<void> {
    return this.#change((member) => member.saveCheckpoint(collection, key, state));
  }

  record(name: string): Promise<ReadModelRecord | undefined> {
    return this.#read((member) => member.record(name));
  }

  saveRecord(name: string, value: JsonObject, expectedRevision: number): Promise<boolean> {
    return this.#change((member) => member.saveRecord(name, value, expectedRevision));
  }

  collections(): Promise<readonly string[]> {
    return this.#read((member) => member.collections());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #read<T>(call: Operation<T>): Promise<T> {
    return this.#call(() => this.set.read(this.options.readConcern ?? 'majority', call));
  }

  #change<T>(operation: Operation<T>): Promise<T> {
    return this.#call(async () => {
      const performed = this.set.perform(operation);
      const answer = await performed.answer;
      await this.#confirmed(performed);
      return answer;
    });
  }

  async #confirmed(performed: Parameters<ReplicaSet['confirmed']>[0]): Promise<void> {
    if (this.options.writeConcern !== 'primary') await this.set.confirmed(performed);
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    await this.#onItsWay();
    const answer = await call();
    await this.#onItsWay();
    return answer;
  }

  async #onItsWay(): Promise<void> {
    const { platform, loses = () => 0 } = this.options;
    await pause(platform, platform.random() * REACHED_WITHIN_MS);
    if (this.isKilled) throw new ReadModelsUnavailable('the process was killed');
    if (platform.random() < loses()) throw new ReadModelsUnavailable('the connection was lost');
  }
}
