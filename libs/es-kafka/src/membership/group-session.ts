import { performance } from 'node:perf_hooks';
import { EsError } from '@ledgerline/es-core';
import type { InstanceAddress, MemberSecret } from '@ledgerline/es-core/adapter';
import type { KafkaConnection } from '../kafka-connection.js';
import type { Address } from '../wire/address.js';
import type { GroupTopic, Partitions } from './assignor.js';
import { Coordinator, kafkaErrorType } from './coordinator.js';
import {
  type Assignment,
  assignmentIn,
  type Assignments,
  assignmentsFor,
  claimOf,
  type JoinedMember,
} from './member-data.js';
import { retryAfterMs, Wait } from './wait.js';

/** A name that no consumer of another kind uses, so that nobody else joins by mistake. */
const PROTOCOL = 'ledgerline-sticky-1';
const NOBODY = '';

export interface SessionOptions {
  readonly connection: KafkaConnection;
  readonly groupId: string;
  /** By their names on the cluster, with as many partitions as are known when it joins first. */
  readonly topics: readonly GroupTopic[];
  readonly address: InstanceAddress;
  readonly secret: MemberSecret | undefined;
  /** Told by the leader of each generation which members are given nothing. */
  readonly onStrangers: (names: readonly string[]) => void;
  readonly onTrouble: (error: unknown) => void;
  readonly sessionTimeoutMs: number;
  readonly dialled?: ((address: Address) => Address) | undefined;
}

/** What a heartbeat may be answered: go on; others wait for you to join again; the others went on without you. */
export type Pulse = 'alive' | 'rebalance' | 'forgotten';

/** A member's requests, with its id and the generation it is in. */
export class GroupSession {
  readonly coordinator: Coordinator;
  #memberId = NOBODY;
  #generation = -1;
  #owned: Partitions = {};
  #leads = false;
  #topics: readonly GroupTopic[];
  #hasGivenUp = false;
  readonly #wait = new Wait();

  constructor(private readonly options: SessionOptions) {
    this.#topics = options.topics;
    const { connection, groupId, sessionTimeoutMs, dialled } = options;
    // An answer that takes longer than the lease would hold is of no use.
    const settings = { ...connection, requestTimeoutMs: sessionTimeoutMs / 2 };
    this.coordinator = new Coordinator(groupId, settings, dialled);
  }

  /** Who commits offsets, in which generation. */
  get identity(): { readonly memberId: string; readonly groupGenerationId: number } {
    return { memberId: this.#memberId, groupGenerationId: this.#generation };
  }

  /** So many partitions of the topic are shared out from then on; true where this member is the one that has to do so. */
  resize(topic: string, partitions: number): boolean {
    const isNew = this.partitionsOf(topic) !== partitions;
    if (isNew) this.#topics = this.#topics.map((one) => (one.topic === topic ? { topic, partitions } : one));
    return isNew && this.#leads;
  }

  /** How many partitions of the topic are shared out. */
  partitionsOf(topic: string): number {
    return this.#topics.find((one) => one.topic === topic)?.partitions ?? 0;
  }

  /**
   * Joins, or joins again, and resolves with what the next generation is given; where others come and go meanwhile it begins again, later
   * each time. @throws LogUnavailable, LogMisconfigured
   */
  async join(): Promise<Assignment> {
    for (let failures = 0; ; failures += 1)
      try {
        return await this.#joinOnce();
      } catch (error) {
        const kafka = kafkaErrorType(error) ?? '';
        if (!BEGIN_AGAIN.has(kafka) || this.#hasGivenUp) throw error;
        if (kafka === 'MEMBER_ID_REQUIRED') this.#memberId = memberIdIn(error);
        if (kafka === 'UNKNOWN_MEMBER_ID') this.#memberId = NOBODY;
        // A new member is always asked to come again with its id.
        if (failures > 0) await this.#wait.for(retryAfterMs(failures));
        if (this.#hasGivenUp) throw error;
      }
  }

  /** Ends a join, whatever it waits for. */
  giveUp(): void {
    this.#hasGivenUp = true;
    this.#wait.cut();
    this.coordinator.drop();
  }

  /** @throws LogUnavailable, LogMisconfigured */
  async heartbeat(): Promise<{ readonly pulse: Pulse; readonly sentAt: number }> {
    const { groupId } = this.options;
    const sentAt = performance.now();
    try {
      await this.coordinator.ask((group) => group.heartbeat({ groupId, ...this.identity }));
      return { pulse: 'alive', sentAt };
    } catch (error) {
      const pulse = PULSES.get(kafkaErrorType(error) ?? '');
      if (pulse === undefined) throw error;
      return { pulse, sentAt };
    }
  }

  /** Without it the others wait until the session is over. */
  async leave(): Promise<void> {
    const memberId = this.#memberId;
    if (memberId === NOBODY) return;
    this.#memberId = NOBODY;
    await this.coordinator.ask((group) => group.leaveGroup({ groupId: this.options.groupId, memberId }));
  }

  async #joinOnce(): Promise<Assignment> {
    const { groupId, address, secret, sessionTimeoutMs } = this.options;
    const claim = claimOf({ memberId: this.#memberId, secret }, this.#topics, { address, owned: this.#owned });
    const joined = await this.coordinator.ask((group) =>
      group.joinGroup({
        ...{ groupId, memberId: this.#memberId, sessionTimeout: sessionTimeoutMs, rebalanceTimeout: sessionTimeoutMs },
        groupProtocols: [{ name: PROTOCOL, metadata: claim }],
      }),
    );
    const { memberId, generationId, leaderId, members } = joined;
    this.#memberId = memberId;
    this.#leads = leaderId === memberId;
    const groupAssignment = this.#leads ? this.#assignTo(members, generationId) : [];
    const synced = await this.coordinator.ask((group) =>
      group.syncGroup({ groupId, generationId, memberId, groupAssignment }),
    );
    const member = { memberId, secret, generation: generationId };
    const assignment = assignmentIn(synced.memberAssignment, member) ?? this.#unproved();
    this.#generation = generationId;
    this.#owned = assignment.held;
    return assignment;
  }

  #assignTo(members: readonly JoinedMember[], generation: number): Assignments['assignments'] {
    const { secret, onStrangers } = this.options;
    const { assignments, strangers } = assignmentsFor(members, this.#topics, { generation, secret });
    onStrangers(strangers);
    return assignments;
  }

  /** It holds nothing then, and does not know who does. */
  #unproved(): Assignment {
    const { groupId, onTrouble } = this.options;
    const rule = 'give all instances of the service the same INSTANCE_SECRET, and nobody else Read on the group';
    const what = `the leader of the consumer group ${groupId} did not prove that it is one of them`;
    onTrouble(new EsError('group-not-proved', `${what}: ${rule}`, true, { group: groupId }));
    return { held: {}, holders: {} };
  }
}

/** An id is wanted, or this one is not known any more; or somebody else came or went between the two requests of a join. */
const BEGIN_AGAIN = new Set(['MEMBER_ID_REQUIRED', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION']);

const PULSES: ReadonlyMap<string, Pulse> = new Map([
  ['REBALANCE_IN_PROGRESS', 'rebalance'],
  ['ILLEGAL_GENERATION', 'forgotten'],
  ['UNKNOWN_MEMBER_ID', 'forgotten'],
  ['FENCED_INSTANCE_ID', 'forgotten'],
]);

const memberIdIn = (error: unknown): string => {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'memberId' in cause ? String(cause.memberId) : NOBODY;
};
