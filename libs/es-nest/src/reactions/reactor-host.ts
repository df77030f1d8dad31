import { type AnyAggregate, type CommandOf, type Position } from '@ledgerline/es-core';
import type { ReactorProgress, Storage } from '@ledgerline/es-core/adapter';
import {
  catalogueOf,
  type DomainEvent,
  type Message,
  outcomesIn,
  progressInIndex,
  type Reaction,
  ReactorRunner,
  type ReactorRunnerOptions,
  TopicProgress,
} from '@ledgerline/es-core/runtime';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DeclaredAggregates } from '../aggregates/declared-aggregates.js';
import { HostedAggregates } from '../aggregates/hosted-aggregates.js';
import { REACHED_WITHIN_MS, requireKnown } from '../http/min-position.js';
import { ServiceInstances } from '../instances/service-instances.js';
import { factsOf, type Log } from '../logging/log.js';
import { Coordinator } from '../lifecycle/coordinator.js';
import { ServiceNotReady } from '../lifecycle/service-not-ready.error.js';
import { within } from '../lifecycle/within.js';
import type { ManagedResource } from '../lifecycle/managed-resource.js';
import type { EventSourcingSettings } from '../options/event-sourcing-options.js';
import { type UpstreamTopic, openUpstreamTopic } from '../store/upstream-topic.js';
import { ServiceEventStore } from '../store/service-event-store.js';
import { LOG, OPTIONS, WATCHED_STORAGE } from '../tokens.js';
import { type DeclaredHandler, type DeclaredReactor, DeclaredReactors } from './declared-reactors.js';
import { degradedReactions } from './degraded-reactions.js';
import { HeldStreamsOfService } from './held/held-streams.js';
import { NotReactedYet } from './not-reacted-yet.error.js';
import { REACTED_TO } from './reacted-to.js';
import { reactionMetadata } from './reaction-metadata.js';
import { invalid } from './reactor.decorators.js';
import { type ReactorReport, reportOf, type RunningReactor } from './reactor-report.js';

/**
 * Gives the service's reactors the messages of the topics whose events they name: in order per stream, checkpointed, each until its
 * handler has succeeded or its stream was parked. Every reactor goes by itself: none waits for another.
 */
@Injectable()
export class ReactorHost implements ManagedResource, OnModuleInit {
  readonly #running: RunningReactor[] = [];
  readonly #upstreamTopics: UpstreamTopic[] = [];
  readonly #stopping = new AbortController();
  #progress: ReactorProgress | undefined;
  /** By topic: resolves when its reactors run here, or never will. */
  readonly #starting = new Map<string, Promise<void>>();
  #isOpen = (): void => undefined;
  readonly #open = new Promise<void>((resolve) => (this.#isOpen = resolve));

  constructor(
    private readonly declared: DeclaredAggregates,
    private readonly reactors: DeclaredReactors,
    private readonly aggregates: HostedAggregates,
    private readonly store: ServiceEventStore,
    private readonly held: HeldStreamsOfService,
    private readonly instances: ServiceInstances,
    coordinator: Coordinator,
    @Inject(OPTIONS) private readonly options: EventSourcingSettings,
    @Inject(WATCHED_STORAGE) private readonly storage: Storage,
    @Inject(LOG) private readonly log: Log,
  ) {
    coordinator.add(this, 'worker');
  }

  /** @throws EsError `reactor-invalid` */
  onModuleInit(): void {
    const [first] = this.reactors.all;
    if (first && !this.declared.written)
      throw invalid(first.name, `${this.options.service} has no aggregate, and nowhere to record what a reactor does`);
  }

  /** What of the reactors' work stands still. */
  get degraded(): readonly string[] {
    const statuses = this.#running.flatMap(({ runner }) => runner.status());
    return degradedReactions(statuses, this.storage.platform.now());
  }

  /** Starts on the own topic at once, and on each other one when its service has made it. */
  open(): Promise<void> {
    const topics = this.reactors.topics.map(({ topic }) => topic);
    if (topics.length === 0) return Promise.resolve();
    const { log, logId, topic: written } = this.store;
    this.#progress = this.storage.openProgress(this.options.service);
    for (const topic of topics.filter((one) => one === written)) this.#run(topic, { log, logId });
    const others = topics.filter((one) => one !== written);
    for (const topic of others) this.#starting.set(topic, this.#runUpstream(topic).catch(this.#notStarted));
    this.#isOpen();
    return Promise.resolve();
  }

