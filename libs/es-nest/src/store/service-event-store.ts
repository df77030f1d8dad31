import {
  EsError,
  EventStore,
  LogUnavailable,
  OutcomeUnknown,
  parsePosition,
  type Platform,
  type Position,
} from '@ledgerline/es-core';
import type { PartitionedLog, RawEvent, Storage, StreamIndex } from '@ledgerline/es-core/adapter';
import type { RehearsedStore } from '@ledgerline/es-core/rehearsal';
import type {
  AggregateStore,
  CommandHost,
  CommitListener,
  DecisionResult,
  ForwardedCommand,
  NotForwarded,
  StreamFold,
  Submission,
  WriterStatistics,
} from '@ledgerline/es-core/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { ServiceInstances } from '../instances/service-instances.js';
import { PositionNotReached } from '../http/position-not-reached.error.js';
import { closeAll } from '../lifecycle/close-all.js';
import { ServiceNotReady } from '../lifecycle/service-not-ready.error.js';
import { within } from '../lifecycle/within.js';
import type { ManagedResource } from '../lifecycle/managed-resource.js';
import { factsOf, type Log } from '../logging/log.js';
import { DeclaredAggregates } from '../aggregates/declared-aggregates.js';
import type { Topic } from '../aggregates/topics.js';
import { ServiceAddress } from '../instances/service-address.js';
import { Coordinator } from '../lifecycle/coordinator.js';
import type { EventSourcingSettings } from '../options/event-sourcing-options.js';
import { LOG, OPTIONS, WATCHED_STORAGE } from '../tokens.js';
import { ClockWatch } from './clock-watch.js';
import { untilAvailable } from './until-available.js';

/** A command that is not settled by then is answered `outcome-unknown`: repeating it is safe, waiting longer is not useful. */
const SETTLED_WITHIN_MS = 10_000;
const READ_WITHIN_MS = 5_000;
const OPENED_WITHIN_MS = 5_000;

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
export class ServiceEventStore implements AggregateStore, ManagedResource {
  #opened: Opened | undefined;
  #rehearsed: RehearsedStore | undefined;
  #opening: Promise<void> = Promise.resolve();
  #closers: (() => Promise<void>)[] = [];
  readonly #listeners = new Set<CommitListener>();
  readonly #hosts = new Map<string, CommandHost>();
  #state = 'starting';
  readonly #closing = new AbortController();
  #isOpened = (): void => undefined;
  readonly #openedOnce = new Promise<void>((resolve) => (this.#isOpened = resolve));

  constructor(
    @Inject(OPTIONS) private readonly options: EventSourcingSettings,
    @Inject(WATCHED_STORAGE) private readonly storage: Storage,
    @Inject(LOG) private readonly logger: Log,
    private readonly instances: ServiceInstances,
    private readonly declared: DeclaredAggregates,
    private readonly address: ServiceAddress,
    coordinator: Coordinator,
  ) {
    coordinator.add(this, 'store');
  }

  /**
   * Opens the topic, makes it where that is this service's part, folds it into the index up to its end, and joins the other
   * instances of the service where there can be any. Waits for a log that is away; what somebody has to mend is thrown.
   */
  open(): Promise<void> {
    this.#opening = this.#openAll().finally(() => this.#isOpened());
    return this.#opening;
  }

