import {
  type AggregateStore,
  type CommandHost,
  type CommitListener,
  EsError,
  EventStore,
  LogUnavailable,
  type ForwardedCommand,
  type NotForwarded,
  OutcomeUnknown,
  parsePosition,
  type Outcome,
  type PartitionedLog,
  type Platform,
  type Position,
  type RawEvent,
  type Storage,
  type StreamFold,
  type StreamIndex,
  type Submission,
  type WriterStatistics,
} from '@ledgerline/es-core';
import { Inject, Injectable } from '@nestjs/common';
import { ServiceInstances } from '../instances/service-instances.js';
import { PositionNotReached } from '../http/position-not-reached.error.js';
import { closeAll } from '../lifecycle/close-all.js';
import { ServiceNotReady } from '../lifecycle/service-not-ready.error.js';
import type { ServicePart } from '../lifecycle/service-part.js';
import { factsOf, type Log } from '../logging/log.js';
import type { ServiceSettings } from '../options/service-options.js';
import { type ServiceDefinition, type Topic, writtenTopic } from '../service-definition.js';
import { LOG, SERVICE, SETTINGS, STORAGE } from '../service-tokens.js';
import { ClockWatch } from './clock-watch.js';
import { untilAvailable } from './until-available.js';

/** A command that is not settled by then is answered `outcome-unknown`: repeating it is safe, waiting longer is not useful. */
const SETTLED_WITHIN_MS = 10_000;
const READ_WITHIN_MS = 5_000;

interface Opened {
  readonly log: PartitionedLog;
  readonly index: StreamIndex;
  readonly store: EventStore;
}

/**
 * The event store of the service's own topic, for aggregates that are made before it is open. Until then, and once it is
 * closed, everything answers `ServiceNotReady`.
 */
@Injectable()
export class OwnEventStore implements AggregateStore, ServicePart {
  #ownTopic: Topic | undefined;
  #opened: Opened | undefined;
  #opening: Promise<void> = Promise.resolve();
  #closers: (() => Promise<void>)[] = [];
  readonly #listeners = new Set<CommitListener>();
  readonly #hosts = new Map<string, CommandHost>();
  #state = 'starting';
  readonly #closing = new AbortController();

  constructor(
    @Inject(SERVICE) private readonly service: ServiceDefinition,
    @Inject(SETTINGS) private readonly settings: ServiceSettings,
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(LOG) private readonly logger: Log,
    private readonly instances: ServiceInstances,
  ) {}

  /**
   * Opens the topic, makes it where that is this service's part, folds it into the index up to its end, and joins the other
   * instances of the service where there can be any. Waits for a log that is away; what somebody has to mend is thrown.
   */
  open(): Promise<void> {
    this.#opening = this.#openAll();
    return this.#opening;
  }

