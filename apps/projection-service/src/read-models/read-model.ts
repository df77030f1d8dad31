import {
  type DocumentQuery,
  type DomainEvent,
  formatPosition,
  Generations,
  type GenerationsOptions,
  type JsonObject,
  type PartitionStatus,
  type Position,
  type StoredDocument,
  Unreadable,
} from '@ledgerline/es-core';
import { NothingButParked } from '../parked/nothing-but-parked.error.js';
import { type ParkedDocument, parkedPage, type ParkedPage } from '../parked/parked-page.js';
import { type ParkedSign, signOf } from '../parked/parked-sign.js';
import { type AsOf, foldAsOf, type PastDocuments } from '../past/fold-as-of.js';
import type { Verification } from '../verification/verification.js';
import { type HowToVerify, verifyLive } from '../verification/verify-live.js';
import { ReadModelNews } from './read-model-news.js';

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
  | 'parked'
> & {
  readonly generations: Pick<
    Generations<DomainEvent, JsonObject>,
    'list' | 'rebuild' | 'rollback' | 'folded' | 'retry' | 'discard' | 'unavailable'
  >;
};

/** One projection with its documents: kept up to date, asked, and held against the log. */
export class ReadModel<E extends DomainEvent, Document extends JsonObject> {
  readonly generations: Generations<E, Document>;
  readonly news: ReadModelNews;

  constructor(private readonly options: GenerationsOptions<E, Document>) {
    this.generations = new Generations(options);
    this.news = new ReadModelNews(this.generations);
  }

  get name(): string {
    return this.options.projection.name;
  }

  get revision(): number {
    return this.options.projection.revision;
  }

  get collection(): string {
    return this.generations.collection;
  }

  async start(): Promise<void> {
    await this.generations.start();
    this.news.start();
  }

  async close(): Promise<void> {
    await Promise.all([this.news.close(), this.generations.close()]);
  }

  status(): readonly PartitionStatus[] {
    return this.generations.status();
  }

  /** How far the documents have come. Taken before they are read, it never promises too much. */
  get position(): string {
    return this.status().map(formatPosition).join(', ');
  }

  /** See `Generations.waitFor`. */
  waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    return this.generations.waitFor(position, timeoutMs);
  }

  /**
   * What the view makes of the document, with a sign where that is parked.
   * @throws NothingButParked where it is, and there is nothing to view yet; Unreadable, which names it, where no fold wrote what is there.
   */
  async get<View extends object | undefined>(
    id: string,
    view: (document: Document) => View,
  ): Promise<View | undefined> {
    const found = (await this.options.store.load(this.collection, [id])).get(id);
    const [seen] = found ? this.#seen(found, view) : [];
    if (found?.parked && !seen) throw new NothingButParked(this.name, id);
    return seen;
  }

  /** What the view makes of the documents, in the query's order, each with a sign where it is parked. @throws Unreadable as `get` does */
  async find<View extends object | undefined>(
    query: DocumentQuery,
    view: (document: Document) => View,
  ): Promise<readonly View[]> {
    const found = await this.options.store.find(this.collection, query);
    return found.flatMap((stored) => this.#seen(stored, view));
  }

  /** The sign of what is made of many documents: any that is parked may belong in it. */
  async sign(): Promise<ParkedSign> {
    return signOf((await this.options.store.countParked(this.collection)) > 0);
  }

  /** See `parkedPage`. */
  parked(page: ParkedPage): Promise<readonly ParkedDocument[]> {
    const { folded } = this.generations;
    return parkedPage({ projection: this.name, folded, store: this.options.store }, page);
  }

  /** The documents as they were; see `foldAsOf`. */
  asOf(past: Pick<AsOf<E, Document>, 'at' | 'wants' | 'onRead'>): Promise<PastDocuments<Document>> {
    const { sources, platform } = this.options;
    const { projection } = this.generations;
    return foldAsOf({ ...past, projection, sources, platform });
  }

  /** See `verifyLive`. */
  verify(how: HowToVerify): Promise<Verification> {
    const { sources, store, platform } = this.options;
    return verifyLive(this.generations, { ...how, sources, store, platform });
  }

  /** The store gives back what the projection wrote; nothing of a tombstone. */
  #seen<View extends object | undefined>(
    { id, document, parked }: StoredDocument,
    view: (document: Document) => View,
  ): readonly View[] {
    if (!document) return [];
    try {
      const seen = view(document as Document);
      return [seen && parked ? { ...seen, ...signOf(true) } : seen];
    } catch (cause) {
      const { collection } = this;
      throw new Unreadable(`the document ${id} of ${collection}`, { collection, id }, { cause });
    }
  }
}
