import {
  beforeGenesis,
  ChainReader,
  type DomainEvent,
  pause,
  type Platform,
  type Progress,
  type Source,
} from '@ledgerline/es-core';

export interface PartitionPass {
  readonly source: Pick<Source<DomainEvent>, 'log' | 'logId'>;
  readonly partition: number;
  readonly platform: Platform;
}

/** What a partition holds, from its beginning to its end, under the chain rule; other work is let in between. */
export async function* partitionChunks({ source, partition, platform }: PartitionPass): AsyncGenerator<Progress> {
  const { log, logId } = source;
  const reader = new ChainReader({ log, partition, platform, state: beforeGenesis(logId), follow: false });
  try {
    for (let progress = await reader.next(); progress; progress = await reader.next()) {
      yield progress;
      // Reading and folding never waits for anything.
      await pause(platform, 0);
    }
  } finally {
    await reader.close();
  }
}
