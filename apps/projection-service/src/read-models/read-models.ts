import {
  CollectionLost,
  DocumentParked,
  type DomainEvent,
  EsError,
  eventCatalogue,
  PartitionHeads,
  partitionKey,
  type Position,
  type ReadModelStore,
  type ReadModelsUnavailable,
  type Source,
  type Storage,
  TooManyParked,
} from '@ledgerline/es-core';
import {
  closeAll,
  factsOf,
  type Log,
  LOG,
  NotFound,
  openForeignLog,
  PositionNotReached,
  READ_HERE,
  REACHED_WITHIN_MS,
  requireKnown,
  ServiceNotReady,
  type ServicePart,
  STORAGE,
  untilAvailable,
} from '@ledgerline/es-nest';
import {
  orderEventTypes,
  type OrdersEvent,
  ordersTopic,
  type PaymentEvent,
  paymentsTopic,
  returnEventTypes,
} from '@ledgerline/events';
import { Inject, Injectable } from '@nestjs/common';
import { type CustomerDashboard, customerDashboard } from '../customer-dashboard/customer-dashboard.projection.js';
import { type OrderPage, orderPage } from '../order-page/order-page.projection.js';
import type { SalesDocument } from '../sales-report/sales-document.js';
import { salesReport } from '../sales-report/sales-report.projection.js';
import { PROJECTION_CONFIG, type ProjectionConfig } from '../projection-environment.js';
import { type AnyReadModel, ReadModel } from './read-model.js';

/**
 * No read model folds carts, and nine in ten events are theirs: they are skipped without being parsed. A spec holds the
 * projections to it.
 */
export const ordersAndReturns = eventCatalogue<OrdersEvent>([...orderEventTypes, ...returnEventTypes]);

/** How long a query waits for the position that it was given. */

type Readable<E extends DomainEvent> = Pick<Source<E>, 'catalogue'> & { readonly topic: string };

interface Opened {
  readonly store: ReadModelStore;
  readonly orders: Source<OrdersEvent>;
  readonly payments: Source<PaymentEvent>;
  readonly orderPage: ReadModel<OrdersEvent | PaymentEvent, OrderPage>;
  readonly customerDashboard: ReadModel<OrdersEvent, CustomerDashboard>;
  readonly salesReport: ReadModel<OrdersEvent, SalesDocument>;
  readonly heads: PartitionHeads;
}

/** Every read model of this service, from the moment that both topics exist. */
@Injectable()
export class ReadModels implements ServicePart {
  readonly #stopping = new AbortController();
  #closers: (() => Promise<void>)[] = [];
  #opened: Opened | undefined;
  #store: ReadModelStore | undefined;

  constructor(
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(LOG) private readonly log: Log,
    @Inject(PROJECTION_CONFIG) private readonly config: ProjectionConfig,
  ) {}

