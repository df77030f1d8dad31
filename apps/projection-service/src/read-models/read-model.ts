import { EventEmitter } from 'node:events';
import {
  type DocumentQuery,
  type DomainEvent,
  EsError,
  formatPosition,
  Generations,
  type GenerationsOptions,
  type GenerationStatus,
  type JsonObject,
  type PartitionStatus,
  type Position,
  type Positions,
  type StoredDocument,
} from '@ledgerline/es-core';
import { type AsOf, foldAsOf, type PastDocuments } from '../past/fold-as-of.js';
import type { Verification } from '../verification/verification.js';
import { verifyReadModel, type VerifyOptions } from '../verification/verify-read-model.js';

/** A read model whatever its documents are. */
export type AnyReadModel = Pick<
  ReadModel<DomainEvent, JsonObject>,
  | 'name'
  | 'revision'
  | 'position'
  | 'news'
  | 'collection'
  | 'start'
  | 'close'
  | 'status'
  | 'waitFor'
  | 'verify'
  | 'generations'
  | 'rebuild'
  | 'rollback'
  | 'parked'
  | 'isFolded'
  | 'retry'
  | 'discard'
>;

/** A document that is not folded on, and where it is. */
export interface ParkedDocument {
  readonly projection: string;
  readonly collection: string;
  readonly stored: StoredDocument;
}

export interface ParkedPage {
  readonly limit: number;
  /** The last document of the page before. */
  readonly after?: { readonly collection: string; readonly id: string };
}

/** How soon it is noticed that another generation answers, where nothing is applied meanwhile. */
const LOOK_AGAIN_MS = 5_000;

/** A document, and how far each partition was applied to it. */
export interface Kept<Document extends JsonObject> {
  readonly document: Document;
  readonly positions: Positions;
}

/** The store gives back what the projection wrote; nothing of a tombstone. */
const kept = <Document extends JsonObject>({ document, positions }: StoredDocument): readonly Kept<Document>[] =>
  document ? [{ document: document as Document, positions }] : [];

/** One projection with its documents: kept up to date, asked, and held against the log. */
export class ReadModel<E extends DomainEvent, Document extends JsonObject> {
  /** Says `applied` whenever the documents have seen more, or are others; what happens at once may be told once. */
  readonly news = new EventEmitter<{ applied: [] }>().setMaxListeners(0);
  readonly #generations: Generations<E, Document>;
  #watches: Promise<void>[] = [];
  #closing = false;

  constructor(private readonly options: GenerationsOptions<E, Document>) {
    this.#generations = new Generations(options);
  }

  get name(): string {
    return this.options.projection.name;
  }

  get revision(): number {
    return this.options.projection.revision;
  }

  get collection(): string {
    return this.#generations.collection;
  }

  async start(): Promise<void> {
    await this.#generations.start();
    this.#watches = this.status().map((place) => this.#watch(place));
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#generations.close();
    await Promise.all(this.#watches);
  }

  status(): readonly PartitionStatus[] {
    return this.#generations.status();
  }

  /** See `Generations.waitFor`. */
  waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    return this.#generations.waitFor(position, timeoutMs);
  }

  generations(heads: ReadonlyMap<string, number>): Promise<readonly GenerationStatus[]> {
    return this.#generations.generations(heads);
  }

  /** See `Generations.rebuild`. */
  rebuild(): Promise<void> {
    return this.#generations.rebuild();
  }

  /** See `Generations.rollback`. @throws NoPreviousGeneration */
  rollback(): Promise<void> {
    return this.#generations.rollback();
  }

  /** Documents that are not folded on, of the generations that are folded here, the live one first. */
  async parked({ limit, after }: ParkedPage): Promise<readonly ParkedDocument[]> {
    const { folded } = this.#generations;
    const page: ParkedDocument[] = [];
    for (const collection of after ? folded.slice(folded.indexOf(after.collection)) : folded) {
      const behind = after?.collection === collection ? { after: after.id } : {};
      const found = await this.options.store.parked(collection, { limit: limit - page.length, ...behind });
      for (const stored of found) page.push({ projection: this.name, collection, stored });
      if (page.length >= limit) break;
    }
    return page;
  }

  /** True when documents of this collection are folded here, and may be retried. */
  isFolded(collection: string): boolean {
    return this.#generations.folded.includes(collection);
  }

  /** See `Generations.retry`. */
  retry(collection: string, id: string): Promise<StoredDocument | undefined> {
    return this.#generations.retry(collection, id);
  }

  /** See `Generations.discard`. */
  discard(...given: Parameters<Generations<E, Document>['discard']>): Promise<StoredDocument | undefined> {
    return this.#generations.discard(...given);
  }

  /** How far the documents have come. Taken before they are read, it never promises too much. */
  get position(): string {
    return this.status().map(formatPosition).join(', ');
  }

  async get(id: string): Promise<Kept<Document> | undefined> {
    const found = (await this.options.store.load(this.collection, [id])).get(id);
    return found && kept<Document>(found)[0];
  }

  async find(query: DocumentQuery): Promise<readonly Kept<Document>[]> {
    const found = await this.options.store.find(this.collection, query);
    return found.flatMap((stored) => kept<Document>(stored));
  }

  /** The documents as they were; see `foldAsOf`. */
  asOf(past: Pick<AsOf<E, Document>, 'at' | 'wants' | 'onRead'>): Promise<PastDocuments<Document>> {
    const { sources, platform } = this.options;
    const { projection } = this.#generations;
    return foldAsOf({ ...past, projection, sources, platform });
  }

  /** Tells of everything that is applied to a partition, until the read model is closed. */
  async #watch({ topic, partition }: Position): Promise<void> {
    while (!this.#closing) {
      const { collection } = this;
      const ordinal = this.#ordinalOf(topic, partition);
      const isApplied = await this.#generations.waitFor({ topic, partition, ordinal: ordinal + 1 }, LOOK_AGAIN_MS);
      if (isApplied || (!this.#closing && collection !== this.collection)) this.news.emit('applied');
    }
  }

  #ordinalOf(topic: string, partition: number): number {
    return this.status().find((one) => one.topic === topic && one.partition === partition)?.ordinal ?? 0;
  }

  /**
   * Holds the documents against a replay of the log; see `verifyReadModel`.
   * @throws EsError 'projection-stands-still' while documents of another revision answer, 'generation-switched' when other
   * documents answer meanwhile.
   */
  async verify(
    how: Pick<VerifyOptions<E, Document>, 'sample' | 'documentsAtOnce' | 'signal' | 'rest'>,
  ): Promise<Verification> {
    const live = this.#generations.record.live;
    if (live?.revision !== this.revision) throw standsStill(this.name, live?.revision ?? 0, this.revision);
    const { sources, store, platform } = this.options;
    const { projection } = this.#generations;
    const { collection } = this;
    const status = (): readonly PartitionStatus[] => {
      if (this.collection !== collection) throw switchedMeanwhile(this.name);
      return this.status();
    };
    return verifyReadModel({ ...how, projection, sources, store, platform, collection, status });
  }
}

const switchedMeanwhile = (projection: string): EsError =>
  new EsError('generation-switched', `${projection} answers from another generation by now; verify it again`, true, {
    projection,
  });

const standsStill = (projection: string, live: number, revision: number): EsError =>
  new EsError(
    'projection-stands-still',
    `${projection} answers from revision ${live}, and a replay would be one of revision ${revision}`,
    false,
    { projection, live, revision },
  );
