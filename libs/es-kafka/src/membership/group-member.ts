import { performance } from 'node:perf_hooks';
import { EsError } from '@ledgerline/es-core';
import type { InstanceAddress } from '@ledgerline/es-core/adapter';
import { GroupSession, type SessionOptions } from './group-session.js';
import { Lease } from './lease.js';
import type { Assignment } from './member-data.js';
import { atMost, retryAfterMs, Wait } from './wait.js';

export interface GroupMemberOptions extends SessionOptions {
  readonly heartbeatMs: number;
  /** Called with what was given, and with nothing before it is given up; that is waited for, but not for ever. */
  readonly onHeld: (held: Assignment['held']) => Promise<void>;
}

const NOTHING: Assignment = { held: {}, holders: {} };
/** Of the session: so long what is given up may take to end. What takes longer is repeated elsewhere. */
const RELEASE_WITHIN = 0.3;
const LEAVE_WITHIN_MS = 1_000;

/**
 * A member of a consumer group that consumes nothing: the group only says who of the living holds which partition. When somebody
 * comes or goes, all give up what they hold before anything is given out anew.
 */
export class GroupMember {
  readonly session: GroupSession;
  /** Of what it holds. */
  readonly #lease: Lease;
  /** Of knowing who holds what: it outlasts what it holds while that is given out anew, which nobody does without it. */
  readonly #knowledge: Lease;
  readonly #listeners = new Set<() => void>();
  readonly #wait = new Wait();
  #assignment = NOTHING;
  #holds = false;
  #leaving = false;
  #hasToShareOut = false;
  #lapse: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(private readonly options: GroupMemberOptions) {
    this.session = new GroupSession(options);
    const now = (): number => performance.now();
    this.#lease = new Lease(options.sessionTimeoutMs / 2, now);
    this.#knowledge = new Lease(options.sessionTimeoutMs / 2, now);
  }

  /** Resolves with the first assignment, however long the coordinator cannot be reached. @throws LogMisconfigured */
  async join(): Promise<void> {
    const assignment = await this.#joined();
    if (assignment && !this.#leaving) this.#running = this.#run(assignment);
  }

  /** Names the time since which what this member holds is certainly its own; undefined while that is not certain. */
  get term(): number | undefined {
    return this.#holds ? this.#lease.term : undefined;
  }

  /** True while nobody can have been given anything that `holder` does not know of, or is about to be told of. */
  get isInformed(): boolean {
    return this.#knowledge.term !== undefined;
  }

  /** What this member holds, by topic; nothing while it is being given out anew. */
  held(topic: string): readonly number[] {
    return (this.#holds ? this.#assignment.held[topic] : undefined) ?? [];
  }

  /** True for what this member was given last, also while that is being given up: until then its progress is its own. */
  mayCommit(topic: string, partition: number): boolean {
    return this.#assignment.held[topic]?.includes(partition) ?? false;
  }

  /** Who was given the partition last. */
  holder(topic: string, partition: number): InstanceAddress | undefined {
    return this.#assignment.holders[topic]?.[partition];
  }

  /** Calls `listener` whenever a term begins or ends, or something is given to somebody else, until the answer is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** So many partitions of the topic are shared out from then on. */
  resize(topic: string, partitions: number): void {
    if (!this.session.resize(topic, partitions)) return;
    this.#hasToShareOut = true;
    this.#wait.cut();
  }

  /** Gives up what it holds and leaves, so that the others go on at once. Safe to repeat. */
  async leave(): Promise<void> {
    if (this.#leaving) return await this.#running;
    this.#leaving = true;
    this.#wait.cut();
    // Where a join waits for the others, or nobody answers, this ends it.
    if (this.term === undefined) this.session.giveUp();
    await this.#running;
    await atMost(LEAVE_WITHIN_MS, this.session.leave().catch(this.options.onTrouble));
    this.session.coordinator.close();
  }

  async #run(first: Assignment): Promise<void> {
    for (let assignment: Assignment | undefined = first; assignment; assignment = await this.#joined()) {
      this.#take(assignment);
      await this.#untilOver();
      await this.#release();
    }
  }

  /** Undefined when it is to leave. */
  async #joined(): Promise<Assignment | undefined> {
    for (let attempt = 0; !this.#leaving; attempt += 1)
      try {
        this.#hasToShareOut = false;
        return await this.session.join();
      } catch (error) {
        // Once it was a member, what is refused may be granted again while the service runs.
        if (!this.#running && error instanceof EsError && !error.retriable) throw error;
        await this.#afterTrouble(error, attempt);
      }
    return undefined;
  }

  #take(assignment: Assignment): void {
    this.#assignment = assignment;
    this.#holds = true;
    this.#changed();
    this.options.onHeld(assignment.held).catch(this.options.onTrouble);
  }

  async #release(): Promise<void> {
    this.#holds = false;
    this.#lease.end();
    clearTimeout(this.#lapse);
    this.#changed();
    await atMost(this.options.sessionTimeoutMs * RELEASE_WITHIN, this.options.onHeld({}).catch(this.options.onTrouble));
  }

  /** Until this generation is over, or the member is to leave. What it holds is uncertain while no heartbeat is answered. */
  async #untilOver(): Promise<void> {
    for (let failures = 0; !this.#leaving && !this.#hasToShareOut;)
      try {
        const { pulse, sentAt } = await this.session.heartbeat();
        if (pulse === 'forgotten') this.#knowledge.end();
        else this.#knowledge.renew(sentAt);
        if (pulse !== 'alive') return;
        this.#renew(sentAt);
        failures = 0;
        if (!this.#leaving) await this.#wait.for(this.options.heartbeatMs - (performance.now() - sentAt));
      } catch (error) {
        await this.#afterTrouble(error, failures);
        failures += 1;
      }
  }

  #renew(sentAt: number): void {
    const before = this.#lease.term;
    this.#lease.renew(sentAt);
    clearTimeout(this.#lapse);
    // Whoever listens has to hear of an end too, and nobody else says so.
    this.#lapse = setTimeout(() => this.#changed(), this.options.sessionTimeoutMs / 2);
    if (this.#lease.term !== before) this.#changed();
  }

  async #afterTrouble(error: unknown, attempt: number): Promise<void> {
    if (this.#leaving) return;
    this.options.onTrouble(error);
    await this.#wait.for(retryAfterMs(attempt));
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
