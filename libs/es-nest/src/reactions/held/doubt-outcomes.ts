import { CommandHandler, EventStore, type Platform } from '@ledgerline/es-core';
import type { PartitionedLog, StreamIndex } from '@ledgerline/es-core/adapter';
import { heldStreamsIn } from './held-streams.aggregate.js';
import { partitionId } from './held-streams.events.js';

export interface DoubtOptions {
  readonly service: string;
  /** The topic that the service writes, and an index of it or an empty one: no other process works on them. */
  readonly log: PartitionedLog;
  readonly index: StreamIndex;
  readonly platform: Platform;
  /** So far the clock may be from the log's. */
  readonly maxClockSkewMs: number;
  /** The topics that the service reacts to. */
  readonly reactsTo: readonly Pick<PartitionedLog, 'topic' | 'partitions'>[];
}

/**
 * Records that the log has lost its end: effects of everything that was recorded until now, and whose outcome is not, wait for a
 * person. A repeat records it again, with its own time.
 * @throws LogUnavailable, LogDiverged
 */
export const doubtOutcomes = async ({ service, reactsTo, maxClockSkewMs, ...own }: DoubtOptions): Promise<void> => {
  const { platform } = own;
  // What the writer meets fails the command that it keeps from being recorded.
  const limits = { maxClockSkewMs };
  const store = await EventStore.open({ ...own, source: service, limits, onTrouble: () => undefined });
  try {
    const reactors = new CommandHandler(heldStreamsIn(store.topic), { store, platform });
    const command = { type: 'DoubtOutcomes', until: new Date(platform.now()).toISOString() } as const;
    for (const { topic, partitions } of reactsTo)
      for (let partition = 0; partition < partitions; partition += 1)
        await reactors.send(partitionId(topic, partition), command, { actor: 'system:restore-accept' });
  } finally {
    await store.close();
  }
};
