import { partitionKey, type Platform } from '@ledgerline/es-core';
import type { PartitionedLog } from '@ledgerline/es-core/adapter';
import { beforeGenesis, ChainReader, type Counted, verifyChain } from '@ledgerline/es-core/runtime';

/** A record that counts, with the place that a position names. */
export interface Placed extends Counted {
  readonly topic: string;
  readonly partition: number;
}

export interface LogToRead {
  readonly log: PartitionedLog;
  readonly platform: Platform;
  /** Told of each partition when it is begun, and of how many records were read, now and then. */
  readonly onProgress: (partition: string, records: number) => void;
}

/** Everything that counts in the topic, partition by partition, from the beginning. @throws LogMisconfigured, LogDiverged */
export async function* countedRecords({ log, platform, onProgress }: LogToRead): AsyncGenerator<Placed> {
  const logId = await verifyChain(log, platform);
  const { topic } = log;
  for (let partition = 0; partition < log.partitions; partition += 1) {
    onProgress(partitionKey(topic, partition), 0);
    const reader = new ChainReader({ log, partition, platform, state: beforeGenesis(logId), follow: false });
    try {
      for (let read = await reader.next(); read; read = await reader.next()) {
        for (const record of read.commits.flat()) yield Object.assign(record, { topic, partition });
        onProgress(partitionKey(topic, partition), read.state.ordinal);
      }
    } finally {
      await reader.close();
    }
  }
}
