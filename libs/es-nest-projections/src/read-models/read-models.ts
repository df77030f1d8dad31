import {
  EsError,
  partitionKey,
  type Position,
  type Projection,
  type ReadModelsUnavailable,
  TopicMissing,
} from '@ledgerline/es-core';
import type { ReadModelStore } from '@ledgerline/es-core/adapter';
import { PartitionHeads } from '@ledgerline/es-core/runtime';
import { NotFound, ServiceNotReady } from '@ledgerline/es-nest';
import {
  closeAll,
  factsOf,
  type ManagedResource,
  PositionNotReached,
  REACHED_WITHIN_MS,
  READ_HERE,
  requireKnown,
  untilAvailable,
} from '@ledgerline/es-nest/extension';
import { Injectable } from '@nestjs/common';
import { Surroundings } from '../module/surroundings.js';
import { type AwaitedTopic, notReadyFor, sentence } from '../topics/awaited-topic.js';
import { Topics } from '../topics/topics.js';
import type { Queried } from './query.js';
import { ReadModelOpening } from './read-model-opening.js';
import { reportTrouble } from './report-trouble.js';
import type { AnyReadModel } from './running-read-model.js';

/** All read models of the service. Each opens once the topics of its own are there, whatever the others wait for. */
@Injectable()
export class ReadModels implements ManagedResource {
  readonly #stopping = new AbortController();
  readonly #openings = new Map<string, ReadModelOpening>();
  readonly #topics: Topics;
  readonly #heads: PartitionHeads;
  #store: ReadModelStore | undefined;
  #startedAt = 0;
  #opened: Promise<void> = Promise.resolve();

  constructor(private readonly surroundings: Surroundings) {
    this.#topics = new Topics(surroundings, this.#stopping.signal);
    this.#heads = new PartitionHeads(surroundings.platform);
  }

  /** Before `open`. The same projection may come from several modules. @throws Error where another one has its name. */
  register(projection: Projection): void {
    const other = this.#openings.get(projection.name);
    if (other && other.projection !== projection)
      throw new Error(`two projections are called ${projection.name}: a name stands for one read model`);
    this.#openings.set(projection.name, other ?? new ReadModelOpening(projection, this.#topics));
  }

  /** Begins to open, and waits for nothing: what else the service works on does not depend on it. */
  open(): Promise<void> {
    this.#opened = this.#open();
    this.#opened.catch(() => undefined); // Whoever waits for `opened` gets the error.
    return Promise.resolve();
  }

  /**
   * Resolves once each read model is open or known to wait for a topic; those that wait open later, by themselves. Ends without them
   * when it is closed meanwhile. @throws what keeps one from opening although its topics are there.
   */
  get opened(): Promise<void> {
    return this.#opened;
  }

