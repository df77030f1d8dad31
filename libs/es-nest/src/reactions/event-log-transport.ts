import {
  type DomainEvent,
  furthestProgress,
  type Message,
  outcomesIn,
  type PartitionedLog,
  partitionKey,
  type Position,
  progressInIndex,
  type Reaction,
  type ReactorProgress,
  ReactorRunner,
  type ReactorRunnerOptions,
  type ReactorStatus,
  type Storage,
} from '@ledgerline/es-core';
import { Inject, Injectable } from '@nestjs/common';
import { BaseRpcContext, type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { REACHED_WITHIN_MS, requireKnown } from '../http/min-position.js';
import { ServiceInstances } from '../instances/service-instances.js';
import { factsOf, type Log } from '../logging/log.js';
import { Coordinator } from '../lifecycle/coordinator.js';
import { ServiceNotReady } from '../lifecycle/service-not-ready.error.js';
import type { Condition } from '../lifecycle/service-part.js';
import { type Topic, topicsOf } from '../aggregates/topics.js';
import type { EventSourcingSettings } from '../options/event-sourcing-options.js';
import { LOG, OPTIONS, STORAGE } from '../tokens.js';
import { type ForeignLog, openForeignLog } from '../store/foreign-log.js';
import { OwnEventStore } from '../store/own-event-store.js';
import { degradedReactions } from './degraded-reactions.js';
import type { ReactionExtras } from './effect.js';
import { HeldStreamsOfService } from './held/held-streams.js';
import { NotReactedYet } from './not-reacted-yet.error.js';
import { REACTED_TO } from './reacted-to.js';

/** What an `@EventPattern` handler is given beside the message: where it came from. */
export class EventLogContext extends BaseRpcContext<[Message]> {
  get message(): Message {
    return this.getArgByIndex(0);
  }
}

export interface ReactorReport {
  readonly name: string;
  readonly partitions: readonly ReactorStatus[];
}

interface Running {
  readonly runner: ReactorRunner<DomainEvent>;
  readonly log: PartitionedLog;
  readonly logId: string;
  readonly progress: readonly ReactorProgress[];
}

/**
 * Gives `@EventPattern` and `@Effect` handlers the messages of the service's topics: in order per stream, checkpointed, each until
 * its handler has succeeded or its stream was parked. A repeat after a crash is possible, so a handler sends commands whose ids derive
 * from the message, and what changes the outside world is an `@Effect`.
 */
@Injectable()
export class EventLogTransport extends Server implements CustomTransportStrategy, Condition {
  // A failed handler is a message that was not dealt with: the runner has to know.
  override readonly propagatesEventHandlerErrors = true;
  readonly #reactions = new Map<string, Reaction[]>();
  readonly #running: Running[] = [];
  readonly #foreign: ForeignLog[] = [];
  readonly #stopping = new AbortController();
  #progress: ReactorProgress | undefined;
  #awaiting: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: OwnEventStore,
    private readonly held: HeldStreamsOfService,
    private readonly instances: ServiceInstances,
    coordinator: Coordinator,
    @Inject(OPTIONS) private readonly options: EventSourcingSettings,
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(LOG) private readonly log: Log,
  ) {
    super();
    coordinator.include(this);
  }

  /** What of the reactors' work stands still. */
  get degraded(): readonly string[] {
    const statuses = this.#running.flatMap(({ runner }) => runner.status());
    return degradedReactions(statuses, this.storage.platform.now());
  }

  /** Messages that are answered come by other ways. Each handler is known by itself: only some of a type's are effects. */
  override addHandler(
    pattern: unknown,
    handler: MessageHandler,
    isEventHandler = false,
    { effect }: ReactionExtras = {},
  ): void {
    if (!isEventHandler) return;
    const type = String(pattern);
    const react = async (message: Message): Promise<void> => {
      // What was read here may not be folded here yet.
      await this.store.requireReached(message.context);
      await settled(handler(message, new EventLogContext([message])));
    };
    this.#reactions.set(type, [...(this.#reactions.get(type) ?? []), { react, ...(effect && { effect }) }]);
  }

  /** What handlers do because of messages of the type. */
  reactionsTo(type: string): readonly Reaction[] {
    return this.#reactions.get(type) ?? [];
  }

  /** Starts on the own topic at once, and on each other one when its service has made it. The own store is open by now. */
  listen(callback: () => void): void {
    const topics = topicsOf(this.options.reactsTo);
    const written = this.store.topic;
    const { log, logId } = this.store;
    this.#progress = this.storage.openProgress(this.options.service);
    for (const topic of topics.filter((one) => one.topic === written)) this.#run(topic, { log, logId });
    const others = topics.filter((one) => one.topic !== written);
    const failed = (error: unknown): void => this.log.error('reactor-not-started', factsOf(error));
    this.#awaiting = Promise.all(others.map((topic) => this.#runForeign(topic).catch(failed)));
    callback();
  }

  /** Lets the handlers under way end and stores the progress; where it cannot be stored, whoever goes on repeats that. Safe to repeat. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#awaiting;
    // Everything else of the service has to be closed all the same.
    const failed = (error: unknown): void => this.log.error('close-failed', factsOf(error));
    await Promise.all(this.#running.map(({ runner }) => runner.close().catch(failed)));
    for (const { log } of this.#foreign.splice(0)) await log.close();
  }

  /** What this instance works on. */
  report(): readonly ReactorReport[] {
    return this.#running.map(({ runner }) => ({ name: runner.name, partitions: runner.status() }));
  }

  /** What all instances work on; of the others, what they have stored. */
  async reportAll(): Promise<readonly ReactorReport[]> {
    return await Promise.all(this.#running.map(reportOf));
  }

  /**
   * Resolves when all up to the positions was dealt with, by whichever instance; answers the ids of the messages up to there that hold
   * their streams instead.
   * @throws ValidationFailed where nobody reacts to it here, ServiceNotReady, NotReactedYet after five seconds
   */
  async reactedTo(positions: readonly Position[]): Promise<readonly string[]> {
    const rule = 'must be in a partition whose messages this service reacts to';
    requireKnown(positions, { field: REACTED_TO, rule }, (position) => this.#reactsTo(position));
    return (await Promise.all(positions.map((position) => this.#reactedTo(position)))).flat();
  }

  on(): never {
    throw new Error('the event log has no events of its own to listen to');
  }

  unwrap<T>(): T {
    throw new Error('the event log has no underlying server');
  }

  #reactsTo({ topic, partition }: Position): boolean {
    if (!this.options.reactsTo.some((one) => one.topic === topic)) return false;
    const running = this.#running.find(({ log }) => log.topic === topic);
    if (!running) throw new ServiceNotReady('starting or stopping');
    return partition < running.log.partitions;
  }

  async #reactedTo(position: Position): Promise<readonly string[]> {
    const { topic, partition, ordinal } = position;
    const running = this.#running.find(({ log }) => log.topic === topic);
    if (!(await running?.runner.waitFor(position, REACHED_WITHIN_MS)))
      throw new NotReactedYet(this.options.service, position, REACHED_WITHIN_MS);
    const { streams } = await this.held.of(topic).load(partition);
    return streams.flatMap(({ message }) => (message.ordinal <= ordinal ? [message.id] : []));
  }

  async #runForeign(topic: Topic): Promise<void> {
    const { storage, log } = this;
    const foreign = await openForeignLog({ topic: topic.topic, storage, log, signal: this.#stopping.signal });
    if (!foreign) return;
    this.#foreign.push(foreign);
    if (!this.#stopping.signal.aborted) this.#run(topic, foreign);
  }

  #run({ topic, catalogue }: Topic, { log, logId }: ForeignLog): void {
    const { store, storage } = this;
    const name = `${this.options.service}/${topic}`;
    const progress = [this.#progress, this.instances.progress(topic)].filter((place) => place !== undefined);
    const runner = new ReactorRunner({
      ...{ name, log, logId, catalogue, platform: storage.platform, progress },
      ...{ earlierProgress: progressInIndex(store.index, name), parked: this.held.of(topic) },
      outcomes: outcomesIn({
        store,
        catalogue: store.ownTopic.catalogue,
        catchUp: (stream) => store.catchUpWith(stream),
      }),
      reactionsTo: (type) => this.reactionsTo(type),
      ...this.#notices(topic),
    });
    this.#running.push({ runner, log, logId, progress });
    const failed = (error: unknown): void => this.log.error('reactor-not-started', factsOf(error));
    this.instances.share(topic, log.partitions, (partitions) => runner.assign(partitions)).catch(failed);
  }

  #notices(topic: string): Pick<ReactorRunnerOptions<DomainEvent>, 'onTrouble' | 'onNoProgress' | 'onSkipped'> {
    return {
      onTrouble: (error) => this.log.warn('reactor-trouble', { topic, ...factsOf(error) }),
      onNoProgress: (partition) => this.log.warn('reactor-without-progress', { topic, partition }),
      onSkipped: ({ type, context: { stream, id } }) =>
        this.log.warn('effect-taken-for-settled', { topic, stream, id, type }),
    };
  }
}

/** Nest hands back a value, a promise, or a stream that fails: all of them are waited for. */
const settled = async (returned: unknown): Promise<void> => {
  const result = await returned;
  if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
};

const reportOf = async ({ runner, log, logId, progress }: Running): Promise<ReactorReport> => {
  const here = runner.status();
  const missing = Array.from({ length: log.partitions }, (_, partition) => partition).filter(
    (partition) => !here.some((one) => one.partition === partition),
  );
  const stored = missing.length === 0 ? {} : await furthestProgress(progress, logId);
  const elsewhere = missing.map((partition): ReactorStatus => {
    const state = stored[partitionKey(log.topic, partition)];
    return { topic: log.topic, partition, ordinal: state?.ordinal ?? 0, underWay: 0, parked: 0 };
  });
  return { name: runner.name, partitions: [...here, ...elsewhere].sort((a, b) => a.partition - b.partition) };
};