  async #openAll(): Promise<void> {
    const { storage, instances } = this;
    const { topic } = this.ownTopic;
    const log = await this.#untilThere(() => storage.openLog(topic, { role: 'writer' }));
    if (!log) return;
    this.#closers.push(() => log.close());
    const index = await storage.openIndex(this.service.name, (reason) => this.logger.warn('index-rebuilt', { reason }));
    this.#closers.push(() => index.close());
    const store = await this.#untilThere(() =>
      EventStore.open({
        ...{ log, index, platform: storage.platform, source: this.service.name },
        ...owner(this.settings.advertisedUrl ?? instances.url),
        ...(instances.areSeveral && { preference: instances }),
        limits: { maxClockSkewMs: this.settings.maxClockSkewMs },
        onTrouble: (error) => this.logger.warn('store-trouble', factsOf(error)),
      }),
    );
    if (!store) return;
    this.#closers.push(() => store.close());
    const clock = new ClockWatch({ store, platform: storage.platform, log: this.logger });
    this.#closers.push(() => Promise.resolve(clock.close()));
    store.onCommit((partition, commit) => this.#listeners.forEach((listener) => listener(partition, commit)));
    this.#opened = { log, index, store };
    this.#closers.push(() => instances.close());
    await instances.join({ partitions: log.partitions, catchUp: (partition) => store.catchUp(partition) });
  }

  /** Undefined where the service is to end first. */
  #untilThere<T>(open: () => Promise<T>): Promise<T | undefined> {
    const { signal } = this.#closing;
    const report = (error: EsError): void => this.logger.warn('log-awaited', factsOf(error));
    return untilAvailable({ platform: this.platform, report, signal }, open);
  }

  async close(): Promise<void> {
    this.#state = 'stopping';
    this.#closing.abort();
    await this.instances.leave();
    // Its error has gone to whoever called `open`.
    await this.#opening.catch(() => undefined);
    this.#opened = undefined;
    await closeAll(this.#closers.splice(0));
  }

  get failure(): unknown {
    const { store } = this.#opened ?? {};
    return store?.failure ?? store?.clockSkew;
  }

  get degraded(): readonly string[] {
    const ahead = this.#opened?.store.timesAhead() ?? [];
    return ahead.map(({ partition, time }) => `${this.topic}/${partition}: ${timeAhead(time)}`);
  }

  get ownTopic(): Topic {
    this.#ownTopic ??= writtenTopic(this.service);
    if (!this.#ownTopic) throw new Error(`${this.service.name} writes no topic`);
    return this.#ownTopic;
  }

  get topic(): string {
    return this.ownTopic.topic;
  }

  get platform(): Platform {
    return this.storage.platform;
  }

  get log(): PartitionedLog {
    return this.#work().log;
  }

  /** Where reactors and timers keep the notes of their progress. */
  get index(): StreamIndex {
    return this.#work().index;
  }

  get logId(): string {
    return this.#work().store.logId;
  }

  /**
   * As `Writer.submit`; the preferred writer of the partition, where it is another instance, has folded it before it is
   * answered. @throws OutcomeUnknown also when the command was not settled within ten seconds.
   */
  async submit<State>(submission: Submission<State>): Promise<Outcome> {
    const { store } = this.#work();
    const { stream, commandId, commandType } = submission;
    const outcome = await this.#settled(stream, store.submit(submission));
    if (outcome.differs) this.logger.warn('reaction-differs', { stream, commandId, commandType });
    await this.instances.announce(store.partitionOf(stream));
    return outcome;
  }

  #settled<T>(stream: string, settling: Promise<T>): Promise<T> {
    return this.#within(SETTLED_WITHIN_MS, settling, () => new OutcomeUnknown(stream));
  }

  /** Sooner than a service has to end: what is asked on a log that is away must not keep it. */
  #read<T>(reading: Promise<T>): Promise<T> {
    return this.#within(READ_WITHIN_MS, reading, () => new LogUnavailable('it could not be read in time'));
  }

  #within<T>(ms: number, promise: Promise<T>, late: () => EsError): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.platform.setTimer(ms, () => reject(late()));
      promise.then(resolve, reject).finally(cancel);
    });
  }

  /**
   * Resolves once all up to the position can be read here, if it is of the own topic: that of an event that is acted on, or
   * the one that a command answered. @throws PositionNotReached after `withinMs`, the errors of `EventStore.waitFor`
   */
  async requireReached(position: Position | string, withinMs = SETTLED_WITHIN_MS): Promise<void> {
    const place = typeof position === 'string' ? parsePosition(position) : position;
    if (place && !(await this.#work().store.waitFor(place, withinMs)))
      throw new PositionNotReached(this.service.name, place, withinMs);
  }

  /** As `EventStore.fresh`. @throws LogUnavailable also when it takes longer than five seconds */
  fresh(stream: string): Promise<void> {
    return this.#read(this.#work().store.fresh(stream));
  }

  /** True where `fresh` has nothing to wait for: this instance is the preferred writer of the stream's partition. */
  isMine(stream: string): boolean {
    const { store } = this.#work();
    return this.instances.isMine(store.partitionOf(stream));
  }

  /** As `AggregateStore.forward`. */
  forward(stream: string, command: ForwardedCommand): Promise<Outcome | NotForwarded> | undefined {
    if (!this.instances.areSeveral) return undefined;
    const { store } = this.#work();
    const answer = this.instances.forward(store, { stream, command });
    return answer && this.#settled(stream, answer);
  }

  host(aggregate: CommandHost): void {
    this.#hosts.set(aggregate.category, aggregate);
  }

  /** As `EventStore.catchUp`. */
  catchUp(partition: number): Promise<void> {
    return this.#work().store.catchUp(partition);
  }

  /**
   * Resolves when all that was recorded in the stream before the call, by whichever instance, can be read here.
   * @throws LogUnavailable also when it takes longer than five seconds
   */
  async catchUpWith(stream: string): Promise<void> {
    const { store } = this.#work();
    if (this.instances.areSeveral) await this.#read(store.catchUp(store.partitionOf(stream)));
  }

  /** What was handed over by another instance. */
  async decideHere(command: ForwardedCommand): Promise<Outcome> {
    const host = this.#hosts.get(command.category);
    if (!host) throw new EsError('unreadable', `this instance knows no ${command.category}`, false);
    return await host.decideHere(command);
  }

  version(stream: string): number {
    return this.#work().store.version(stream);
  }

  versionAt(stream: string, time: string): number {
    return this.#work().store.versionAt(stream, time);
  }

  read(stream: string, range: { readonly from?: number; readonly to?: number } = {}): Iterable<RawEvent> {
    return this.#work().store.read(stream, range);
  }

  stateOf<State>(stream: string, fold: StreamFold<State>, version?: number): State {
    return this.#work().store.stateOf(stream, fold, version);
  }

  load<State>(stream: string, fold: StreamFold<State>, version?: number): Promise<State> {
    return this.#work().store.load(stream, fold, version);
  }

  positionOf(stream: string, ordinal: number): Position {
    return this.#work().store.positionOf(stream, ordinal);
  }

  heads(): readonly Position[] {
    return this.#work().store.heads();
  }

  /** The heads, no older than the call but for what `fresh` does not know either. */
  async freshHeads(): Promise<readonly Position[]> {
    const { store, log } = this.#work();
    const others = Array.from({ length: log.partitions }, (_, partition) => partition).filter(
      (partition) => !this.instances.isMine(partition),
    );
    await Promise.all(others.map((partition) => store.catchUp(partition)));
    return store.heads();
  }

  statistics(): readonly WriterStatistics[] {
    return this.#opened?.store.statistics() ?? [];
  }

  /** Calls `listener` for every commit that counts, once the store is open, until the answer is called. */
  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @throws ServiceNotReady before it is open, and once it is closed. */
  requireOpen(): void {
    this.#work();
  }

  #work(): Opened {
    if (!this.#opened) throw new ServiceNotReady(this.#state);
    return this.#opened;
  }
}

const timeAhead = (time: string): string =>
  `its newest record has the time ${time}, which lies ahead, and what is recorded until then gets it too: \`es verify\` says where that begins`;

const owner = (url: string | undefined): { readonly owner?: string } => (url === undefined ? {} : { owner: url });
