import { beforeGenesis, ChainReader, type Counted, verifyChain } from '@ledgerline/es-core/runtime';
import { nodePlatform as platform } from '@ledgerline/es-embedded';
import { openKafkaLog } from '@ledgerline/es-kafka';

export interface CountedLog {
  readonly records: readonly Counted[];
  /** Records that no reader takes. */
  readonly refused: number;
}

/** All that counts in a topic on Kafka, read from its beginning by the chain rule alone. */
export const countedLog = async (
  topic: string,
  brokers: readonly string[],
  topicPrefix: string,
): Promise<CountedLog> => {
  const connection = { brokers, topicPrefix, clientId: 'e2e' };
  const log = await openKafkaLog({ connection, topic, role: 'reader' });
  try {
    const logId = await verifyChain(log, platform);
    const records: Counted[] = [];
    let refused = 0;
    for (let partition = 0; partition < log.partitions; partition += 1) {
      const reader = new ChainReader({ log, partition, platform, state: beforeGenesis(logId), follow: false });
      for (let progress = await reader.next(); progress; progress = await reader.next())
        records.push(...progress.commits.flat());
      refused += reader.refused;
      await reader.close();
    }
    return { records, refused };
  } finally {
    await log.close();
  }
};
