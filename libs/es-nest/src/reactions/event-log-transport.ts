import {
  type DomainEvent,
  type Message,
  type PartitionedLog,
  partitionKey,
  progressInIndex,
  type ReactorProgress,
  ReactorRunner,
  type ReactorStatus,
} from '@ledgerline/es-core';
import { Inject, Injectable } from '@nestjs/common';
import { BaseRpcContext, type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Adapters } from '../adapters/adapters.js';
import { ServiceInstances } from '../instances/service-instances.js';
import { factsOf, type Log } from '../logging/log.js';
import type { ServiceDefinition, Topic } from '../service-definition.js';
import { ADAPTERS, LOG, SERVICE } from '../service-tokens.js';
import { type ForeignLog, openForeignLog } from '../store/foreign-log.js';
import { OwnEventStore } from '../store/own-event-store.js';

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
  readonly progress: ReactorProgress;
}

/** Commands to one payment provider may be slow; they must not hold up everybody else's. */
const MAX_UNDER_WAY = 1_024;

/**
 * Gives `@EventPattern` handlers the messages of the service's topics: in order per stream, checkpointed, each until its
 * handler has succeeded. A repeat after a crash is possible, so a handler sends commands whose ids derive from the message.
 */
@Injectable()
export class EventLogTransport extends Server implements CustomTransportStrategy {
  // A failed handler is a message that was not dealt with: the runner has to know.
  override readonly propagatesEventHandlerErrors = true;
  readonly #running: Running[] = [];
  readonly #foreign: ForeignLog[] = [];
  readonly #stopping = new AbortController();
  #awaiting: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: OwnEventStore,
    private readonly instances: ServiceInstances,
    @Inject(SERVICE) private readonly service: ServiceDefinition,
    @Inject(ADAPTERS) private readonly adapters: Adapters,
    @Inject(LOG) private readonly log: Log,
  ) {
    super();
  }

  /** Messages that are answered come by other ways. */
  override addHandler(pattern: unknown, handler: MessageHandler, isEventHandler = false, extras = {}): void {
    if (isEventHandler) super.addHandler(pattern, handler, isEventHandler, extras);
  }

  /** Starts on the own topic at once, and on each other one when its service has made it. The own store is open by now. */
  listen(callback: () => void): void {
    const { reactsTo, ownTopic } = this.service;
    const { log, logId } = this.store;
    for (const topic of reactsTo.filter((one) => one.topic === ownTopic?.topic)) this.#run(topic, { log, logId });
    const others = reactsTo.filter((one) => one.topic !== ownTopic?.topic);
    const failed = (error: unknown): void => this.log.error('reactor-not-started', factsOf(error));
    this.#awaiting = Promise.all(others.map((topic) => this.#runForeign(topic).catch(failed)));
    callback();
  }

  /** Lets the handlers under way end and stores the progress. Safe to repeat. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#awaiting;
    await Promise.all(this.#running.map(({ runner }) => runner.close()));
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

  on(): never {
    throw new Error('the event log has no events of its own to listen to');
  }

  unwrap<T>(): T {
    throw new Error('the event log has no underlying server');
  }

  async #runForeign(topic: Topic): Promise<void> {
    const { adapters, log } = this;
    const foreign = await openForeignLog({ topic: topic.topic, adapters, log, signal: this.#stopping.signal });
    if (!foreign) return;
    this.#foreign.push(foreign);
    if (!this.#stopping.signal.aborted) this.#run(topic, foreign);
  }

  #run({ topic, catalogue }: Topic, { log, logId }: ForeignLog): void {
    const name = `${this.service.name}/${topic}`;
    const progress = this.instances.progress(topic) ?? progressInIndex(this.store.index, name);
    const runner = new ReactorRunner({
      ...{ name, log, logId, catalogue, maxUnderWay: MAX_UNDER_WAY, platform: this.adapters.platform },
      progress,
      wants: (type) => this.messageHandlers.has(type),
      react: (message) => this.#react(message),
      onTrouble: (error) => this.log.warn('reactor-trouble', { topic, ...factsOf(error) }),
    });
    this.#running.push({ runner, log, logId, progress });
    const failed = (error: unknown): void => this.log.error('reactor-not-started', factsOf(error));
    this.instances.share(topic, log.partitions, (partitions) => runner.assign(partitions)).catch(failed);
  }

  async #react(message: Message): Promise<void> {
    // What was read here may not be folded here yet.
    await this.store.requireReached(message.context);
    // Several handlers of one type hang on the first; Nest calls them all.
    await settled(this.messageHandlers.get(message.type)?.(message, new EventLogContext([message])));
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
  const stored = missing.length === 0 ? {} : await progress.load();
  const elsewhere = missing.map((partition): ReactorStatus => {
    const state = stored[partitionKey(log.topic, partition)];
    return { topic: log.topic, partition, ordinal: state?.logId === logId ? state.ordinal : 0, underWay: 0 };
  });
  return { name: runner.name, partitions: [...here, ...elsewhere].sort((a, b) => a.partition - b.partition) };
};
