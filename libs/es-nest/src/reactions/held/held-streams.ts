import {
  CommandHandler,
  type CommandAnswer,
  type CommandMetadata,
  type HeldStreams,
  type ParkedReactions,
  restoredAt,
  streamId,
} from '@ledgerline/es-core';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DeclaredAggregates } from '../../aggregates/declared-aggregates.js';
import type { EventSourcingSettings } from '../../options/event-sourcing-options.js';
import { OPTIONS } from '../../tokens.js';
import { OwnEventStore } from '../../store/own-event-store.js';
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

/** The streams that this service's reactors hold, recorded in its own topic: `reactor-<topic>.<partition>`. */
@Injectable()
export class HeldStreamsOfService implements OnModuleInit {
  /** Absent where the service writes nothing, and so reacts to nothing. */
  #handler: CommandHandler<HeldStreamsAggregate> | undefined;
  #restoredAt: Promise<string | undefined> | undefined;

  constructor(
    private readonly own: OwnEventStore,
    private readonly declared: DeclaredAggregates,
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
  of(topic: string): ParkedReactions {
    const metadata = { actor: `system:${this.options.service}` };
    return {
      load: (partition) => this.#load(topic, partition),
      park: async (partition, parked) => {
        await this.send({ topic, partition }, { type: 'ParkReaction', ...parked }, metadata);
      },
      release: async (partition, stream) => {
        await this.send({ topic, partition }, { type: 'ReleaseStream', stream }, metadata);
      },
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
        const { streams } = await this.#state(topic, partition);
        return Object.values(streams).map((held): HeldIn => ({ ...held, topic, partition }));
      }),
    );
    return all.flat().sort((a, b) => (a.since < b.since ? -1 : 1));
  }

  get #streams(): CommandHandler<HeldStreamsAggregate> {
    if (!this.#handler) throw new Error(`${this.options.service} reacts to nothing`);
    return this.#handler;
  }

  async #load(topic: string, partition: number): Promise<HeldStreams> {
    // Another instance may have written it down, and not have reached this one.
    await this.own.catchUpWith(streamId(REACTOR, partitionId(topic, partition)));
    const { streams, uncertainUntil = '' } = this.#streams.stateOf(partitionId(topic, partition)).state;
    const restored = (await this.#restored()) ?? '';
    const latest = restored > uncertainUntil ? restored : uncertainUntil;
    return { streams: Object.values(streams), ...(latest !== '' && { uncertainUntil: latest }) };
  }

  async #state(topic: string, partition: number): Promise<HeldState> {
    await this.#streams.ensureUpToDate(partitionId(topic, partition));
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

const partitionIn = (stream: string, topic: string): number | undefined => {
  const start = streamId(REACTOR, `${topic}.`);
  return stream.startsWith(start) ? Number(stream.slice(start.length)) : undefined;
};
