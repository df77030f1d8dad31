import { type CommandAnswer, CommandHandler, type CommandMetadata, streamId } from '@ledgerline/es-core';
import { type HeldStreams, type ParkedReactions, restoredAt } from '@ledgerline/es-core/runtime';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DeclaredAggregates } from '../../aggregates/declared-aggregates.js';
import type { EventSourcingSettings } from '../../options/event-sourcing-options.js';
import { OPTIONS } from '../../tokens.js';
import { ServiceEventStore } from '../../store/service-event-store.js';
import { DeclaredReactors } from '../declared-reactors.js';
import {
  type HeldCommand,
  type HeldSince,
  type HeldState,
  type HeldStreamsAggregate,
  heldStreamsIn,
} from './held-streams.aggregate.js';
import { partitionId, REACTOR } from './held-streams.events.js';

/** A stream that a reactor holds, and in which partition. */
export interface HeldIn extends HeldSince {
  readonly topic: string;
  readonly partition: number;
}

/** The streams that this service's reactors hold, and where these have begun, recorded in its own topic: `reactor-<topic>.<partition>`. */
@Injectable()
export class HeldStreamsOfService implements OnModuleInit {
  /** Absent where the service writes nothing, and so reacts to nothing. */
  #handler: CommandHandler<HeldStreamsAggregate> | undefined;
  #restoredAt: Promise<string | undefined> | undefined;

  constructor(
    private readonly own: ServiceEventStore,
    private readonly declared: DeclaredAggregates,
    private readonly reactors: DeclaredReactors,
    @Inject(OPTIONS) private readonly options: EventSourcingSettings,
  ) {}

  onModuleInit(): void {
    const { own, declared } = this;
    if (declared.written)
      this.#handler = new CommandHandler(heldStreamsIn(declared.written.topic), { store: own, platform: own.platform });
  }

  send(
    { topic, partition }: { readonly topic: string; readonly partition: number },
    command: HeldCommand,
    metadata: CommandMetadata,
  ): Promise<CommandAnswer<HeldStreamsAggregate>> {
    return this.#streams.send(partitionId(topic, partition), command, metadata);
  }

  /** Of the reactor on the topic, for its runner. */
  of(topic: string, reactor: string): ParkedReactions {
    return {
      load: (partition) => this.#load({ topic, partition, reactor }),
      begin: async (partition, beginning) => {
        await this.#record({ topic, partition }, { type: 'BeginReactor', reactor, ...beginning });
        return this.#stateIn(topic, partition).begun[reactor] ?? beginning;
      },
      park: (partition, parked) => this.#record({ topic, partition }, { type: 'ParkReaction', reactor, ...parked }),
      release: (partition, stream) => this.#record({ topic, partition }, { type: 'ReleaseStream', reactor, stream }),
      onRetry: (listener) =>
        this.own.onCommit((_partition, [{ key, type }]) => {
          const asked = type.startsWith('ReactionRetried.') || type.startsWith('ReactionDiscarded.');
          const partition = asked ? partitionIn(key, topic) : undefined;
          if (partition !== undefined) listener(partition);
        }),
    };
  }

  /** All that is held in these partitions, in the order in which it was parked. */
  async list(topic: string, partitions: number): Promise<readonly HeldIn[]> {
    const all = await Promise.all(
      Array.from({ length: partitions }, async (_, partition) => {
        await this.#streams.ensureUpToDate(partitionId(topic, partition));
        return this.#stateIn(topic, partition).streams.map((held): HeldIn => ({ ...held, topic, partition }));
      }),
    );
    return all.flat().sort((a, b) => (a.since < b.since ? -1 : 1));
  }

  get #streams(): CommandHandler<HeldStreamsAggregate> {
    if (!this.#handler) throw new Error(`${this.options.service} reacts to nothing`);
    return this.#handler;
  }

  async #load({ topic, partition, reactor }: ReactorPartition): Promise<HeldStreams> {
    // Another instance may have written it down, and not have reached this one.
    await this.own.catchUpWith(streamId(REACTOR, partitionId(topic, partition)));
    await this.#assign(topic, partition);
    const { streams, begun, uncertainUntil = '' } = this.#stateIn(topic, partition);
    const restored = (await this.#restored()) ?? '';
    const latest = restored > uncertainUntil ? restored : uncertainUntil;
    const beginning = begun[reactor];
    return {
      streams: streams.filter((one) => one.reactor === reactor),
      ...(latest !== '' && { uncertainUntil: latest }),
      ...(beginning && { begun: beginning }),
    };
  }

  /** What a release held in which all reactors were one: each of those that there are holds it, for each takes that one's progress over. */
  async #assign(topic: string, partition: number): Promise<void> {
    if (this.#stateIn(topic, partition).streams.every(({ reactor }) => reactor !== undefined)) return;
    const reactors = this.reactors.reactingTo(topic).map(({ name }) => name);
    await this.#record({ topic, partition }, { type: 'AssignHeldStreams', reactors });
  }

  async #record(where: Pick<HeldIn, 'topic' | 'partition'>, command: HeldCommand): Promise<void> {
    await this.send(where, command, { actor: `system:${this.options.service}` });
  }

  #stateIn(topic: string, partition: number): HeldState {
    return this.#streams.stateOf(partitionId(topic, partition)).state;
  }

  /** A log is restored while no service runs, so that this is looked up once. */
  #restored(): Promise<string | undefined> {
    this.#restoredAt ??= restoredAt(this.own.log).catch((error: unknown) => {
      this.#restoredAt = undefined;
      throw error;
    });
    return this.#restoredAt;
  }
}

interface ReactorPartition {
  readonly topic: string;
  readonly partition: number;
  readonly reactor: string;
}

const partitionIn = (stream: string, topic: string): number | undefined => {
  const start = streamId(REACTOR, `${topic}.`);
  return stream.startsWith(start) ? Number(stream.slice(start.length)) : undefined;
};