  /** Lets the handlers under way end and stores the progress; where it cannot be stored, whoever goes on repeats that. Safe to repeat. */
  async close(): Promise<void> {
    this.#stopping.abort();
    this.#isOpen();
    await Promise.all(this.#starting.values());
    // Everything else of the service has to be closed all the same.
    const failed = (error: unknown): void => this.log.error('close-failed', factsOf(error));
    await Promise.all(this.#running.map(({ runner }) => runner.close().catch(failed)));
    for (const { log } of this.#upstreamTopics.splice(0)) await log.close();
  }

  /** What all reactors do because of messages of the type in the topic. */
  reactionsTo(topic: string, type: string): readonly Reaction[] {
    return this.reactors.reactingTo(topic).flatMap((reactor) => this.#reactionsOf(reactor).get(type) ?? []);
  }

  /** What this instance works on. */
  report(): readonly ReactorReport[] {
    return this.#running.map(({ reactor, runner }) => ({
      ...{ name: runner.name, reactorName: reactor, partitions: runner.status() },
    }));
  }

  /** What all instances work on; of the others, what they have stored. */
  async reportAll(): Promise<readonly ReactorReport[]> {
    return await Promise.all(this.#running.map(reportOf));
  }

  /**
   * Resolves when all reactors have dealt with everything up to the positions, by whichever instance; answers the ids of the messages
   * up to there that hold their streams instead.
   * @throws ValidationFailed where nobody reacts to it here, ServiceNotReady, NotReactedYet after five seconds
   */
  async reactedTo(positions: readonly Position[]): Promise<readonly string[]> {
    const rule = 'must be in a partition whose messages this service reacts to';
    await Promise.all(positions.map(({ topic }) => this.#untilRunning(topic)));
    requireKnown(positions, { field: REACTED_TO, rule }, (position) => this.#reactsTo(position));
    return [...new Set((await Promise.all(positions.map((position) => this.#reactedTo(position)))).flat())];
  }

  /** Waits while the service starts, or the topic is not there yet, as commands wait for the store. */
  async #untilRunning(topic: string): Promise<void> {
    if (!this.#listensTo(topic)) return;
    const started = this.#open.then(() => this.#starting.get(topic));
    await within(this.storage.platform, REACHED_WITHIN_MS, started, () => new ServiceNotReady(`waiting for ${topic}`));
  }

  #listensTo(topic: string): boolean {
    return this.reactors.topics.some((one) => one.topic === topic);
  }

  #reactsTo({ topic, partition }: Position): boolean {
    if (!this.#listensTo(topic)) return false;
    const [running] = this.#runningOn(topic);
    if (!running) throw new ServiceNotReady('stopping');
    return partition < running.log.partitions;
  }

  async #reactedTo(position: Position): Promise<readonly string[]> {
    const { topic, partition, ordinal } = position;
    const running = this.#runningOn(topic);
    const reached = await Promise.all(running.map(({ runner }) => runner.waitFor(position, REACHED_WITHIN_MS)));
    if (reached.includes(false)) throw new NotReactedYet(this.options.service, position, REACHED_WITHIN_MS);
    const held = await Promise.all(running.map(({ reactor }) => this.held.of(topic, reactor).load(partition)));
    return held.flatMap(({ streams }) =>
      streams.flatMap(({ message }) => (message.ordinal <= ordinal ? [message.id] : [])),
    );
  }

  #runningOn(topic: string): readonly RunningReactor[] {
    return this.#running.filter(({ log }) => log.topic === topic);
  }

  async #runUpstream(topic: string): Promise<void> {
    const { storage, log } = this;
    const upstream = await openUpstreamTopic({ topic, storage, log, signal: this.#stopping.signal });
    if (!upstream) return;
    this.#upstreamTopics.push(upstream);
    if (!this.#stopping.signal.aborted) this.#run(topic, upstream);
  }

  #run(topic: string, { log, logId }: UpstreamTopic): void {
    const places = [this.#progress, this.instances.progress(topic)].filter((place) => place !== undefined);
    const reactors = this.reactors.reactingTo(topic);
    const earlier = progressInIndex(this.store.index, `${this.options.service}/${topic}`);
    const progress = new TopicProgress({ logId, reactors: reactors.map(({ name }) => name), places, earlier });
    for (const reactor of reactors) this.#runOne(reactor, { log, logId, progress: progress.of(reactor.name) });
  }

  #runOne(
    reactor: DeclaredReactor,
    { log, logId, progress }: UpstreamTopic & { readonly progress: ReactorProgress },
  ): void {
    const { store, storage } = this;
    const { topic } = log;
    const reactions = this.#reactionsOf(reactor);
    const runner = new ReactorRunner({
      ...{
        name: `${this.options.service}/${topic}`,
        log,
        logId,
        platform: storage.platform,
        progress,
        from: reactor.from,
      },
      ...{ catalogue: catalogueOf(reactor.handlers.map(({ events }) => events)) },
      parked: this.held.of(topic, reactor.name),
      outcomes: outcomesIn({
        store,
        catalogue: store.writtenTopic.catalogue,
        catchUp: (stream) => store.catchUpWith(stream),
      }),
      reactionsTo: (type) => reactions.get(type) ?? [],
      ...this.#notices(reactor, topic),
    });
    this.#running.push({ reactor: reactor.name, runner, log, progress });
    this.instances.share(topic, log.partitions, (partitions) => runner.assign(partitions)).catch(this.#notStarted);
  }

  #reactionsOf({ name, handlers }: DeclaredReactor): ReadonlyMap<string, readonly Reaction[]> {
    const byType = new Map<string, Reaction[]>();
    for (const handler of handlers)
      byType.set(handler.type, [...(byType.get(handler.type) ?? []), this.#reaction(name, handler)]);
    return byType;
  }

  #reaction(reactor: string, { effect, call }: DeclaredHandler): Reaction {
    const react = async (message: Message): Promise<void> => {
      // What was read here may not be folded here yet.
      await this.store.requireReached(message.context);
      for (const { aggregate, id, command } of [(await call(message)) ?? []].flat()) {
        const metadata = reactionMetadata(message, command.type, reactor);
        await this.aggregates.host(aggregate).send(id, command as CommandOf<AnyAggregate>, metadata);
      }
    };
    return { react, ...(effect && { effect }) };
  }

  readonly #notStarted = (error: unknown): void => this.log.error('reactor-not-started', factsOf(error));

  #notices(
    { name: reactor, from }: DeclaredReactor,
    topic: string,
  ): Pick<ReactorRunnerOptions<DomainEvent>, 'onTrouble' | 'onNoProgress' | 'onSkipped'> {
    return {
      onTrouble: (error) => this.log.warn('reactor-trouble', { reactor, topic, ...factsOf(error) }),
      onNoProgress: (partition) => this.log.warn('reactor-without-progress', { reactor, topic, partition, from }),
      onSkipped: ({ type, context: { stream, id } }) =>
        this.log.warn('effect-taken-for-settled', { reactor, topic, stream, id, type }),
    };
  }
}