  /** Waits for the store, and for topics that their services have not made yet; ends without them when it is closed meanwhile. */
  async open(): Promise<void> {
    const { platform } = this.storage;
    const store = await this.#patiently(() => this.storage.openReadModels());
    if (!store) return;
    this.#closers.push(() => store.close());
    this.#store = store;
    const [orders, payments] = await Promise.all([
      this.#source({ topic: ordersTopic.topic, catalogue: ordersAndReturns }),
      this.#source(paymentsTopic),
    ]);
    if (!orders || !payments) return;
    const heads = new PartitionHeads(platform);
    const follow = {
      ...{ store, platform, heads, keepPreviousMs: this.config.KEEP_PREVIOUS_S * 1_000 },
      parkedLimit: this.config.PARKED_LIMIT,
      onTrouble: (error: unknown) => this.#report(error),
    };
    const opened: Opened = {
      ...{ store, orders, payments, heads },
      orderPage: new ReadModel({ ...follow, projection: orderPage, sources: [orders, payments] }),
      customerDashboard: new ReadModel({ ...follow, projection: customerDashboard, sources: [orders] }),
      salesReport: new ReadModel({ ...follow, projection: salesReport, sources: [orders] }),
    };
    for (const model of modelsOf(opened)) {
      this.#closers.push(() => model.close());
      await this.#patiently(() => model.start());
    }
    if (!this.#stopping.signal.aborted) this.#opened = opened;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#opened = undefined;
    this.#store = undefined;
    await closeAll(this.#closers.splice(0));
  }

  get orderPage(): Opened['orderPage'] {
    return this.#open().orderPage;
  }

  get customerDashboard(): Opened['customerDashboard'] {
    return this.#open().customerDashboard;
  }

  get salesReport(): Opened['salesReport'] {
    return this.#open().salesReport;
  }

  /** In the order of their names; none while nothing is open. */
  get all(): readonly AnyReadModel[] {
    return this.#opened ? modelsOf(this.#opened) : [];
  }

  /** The read model of this projection. @throws NotFound, which names those there are. */
  named(name: string): AnyReadModel {
    const model = this.all.find((one) => one.name === name);
    if (model) return model;
    const names = this.all.map((one) => one.name).join(', ');
    throw new NotFound('projection-not-found', `there is no projection of this name; there are ${names}`);
  }

  /** Why their store does not answer, while it does not; undefined also while nothing is open. */
  get unavailable(): ReadModelsUnavailable | undefined {
    return this.all.find(({ generations }) => generations.unavailable)?.generations.unavailable;
  }

  /** Whether their store was opened, and has answered when it was last looked at. */
  get isStoreUp(): boolean {
    return this.#store !== undefined && !this.unavailable;
  }

  /** Why queries are not answered, or a read model stands still. */
  get failure(): unknown {
    const failed = this.all.flatMap((model) => model.status()).find(({ failure }) => failure !== undefined);
    return this.unavailable ?? failed?.failure;
  }

  /**
   * Waits until the read models have applied the positions.
   * @throws ValidationFailed for a partition that nobody reads here, PositionNotReached after five seconds.
   */
  async reached(models: readonly AnyReadModel[], positions: readonly Position[]): Promise<void> {
    requireKnown(positions, READ_HERE, (position) => this.#isRead(position));
    const waits = models.flatMap((model) =>
      positions.map(async (position) => ({ model, position, done: await model.waitFor(position, REACHED_WITHIN_MS) })),
    );
    const late = (await Promise.all(waits)).find(({ done }) => !done);
    if (late) throw new PositionNotReached(late.model.name, late.position, REACHED_WITHIN_MS);
  }

  /** As `reached`, where that can be: false when some are of partitions that nobody reads here, or do not come in time. */
  async reachedIfPossible(models: readonly AnyReadModel[], positions: readonly Position[]): Promise<boolean> {
    const read = positions.filter((position) => this.#isRead(position));
    try {
      await this.reached(models, read);
      return read.length === positions.length;
    } catch (error) {
      if (error instanceof PositionNotReached) return false;
      throw error;
    }
  }

  /** How far the log goes, per `topic/partition`; partitions whose log cannot be read are left out. */
  async heads(): Promise<ReadonlyMap<string, number>> {
    const { store, orders, payments, heads } = this.#open();
    for (const { collection } of this.all)
      for (const [key, state] of await store.checkpoints(collection)) heads.know(key, state);
    const found = new Map<string, number>();
    for (const source of [orders, payments])
      for (let partition = 0; partition < source.log.partitions; partition += 1) {
        const ordinal = await heads.ordinal(source, partition);
        if (ordinal !== undefined) found.set(partitionKey(source.log.topic, partition), ordinal);
      }
    return found;
  }

  /** A partition that waits because too much is parked, or has stopped for good, is for a person to look at. */
  #report(error: unknown): void {
    if (error instanceof TooManyParked) this.log.error('projection-waits', factsOf(error));
    else if (error instanceof DocumentParked) this.log.warn(error.code, factsOf(error));
    else this.log[passes(error) ? 'warn' : 'error']('projection-trouble', factsOf(error));
  }

  #patiently<T>(action: () => Promise<T>): Promise<T | undefined> {
    const { platform } = this.storage;
    const { signal } = this.#stopping;
    const report = (error: EsError): void => this.log.warn('read-models-awaited', factsOf(error));
    return untilAvailable({ platform, report, signal }, action);
  }

  #isRead({ topic, partition }: Position): boolean {
    const { orders, payments } = this.#open();
    return [orders, payments].some(({ log }) => log.topic === topic && partition < log.partitions);
  }

  #open(): Opened {
    if (!this.#opened)
      throw new ServiceNotReady(
        'waiting for the store of the read models or the topics of the other services, or stopping',
      );
    return this.#opened;
  }

  async #source<E extends DomainEvent>({ topic, catalogue }: Readable<E>): Promise<Source<E> | undefined> {
    const { storage, log } = this;
    const foreign = await openForeignLog({ topic, storage, log, signal: this.#stopping.signal });
    if (!foreign) return undefined;
    this.#closers.push(() => foreign.log.close());
    return { ...foreign, catalogue };
  }
}

/** Of a collection that was dropped, another one is filled. */
const passes = (error: unknown): boolean =>
  error instanceof CollectionLost || (error instanceof EsError && error.retriable);

const modelsOf = ({ customerDashboard, orderPage, salesReport }: Opened): readonly AnyReadModel[] => [
  customerDashboard,
  orderPage,
  salesReport,
];