  async #open(): Promise<void> {
    const { storage, settings, log, platform } = this.surroundings;
    this.#startedAt = platform.now();
    this.#store = await this.#patiently(() => storage.openReadModels());
    const store = this.#store;
    if (!store) return;
    const { parkedLimit, keepPreviousMs } = settings;
    const onTrouble = (error: unknown): void => reportTrouble(log, error);
    const shared = { store, platform, heads: this.#heads, keepPreviousMs, parkedLimit, onTrouble };
    await Promise.all([...this.#openings.values()].map((one) => one.begin(shared, (start) => this.#patiently(start))));
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#opened.catch(() => undefined);
    const store = this.#store;
    this.#store = undefined;
    const openings = [...this.#openings.values()].map((one) => () => one.close());
    await closeAll([...(store ? [() => store.close()] : []), () => this.#topics.close(), ...openings]);
  }

  /** Those that are open, by name. */
  get all(): readonly AnyReadModel[] {
    return this.#byName.flatMap(({ opened }) => (this.#stopping.signal.aborted ? [] : (opened ?? [])));
  }

  /** Those that are not open yet, by name. */
  get waiting(): readonly { readonly projection: Projection; readonly topics: readonly string[] }[] {
    return this.#byName
      .filter(({ opened }) => !opened)
      .map(({ projection, awaited }) => ({ projection, topics: awaited }));
  }

  /** @throws NotFound, which names those there are; ServiceNotReady while it is not open, which names the topic that it waits for. */
  named(name: string): AnyReadModel {
    const opening = this.#openings.get(name);
    if (!opening) {
      const names = this.#byName.map(({ projection }) => projection.name).join(', ');
      throw new NotFound('projection-not-found', `there is no projection of this name; there are ${names}`);
    }
    if (opening.opened && !this.#stopping.signal.aborted) return opening.opened;
    const awaited = this.awaited.find(({ topic }) => opening.awaited.includes(topic));
    if (awaited) throw notReadyFor({ ...awaited, readModels: [name] });
    throw new ServiceNotReady(this.#stopping.signal.aborted ? 'stopping' : 'waiting for the store of the read models');
  }

  /** The topics that are not there, by name. */
  get awaited(): readonly AwaitedTopic[] {
    const { waiting } = this;
    return [...new Set(waiting.flatMap(({ topics }) => topics))].sort().flatMap((topic) => {
      const readModels = waiting
        .filter(({ topics }) => topics.includes(topic))
        .map(({ projection }) => projection.name);
      const reason = this.#topics.awaited(topic);
      return reason ? [{ topic, readModels, reason }] : [];
    });
  }

  /** Why their store does not answer, while it does not; undefined also while nothing is open. */
  get unavailable(): ReadModelsUnavailable | undefined {
    return this.all.find(({ generations }) => generations.unavailable)?.generations.unavailable;
  }

  /** Whether their store was opened, and has answered when it was last looked at. */
  get isStoreUp(): boolean {
    return this.#store !== undefined && !this.unavailable;
  }

  /** Why queries are not answered, or a read model stands still; for a while after the start also a topic that is not there. */
  get failure(): unknown {
    const failed = this.all.flatMap((model) => model.status()).find(({ failure }) => failure !== undefined);
    const notOpened = this.#byName.find(({ failure }) => failure !== undefined);
    return this.unavailable ?? failed?.failure ?? notOpened?.failure ?? this.#notYetThere();
  }

  /** What waits for a topic while the others answer. */
  get degraded(): readonly string[] {
    return this.awaited.map(sentence);
  }

  /**
   * Waits until the read models have applied the positions.
   * @throws ValidationFailed for a partition that nobody reads here, PositionNotReached after five seconds.
   */
  async reached(models: readonly Queried[], positions: readonly Position[]): Promise<void> {
    requireKnown(positions, READ_HERE, (position) => this.#isRead(position));
    const waits = models.flatMap((model) =>
      positions.map(async (position) => ({ model, position, done: await model.waitFor(position, REACHED_WITHIN_MS) })),
    );
    const late = (await Promise.all(waits)).find(({ done }) => !done);
    if (late) throw new PositionNotReached(late.model.name, late.position, REACHED_WITHIN_MS);
  }

  /** As `reached`, where that can be: false when some are of partitions that nobody reads here, or do not come in time. */
  async reachedIfPossible(models: readonly Queried[], positions: readonly Position[]): Promise<boolean> {
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
    const store = this.#store;
    if (!store) throw new ServiceNotReady('waiting for the store of the read models, or stopping');
    for (const { collection } of this.all)
      for (const [key, state] of await store.checkpoints(collection)) this.#heads.know(key, state);
    const found = new Map<string, number>();
    for (const source of this.#topics.opened)
      for (let partition = 0; partition < source.log.partitions; partition += 1) {
        const ordinal = await this.#heads.ordinal(source, partition);
        if (ordinal !== undefined) found.set(partitionKey(source.log.topic, partition), ordinal);
      }
    return found;
  }

  get #byName(): readonly ReadModelOpening[] {
    return [...this.#openings.values()].sort((a, b) => (a.projection.name < b.projection.name ? -1 : 1));
  }

  /**
   * Services start together: for a while they wait for each other's topics, and whoever waits for this one with them. A topic
   * that is kept back by anything else than that nobody has made it is waited for as long as it takes.
   */
  #notYetThere(): ServiceNotReady | undefined {
    const { platform, settings } = this.surroundings;
    const isEarly = platform.now() - this.#startedAt < settings.topicsWithinMs;
    const awaited = this.awaited.find(({ reason }) => isEarly || !(reason instanceof TopicMissing));
    return awaited && notReadyFor(awaited);
  }

  #isRead({ topic, partition }: Position): boolean {
    return this.#topics.opened.some(({ log }) => log.topic === topic && partition < log.partitions);
  }

  #patiently<T>(action: () => Promise<T>): Promise<T | undefined> {
    const { platform, log } = this.surroundings;
    const report = (error: EsError): void => log.warn('read-models-awaited', factsOf(error));
    return untilAvailable({ platform, report, signal: this.#stopping.signal }, action);
  }
}