  /** Resolves when it is open; commands and queries wait for that. @throws ServiceNotReady when that takes more than five seconds */
  async whenOpen(): Promise<void> {
    if (this.#rehearsed) return;
    if (!this.#opened)
      await within(this.platform, OPENED_WITHIN_MS, this.#openedOnce, () => new ServiceNotReady(this.#state));
    this.requireOpen();
  }

  async #openAll(): Promise<void> {
    const { storage, instances, declared } = this;
    // A service that only reads.
    if (!declared.written) return;
    const { topic } = declared.written;
    const log = await this.#untilThere(() => storage.openLog(topic, { role: 'writer' }));
    if (!log) return;
    this.#closers.push(() => log.close());
    const index = await storage.openIndex(this.options.service, (reason) =>
      this.logger.warn('index-rebuilt', { reason }),
    );
    this.#closers.push(() => index.close());
    if (instances.areSeveral) await this.address.known();
    const store = await this.#untilThere(() =>
      EventStore.open({
        ...{ log, index, platform: storage.platform, source: this.options.service },
        ...owner(this.options.advertisedUrl ?? instances.url),
        ...(instances.areSeveral && { preference: instances }),
        limits: { maxClockSkewMs: this.options.maxClockSkewMs },
        onTrouble: (error) => this.logger.warn('store-trouble', factsOf(error)),
      }),
    );
    if (!store) return;
    this.#closers.push(() => store.close());
    const clock = new ClockWatch({ store, platform: storage.platform, log: this.logger });
    this.#closers.push(() => Promise.resolve(clock.close()));
    store.onCommit((partition, commit) => this.#listeners.forEach((listener) => listener(partition, commit)));
    this.#opened = { log, index, store };
    this.#isOpened();
    this.#closers.push(() => instances.close());
    await instances.join({ partitions: log.partitions, catchUp: (partition) => store.catchUp(partition) });
  }

  /** Never opens: what is asked is answered as it was recorded, and nothing is decided. */
  rehearse(recorded: RehearsedStore): void {
    this.#rehearsed = recorded;
  }

  /** Undefined where the service is to end first. */
  #untilThere<T>(open: () => Promise<T>): Promise<T | undefined> {
    const { signal } = this.#closing;
    const report = (error: EsError): void => this.logger.warn('log-awaited', factsOf(error));
    return untilAvailable({ platform: this.platform, report, signal }, open);
  }

  async close(): Promise<void> {
    this.#state = 'stopping';
    this.#isOpened();
    this.#closing.abort();
    this.address.giveUp();
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

  get writtenTopic(): Topic {
    const { written } = this.declared;
    if (!written) throw new Error(`${this.options.service} writes no topic`);
    return written;
  }

  get topic(): string {
    return this.writtenTopic.topic;
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
  async submit<State>(submission: Submission<State>): Promise<DecisionResult> {
    const { store } = this.#work();
    const { stream, commandId, commandType } = submission;
    const outcome = await this.#settled(stream, store.submit(submission));
    if (outcome.differs) this.logger.warn('reaction-differs', { stream, commandId, commandType });
    await this.instances.announce(store.partitionOf(stream));
    return outcome;
  }

  #settled<T>(stream: string, settling: Promise<T>): Promise<T> {
    return within(this.platform, SETTLED_WITHIN_MS, settling, () => new OutcomeUnknown(stream));
  }

  /** Sooner than a service has to end: what is asked on a log that is away must not keep it. */
  #read<T>(reading: Promise<T>): Promise<T> {
    return within(this.platform, READ_WITHIN_MS, reading, () => new LogUnavailable('it could not be read in time'));
  }

  /**
   * Resolves once all up to the position can be read here, if it is of the own topic: that of an event that is acted on, or
   * the one that a command answered. @throws PositionNotReached after `withinMs`, the errors of `EventStore.waitFor`
   */
  async requireReached(position: Position | string, withinMs = SETTLED_WITHIN_MS): Promise<void> {
    // What was recorded is all that there is.
    if (this.#rehearsed) return;
    const place = typeof position === 'string' ? parsePosition(position) : position;
    if (place && !(await this.#work().store.waitFor(place, withinMs)))
      throw new PositionNotReached(this.options.service, place, withinMs);
  }

  /** As `EventStore.ensureUpToDate`. @throws LogUnavailable also when it takes longer than five seconds */
  async ensureUpToDate(stream: string): Promise<void> {
    await this.whenOpen();
    await (this.#rehearsed?.ensureUpToDate(stream) ?? this.#read(this.#work().store.ensureUpToDate(stream)));
  }

  /** True where `ensureUpToDate` has nothing to wait for: this instance is the preferred writer of the stream's partition. */
  isMine(stream: string): boolean {
    if (this.#rehearsed) return true;
    const { store } = this.#work();
    return this.instances.isMine(store.partitionOf(stream));
  }

  /** As `AggregateStore.forward`. */
  forward(stream: string, command: ForwardedCommand): Promise<DecisionResult | NotForwarded> | undefined {
    if (this.#rehearsed) return this.#rehearsed.forward(stream, command);
    if (!this.#opened) return this.whenOpen().then(() => this.forward(stream, command) ?? { status: 'not-forwarded' });
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
  async decideHere(command: ForwardedCommand): Promise<DecisionResult> {
    const host = this.#hosts.get(command.category);
    if (!host) throw new EsError('unreadable', `this instance knows no ${command.category}`, false);
    return await host.decideHere(command);
  }

  version(stream: string): number {
    return this.#readable.version(stream);
  }

  versionAt(stream: string, time: string): number {
    return this.#readable.versionAt(stream, time);
  }

  read(stream: string, range: { readonly from?: number; readonly to?: number } = {}): Iterable<RawEvent> {
    return this.#readable.read(stream, range);
  }

  stateOf<State>(stream: string, fold: StreamFold<State>, version?: number): State {
    return this.#readable.stateOf(stream, fold, version);
  }

  async load<State>(stream: string, fold: StreamFold<State>, version?: number): Promise<State> {
    await this.whenOpen();
    return await this.#readable.load(stream, fold, version);
  }

  positionOf(stream: string, ordinal: number): Position {
    return this.#readable.positionOf(stream, ordinal);
  }

  heads(): readonly Position[] {
    return this.#work().store.heads();
  }

  /** The heads, no older than the call but for what `ensureUpToDate` does not know either. */
  async currentHeads(): Promise<readonly Position[]> {
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

  get #readable(): Pick<EventStore, 'version' | 'versionAt' | 'read' | 'stateOf' | 'load' | 'positionOf'> {
    return this.#rehearsed ?? this.#work().store;
  }

  #work(): Opened {
    if (!this.#opened) throw new ServiceNotReady(this.#state);
    return this.#opened;
  }
}

const timeAhead = (time: string): string =>
  `its newest record has the time ${time}, which lies ahead, and what is recorded until then gets it too: \`es verify\` says where that begins`;

const owner = (url: string | undefined): { readonly owner?: string } => (url === undefined ? {} : { owner: url });
