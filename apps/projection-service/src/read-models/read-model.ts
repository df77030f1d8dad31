import {
  type DocumentQuery,
  type DomainEvent,
  type JsonObject,
  type PartitionStatus,
  type Position,
  ProjectionRunner,
  type ProjectionRunnerOptions,
} from '@ledgerline/es-core';
import { type Verification, verifyReadModel } from './verify-read-model.js';

/** A read model whatever its documents are. */
export type AnyReadModel = Pick<
  ReadModel<DomainEvent, JsonObject>,
  'name' | 'revision' | 'collection' | 'start' | 'close' | 'status' | 'waitFor' | 'verify'
>;

/** One projection with its documents: kept up to date, asked, and held against the log. */
export class ReadModel<E extends DomainEvent, Document extends JsonObject> {
  readonly #runner: ProjectionRunner<E, Document>;
  #verified: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ProjectionRunnerOptions<E, Document>) {
    this.#runner = new ProjectionRunner(options);
  }

  get name(): string {
    return this.options.projection.name;
  }

  get revision(): number {
    return this.options.projection.revision;
  }

  get collection(): string {
    return this.#runner.collection;
  }

  start(): Promise<void> {
    return this.#runner.start();
  }

  close(): Promise<void> {
    return this.#runner.close();
  }

  status(): readonly PartitionStatus[] {
    return this.#runner.status();
  }

  /** See `ProjectionRunner.waitFor`. */
  waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    return this.#runner.waitFor(position, timeoutMs);
  }

  async get(id: string): Promise<Document | undefined> {
    const found = await this.options.store.load(this.collection, [id]);
    return found.get(id)?.document as Document | undefined;
  }

  async find(query: DocumentQuery): Promise<readonly Document[]> {
    const found = await this.options.store.find(this.collection, query);
    return found.map(({ document }) => document as Document);
  }

  /** Holds every document against a replay of the log. One at a time: each keeps all documents in memory. */
  verify(): Promise<Verification> {
    const { projection, sources, store, platform } = this.options;
    const run = this.#verified.then(() =>
      verifyReadModel({
        projection,
        sources,
        store,
        platform,
        collection: this.collection,
        status: () => this.status(),
      }),
    );
    this.#verified = run.catch(() => undefined);
    return run;
  }
}
