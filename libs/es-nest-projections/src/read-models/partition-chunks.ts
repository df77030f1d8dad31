import type { Platform } from '@ledgerline/es-core';
import { beforeGenesis, ChainReader, pause, type Progress, type Source } from '@ledgerline/es-core/runtime';

export interface PartitionPass {
  readonly source: Source;
  readonly partition: number;
  readonly platform: Platform;
  /** How long to rest after each chunk, as a multiple of what it took; 0 unless said otherwise. */
  readonly rest?: (() => number) | undefined;
}

/** What a partition holds, from its beginning to its end, under the chain rule; other work is let in between. */
export async function* partitionChunks({
  source,
  partition,
  platform,
  rest = () => 0,
}: PartitionPass): AsyncGenerator<Progress> {
  const { log, logId } = source;
  const reader = new ChainReader({ log, partition, platform, state: beforeGenesis(logId), follow: false });
  try {
    for (;;) {
      const began = performance.now();
      const progress = await reader.next();
      if (!progress) return;
      yield progress;
      // Reading and folding never waits for anything.
      await pause(platform, rest() * (performance.now() - began));
    }
  } finally {
    await reader.close();
  }
}
