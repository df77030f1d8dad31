import type { CommandMetadata } from '@ledgerline/es-core';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { NotFound } from '../../http/rejected.error.js';
import type { EventSourcingSettings } from '../../options/event-sourcing-options.js';
import { OPTIONS } from '../../tokens.js';
import { ServiceEventStore } from '../../store/service-event-store.js';
import { DeclaredReactors } from '../declared-reactors.js';
import { HeldStreamsOfService } from './held-streams.js';
import type { ParkedId, parkedReactions, retriedReaction } from './parked-reaction.view.js';
import { viewOf } from './parked-reaction.view.js';

type Ask = ParkedId &
  ({ readonly type: 'RetryReaction' } | { readonly type: 'DiscardReaction'; readonly reason: string });

/** So long an answer waits for the reactor; what takes longer goes on all the same. */
const ANSWERED_WITHIN_MS = 5_000;

/** What people see of parked reactions, and what they do about them. */
@Injectable()
export class ParkedReactionsDesk {
  constructor(
    private readonly held: HeldStreamsOfService,
    private readonly reactors: DeclaredReactors,
    private readonly store: ServiceEventStore,
    @Inject(OPTIONS) private readonly options: EventSourcingSettings,
  ) {}

  /** Those that were parked longest ago first. Behind one that is held no more the list begins again. */
  async list(query: { readonly limit: number; readonly cursor?: string | undefined }) {
    const all = await this.#views();
    const from = all.findIndex(({ id }) => id === query.cursor) + 1;
    const items = all.slice(from, from + query.limit);
    const next = from + query.limit < all.length ? items.at(-1)?.id : undefined;
    return { items, ...(next !== undefined && { next }) } satisfies z.output<typeof parkedReactions>;
  }

  /** Resolves when the stream goes on, or is held again, or after five seconds. @throws NotFound where it is not held because of it */
  async ask(
    id: string,
    { service, topic, partition, ...command }: Ask,
    metadata: CommandMetadata,
  ): Promise<z.output<typeof retriedReaction>> {
    const known = service === this.options.service && this.#topics.includes(topic);
    const answer = known ? await this.held.send({ topic, partition }, command, metadata) : undefined;
    if (answer?.status !== 'accepted')
      throw new NotFound('parked-reaction-not-found', 'nothing is held because of this message; see GET /parked');
    const isOver = async (): Promise<boolean> => (await this.#find({ topic, ...command }))?.status !== 'retrying';
    await this.#until(isOver);
    const parked = await this.#find({ topic, ...command });
    return { id, ...(parked && { parked }) };
  }

  /** Of several reactors that were asked the one that is not done yet, if there is one. */
  async #find({ topic, stream, reactor }: Pick<ParkedId, 'topic' | 'stream' | 'reactor'>) {
    const found = (await this.#views()).filter(
      (one) => one.topic === topic && one.stream === stream && (reactor ?? one.reactorName) === one.reactorName,
    );
    return found.find(({ status }) => status === 'retrying') ?? found[0];
  }

  get #topics(): readonly string[] {
    return this.reactors.topics.map(({ topic }) => topic);
  }

  async #views() {
    const { partitions } = this.store.log;
    const all = await Promise.all(this.#topics.map((topic) => this.held.list(topic, partitions)));
    return all.flat().map((one) => viewOf(one, this.options.service));
  }

  /** Looks again with every commit: what the reactor comes to is recorded. */
  async #until(isOver: () => Promise<boolean>): Promise<void> {
    let [isLate, look] = [false, (): void => undefined];
    const stopListening = this.store.onCommit(() => look());
    const cancel = this.store.platform.setTimer(ANSWERED_WITHIN_MS, () => {
      isLate = true;
      look();
    });
    try {
      for (;;) {
        const changed = new Promise<void>((resolve) => (look = resolve));
        if (isLate || (await isOver())) return;
        await changed;
      }
    } finally {
      cancel();
      stopListening();
    }
  }
}
