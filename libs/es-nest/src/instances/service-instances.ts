import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { ForwardedCommand, NotForwarded, Outcome, Preference, ReactorProgress } from '@ledgerline/es-core';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Adapters } from '../adapters/adapters.js';
import type { ServiceConfig } from '../config/environment.js';
import { factsOf, type Log } from '../logging/log.js';
import type { ServiceDefinition } from '../service-definition.js';
import { ADAPTERS, CONFIG, LOG, SERVICE } from '../service-tokens.js';
import type { CommandForwarder } from './command-forwarder.js';
import { CommandHandover } from './command-handover.js';
import type { Instances } from './instances.js';
import { PreferredPartitions } from './preferred-partitions.js';
import { ServiceAddress } from './service-address.js';

/** So long the start waits for a share. Without one the service works all the same, only slower. */
const SHARE_WITHIN_MS = 10_000;

/** The part of the own event store that follows the other instances. */
export interface FollowingStore {
  catchUp(partition: number): Promise<void>;
}

interface Share {
  readonly topic: string;
  readonly take: (partitions: readonly number[]) => Promise<void>;
}

/**
 * The other instances of this service, where there can be any: which partitions of the own topic this one is the preferred
 * writer of, what its reactors work on, and where commands for the rest go. Where there are none, everything is its own and
 * nothing of this is loaded.
 */
@Injectable()
export class ServiceInstances implements Preference, OnModuleDestroy {
  readonly #token = randomBytes(24).toString('base64url');
  readonly #shares: Share[] = [];
  #heldOf: (topic: string) => readonly number[] = () => [];
  #instances: Instances | undefined;
  #preferred: PreferredPartitions | undefined;
  #forwarder: CommandForwarder | undefined;
  #handover: CommandHandover | undefined;
  #left = false;
  readonly #listeners = new Set<() => void>();

  constructor(
    @Inject(SERVICE) private readonly service: ServiceDefinition,
    @Inject(CONFIG) private readonly config: ServiceConfig,
    @Inject(ADAPTERS) private readonly adapters: Adapters,
    @Inject(LOG) private readonly log: Log,
    private readonly address: ServiceAddress,
  ) {}

  /** False where this process is the only one that there can be. */
  get areSeveral(): boolean {
    return this.adapters.instances !== undefined && this.service.ownTopic !== undefined;
  }

  /** Where others find this one; undefined where there are no others. */
  get url(): string | undefined {
    return this.areSeveral ? this.address.url : undefined;
  }

  /** Joins the others, once the own store is open. @throws EsError when the brokers refuse it for good */
  async join(store: FollowingStore): Promise<void> {
    const { adapters, service, config } = this;
    if (!adapters.instances || !service.ownTopic) return;
    // Only now, so that a service on the embedded log does not load it.
    const { CommandForwarder } = await import('./command-forwarder.js');
    if (this.#left) return;
    const { topic } = service.ownTopic;
    const topics = new Set([topic, ...service.reactsTo.map((one) => one.topic)]);
    const onTrouble = (error: unknown): void => this.log.warn('instances-trouble', factsOf(error));
    const instances = adapters.instances({
      ...{ service: service.name, address: { url: this.address.url, token: this.#token }, onTrouble },
      topics: [...topics].map((name) => ({ topic: name, partitions: config.TOPIC_PARTITIONS })),
      onHeld: (heldOf) => this.#held(heldOf),
    });
    this.#instances = instances;
    this.#forwarder = new CommandForwarder({
      ...{ log: this.log, now: () => performance.now(), platform: adapters.platform },
    });
    this.#preferred = new PreferredPartitions({
      ...{ instances, topic, partitions: config.TOPIC_PARTITIONS, token: this.#token, platform: adapters.platform },
      ...{ catchUp: (partition) => store.catchUp(partition), onTrouble, onChange: () => this.#changed() },
    });
    this.#handover = new CommandHandover({
      ...{ instances, preferred: this.#preferred, forwarder: this.#forwarder, token: this.#token },
      ...{ platform: adapters.platform, onChange: (listener) => this.onChange(listener) },
    });
    await this.#joined(instances);
  }

  isMine(partition: number): boolean {
    return !this.areSeveral || (this.#preferred?.isMine(partition) ?? false);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** As `AggregateStore.forward`. */
  forward(partition: number, command: ForwardedCommand): Promise<Outcome | NotForwarded> | undefined {
    return this.#handover?.forward(partition, command);
  }

  /** As `CommandHandover.announce`. */
  announce(partition: number): Promise<unknown> | undefined {
    return this.#handover?.announce(partition);
  }

  /** Calls `take` now, and whenever it changes, with the partitions of the topic that this instance is to work on. */
  share(topic: string, partitions: number, take: Share['take']): Promise<void> {
    if (!this.areSeveral) return take(Array.from({ length: partitions }, (_, partition) => partition));
    this.#shares.push({ topic, take });
    return take(this.#heldOf(topic));
  }

  /** The progress that instances leave each other; undefined where there are no others. */
  progress(topic: string): ReactorProgress | undefined {
    return this.#instances?.progress(topic);
  }

  /** True for the word that others know this instance by. Takes as long for a wrong one as for the right one. */
  knows(token: string): boolean {
    return this.#instances !== undefined && timingSafeEqual(digestOf(token), digestOf(this.#token));
  }

  /** Before HTTP stops: from then on the others are the ones to turn to. */
  async onModuleDestroy(): Promise<void> {
    await this.leave();
  }

  /** Safe to repeat. */
  async leave(): Promise<void> {
    this.#left = true;
    this.#preferred?.close();
    await this.#instances?.leave();
  }

  /** What is under way to others is still answered. */
  async close(): Promise<void> {
    await this.leave();
    await this.#forwarder?.close();
  }

  async #joined(instances: Instances): Promise<void> {
    const joining = instances.join();
    let cancel = (): void => undefined;
    const late = new Promise<void>((resolve) => {
      cancel = this.adapters.platform.setTimer(SHARE_WITHIN_MS, () => {
        this.log.warn('instances-awaited', { afterMs: SHARE_WITHIN_MS });
        joining.catch((error: unknown) => this.log.error('instances-refused', factsOf(error)));
        resolve();
      });
    });
    await Promise.race([joining, late]);
    cancel();
  }

  async #held(heldOf: (topic: string) => readonly number[]): Promise<void> {
    this.#heldOf = heldOf;
    await Promise.all(this.#shares.map(({ topic, take }) => take(heldOf(topic))));
  }

  #changed(): void {
    if (this.#preferred) this.#forwarder?.retain(this.#preferred.holders);
    for (const listener of this.#listeners) listener();
  }
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();
