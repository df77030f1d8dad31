import { type DocumentQuery, formatPosition, type Position, Unreadable } from '@ledgerline/es-core';
import type { StoredDocument } from '@ledgerline/es-core/adapter';
import { Generations, type GenerationsOptions } from '@ledgerline/es-core/generations';
import type { PartitionStatus } from '@ledgerline/es-core/runtime';
import { NothingButParked } from '../parked/nothing-but-parked.error.js';
import { type ParkedDocument, parkedPage, type ParkedPage } from '../parked/parked-page.js';
import { type ParkedSign, signOf } from '../parked/parked-sign.js';
import { type AsOf, foldAsOf, type PastDocuments } from '../past/fold-as-of.js';
import type { Verification } from '../verification/verification.js';
import { type VerificationOptions, verifyLive } from '../verification/verify-live.js';
import { ChangeFeed } from './change-feed.js';
import type { BoundQuery, Documents, Query } from './query.js';

export type AnyReadModel = RunningReadModel<object>;

/** One projection with its documents, all of whose topics are there: kept up to date, queried, and held against the log. */
export class RunningReadModel<Document extends object> implements Documents<Document> {
  readonly generations: Generations;
  readonly changes: ChangeFeed;

  constructor(private readonly options: GenerationsOptions) {
    this.generations = new Generations(options);
    this.changes = new ChangeFeed(this.generations);
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
    this.changes.start();
  }

  async close(): Promise<void> {
    await Promise.all([this.changes.close(), this.generations.close()]);
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

  bind<View>({ name, fetch }: Query<Document, View>): BoundQuery<View> {
    return { name: `${this.name}/${name}`, models: [this], position: () => this.position, fetch: () => fetch(this) };
  }

  async get<View extends object = Document>(
    id: string,
    view: (document: Document) => View | undefined = asItIs,
  ): Promise<(View & ParkedSign) | undefined> {
    const found = (await this.options.store.load(this.collection, [id])).get(id);
    const [seen] = found ? this.#viewed(found, view) : [];
    if (found?.parked && !seen) throw new NothingButParked(this.name, id);
    return seen;
  }

  async find<View extends object = Document>(
    query: DocumentQuery,
    view: (document: Document) => View | undefined = asItIs,
  ): Promise<readonly (View & ParkedSign)[]> {
    const found = await this.options.store.find(this.collection, query);
    return found.flatMap((stored) => this.#viewed(stored, view));
  }

  async sign(): Promise<ParkedSign> {
    return signOf((await this.options.store.countParked(this.collection)) > 0);
  }

  /** See `parkedPage`. */
  parked(page: ParkedPage): Promise<readonly ParkedDocument[]> {
    const { folded } = this.generations;
    return parkedPage({ projection: this.name, folded, store: this.options.store }, page);
  }

  /** The documents as they were; see `foldAsOf`. */
  asOf(past: Pick<AsOf, 'at' | 'wants' | 'onRead'>): Promise<PastDocuments<Document>> {
    const { sources, platform } = this.options;
    const { projection } = this.generations;
    return foldAsOf({ ...past, projection, sources, platform }) as Promise<PastDocuments<Document>>;
  }

  /** See `verifyLive`. */
  verify(options: VerificationOptions): Promise<Verification> {
    const { sources, store, platform } = this.options;
    return verifyLive(this.generations, { ...options, sources, store, platform });
  }

  /** The store gives back what the projection wrote; nothing of a tombstone. */
  #viewed<View extends object>(
    { id, document, parked }: StoredDocument,
    view: (document: Document) => View | undefined,
  ): readonly (View & ParkedSign)[] {
    if (!document) return [];
    try {
      const seen = view(document as Document);
      return seen ? [parked ? { ...seen, ...signOf(true) } : seen] : [];
    } catch (cause) {
      const { collection } = this;
      throw new Unreadable(`the document ${id} of ${collection}`, { collection, id }, { cause });
    }
  }
}

const asItIs = <Document, View>(document: Document): View => document as unknown as View;
