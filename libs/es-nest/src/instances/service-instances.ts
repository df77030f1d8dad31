import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { EventStore } from '@ledgerline/es-core';
import type { InstanceAddress, Instances, ReactorProgress, Storage } from '@ledgerline/es-core/adapter';
import type { DecisionResult, NotForwarded, Preference } from '@ledgerline/es-core/runtime';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { factsOf, type Log } from '../logging/log.js';
import { DeclaredAggregates } from '../aggregates/declared-aggregates.js';
import type { EventSourcingSettings } from '../options/event-sourcing-options.js';
import { DeclaredReactors } from '../reactions/declared-reactors.js';
import { LOG, OPTIONS, WATCHED_STORAGE } from '../tokens.js';
import type { CommandForwarder } from './command-forwarder.js';
import { type Asked, believed } from './believed-answer.js';
import { AnotherInstanceWrites, CommandHandover } from './command-handover.js';
import { InstanceSecret } from './instance-secret.js';
import { PreferredPartitions } from './preferred-partitions.js';
import { answerProof, ReceivedRequests } from './request-proof.js';
import { ServiceAddress } from './service-address.js';

/** So long the start waits for a share. Without one the service works all the same, only slower. */
const SHARE_WITHIN_MS = 10_000;
/** Of strangers, in one line of the log. */
const MOST_NAMES = 10;

/** The part of the own event store that follows the other instances. */
export interface FollowingStore {
  readonly partitions: number;
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
  readonly token = randomBytes(24).toString('base64url');
  readonly #shares: Share[] = [];
  #heldOf: (topic: string) => readonly number[] = () => [];
  #instances: Instances | undefined;
  #preferred: PreferredPartitions | undefined;
  #forwarder: CommandForwarder | undefined;
  #handover: CommandHandover | undefined;
  #strangers: readonly string[] = [];
  #left = false;
  readonly #secret: InstanceSecret | undefined;
  readonly #received: ReceivedRequests | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(
    @Inject(OPTIONS) private readonly options: EventSourcingSettings,
    @Inject(WATCHED_STORAGE) private readonly storage: Storage,
    @Inject(LOG) private readonly log: Log,
    private readonly address: ServiceAddress,
    private readonly declared: DeclaredAggregates,
    private readonly reactors: DeclaredReactors,
  ) {
    const { token } = this;
    if (options.instanceSecret === undefined) return;
    const secret = new InstanceSecret(options.instanceSecret, options.service);
    this.#secret = secret;
    this.#received = new ReceivedRequests({ secret, token, now: () => storage.platform.now() });
  }

  /** False where this process is the only one that there can be. */
  get areSeveral(): boolean {
    return this.storage.openInstances !== undefined && this.declared.written !== undefined;
  }

  /** Where others find this one; undefined where there are no others. */
  get url(): string | undefined {
    return this.areSeveral ? this.address.url : undefined;
  }

  /** Joins the others, once the own store is open. @throws EsError when the brokers refuse it for good */
  async join(store: FollowingStore): Promise<void> {
    const { storage, options } = this;
    const topic = this.declared.written?.topic;
    if (!storage.openInstances || topic === undefined) return;
    // Only now, so that a service on the embedded log does not load it.
    const { CommandForwarder } = await import('./command-forwarder.js');
    if (this.#left) return;
    const { token } = this;
    const secret = this.#secret;
    const { partitions } = store;
    const others = this.reactors.topics.map((one) => one.topic).filter((name) => name !== topic);
    // How many partitions these have, `share` says once they are open.
    const unopened = others.map((name) => ({ topic: name }));
    const onTrouble = (error: unknown): void => this.log.warn('instances-trouble', factsOf(error));
    const instances = storage.openInstances({
      ...{ service: options.service, address: secret ? { url: this.address.url, token } : { token }, onTrouble },
      ...(secret && { secret }),
      topics: [{ topic, partitions }, ...unopened],
      onHeld: (heldOf) => this.#held(heldOf),
      onStrangers: (names) => this.#leftOut(names),
    });
    this.#instances = instances;
    this.#forwarder =
      secret &&
      new CommandForwarder({
        ...{ log: this.log, now: () => performance.now(), platform: storage.platform, secret },
      });
    this.#preferred = new PreferredPartitions({
      ...{ instances, topic, partitions, token, platform: storage.platform },
      ...{ catchUp: (partition) => store.catchUp(partition), onTrouble, onChange: () => this.#changed() },
    });
    this.#handover = new CommandHandover({
      ...{ instances, preferred: this.#preferred, forwarder: this.#forwarder, token },
      ...{ platform: storage.platform, onChange: (listener) => this.onChange(listener) },
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

  /** As `AggregateStore.forward`; what is answered is what the store's log bears out. */
  forward(store: EventStore, asked: Asked): Promise<DecisionResult | NotForwarded> | undefined {
    const handingOver = this.#handover?.forward(store.partitionOf(asked.stream), asked.command);
    return handingOver && believed(store, asked, handingOver);
  }

  /** As `CommandHandover.announce`. */
  announce(partition: number): Promise<unknown> | undefined {
    return this.#handover?.announce(partition);
  }

  /** Calls `take` now, and whenever it changes, with the partitions of the topic that this instance is to work on. */
  share(topic: string, partitions: number, take: Share['take']): Promise<void> {
    if (!this.areSeveral) return take(Array.from({ length: partitions }, (_, partition) => partition));
    this.#shares.push({ topic, take });
    this.#instances?.resize(topic, partitions);
    return take(this.#heldOf(topic));
  }

  /** The progress that instances leave each other; undefined where there are no others. */
  progress(topic: string): ReactorProgress | undefined {
    return this.#instances?.progress(topic);
  }

  /** True where other instances can hand something over to this one. */
  get takesForwarded(): boolean {
    return this.areSeveral && this.#secret !== undefined;
  }

  /** As `ReceivedRequests.take`. */
  take(proof: unknown, body: Buffer): ReturnType<ReceivedRequests['take']> {
    return this.#received?.take(proof, body);
  }

  /** The proof of an answer to the request that had the nonce. */
  prove(nonce: string, answer: string): string {
    return this.#secret ? answerProof(this.#secret, nonce, answer) : '';
  }

  /** Why this instance takes no commands: without a secret one of several does. */
  get standby(): AnotherInstanceWrites | undefined {
    const isAnothers = (holder: InstanceAddress | undefined): boolean =>
      holder !== undefined && holder.token !== this.token;
    return this.#secret || !this.#preferred?.holders.some(isAnothers) ? undefined : new AnotherInstanceWrites();
  }

  /** How many members of the group are given nothing, because they did not prove themselves; known to the one that gives. */
  get strangers(): number {
    return this.#strangers.length;
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
      cancel = this.storage.platform.setTimer(SHARE_WITHIN_MS, () => {
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

  #leftOut(names: readonly string[]): void {
    const known = new Set(this.#strangers);
    this.#strangers = names;
    if (!names.every((name) => known.has(name)))
      this.log.warn('instances-left-out', { count: names.length, names: names.slice(0, MOST_NAMES) });
  }

  #changed(): void {
    if (this.#preferred) this.#forwarder?.retain(this.#preferred.holders);
    for (const listener of this.#listeners) listener();
  }
}
