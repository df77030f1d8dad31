import { type ConsumerAhead, consumersAhead } from '@ledgerline/es-backup';
import type { PartitionedLog } from '@ledgerline/es-core';
import type { Adapters } from '@ledgerline/es-nest/adapters';
import { doubtAllOutcomes, withConsumers } from '../backup/shop-consumers.js';
import { withoutServices } from '../backup/working-alone.js';
import { withAdapters, withLogs } from '../logs/shop-logs.js';
import type { Result } from '../terminal/print.js';

export interface AcceptOptions {
  /** Only says what it would do. */
  readonly dryRun?: boolean;
}

/**
 * `es restore --accept`: what has read further than the logs go is made from them again; all else goes on by itself. Effects whose
 * outcome may have been in what is lost wait for a person.
 */
export const acceptVerb = ({ dryRun = false }: AcceptOptions): Promise<Result> =>
  withAdapters((adapters) =>
    withoutServices(adapters, async () => {
      const { ahead, logs } = await withLogs(adapters, async (logs) => ({
        ahead: await broughtBack(logs, { adapters, dryRun }),
        logs: logs.map(({ topic, partitions }) => ({ topic, partitions })),
      }));
      // A process opens an embedded log once: for reading, and after that for writing.
      if (!dryRun && ahead.length > 0) await doubtAllOutcomes(adapters, logs);
      return { json: { accepted: !dryRun, ahead: ahead.map(jsonOf) }, text: textOf(ahead, dryRun) };
    }),
  );

interface HowToAccept {
  readonly adapters: Adapters;
  readonly dryRun: boolean;
}

const broughtBack = (
  logs: readonly PartitionedLog[],
  { adapters, dryRun }: HowToAccept,
): Promise<readonly ConsumerAhead[]> =>
  withConsumers(adapters, logs, async (consumers) => {
    const found = await consumersAhead(consumers, { logs, platform: adapters.platform });
    for (const line of found.map(sentenceOf)) process.stderr.write(`${line}\n`);
    if (!dryRun) for (const { consumer } of found) await consumer.drop();
    return found;
  });

const sentenceOf = ({ consumer, positions }: ConsumerAhead): string =>
  `${consumer.name} ${consumer.remedy}: it has read what the logs do not hold, ${positions.join(', ')}`;

const jsonOf = ({ consumer, positions }: ConsumerAhead) => ({
  name: consumer.name,
  remedy: consumer.remedy,
  positions,
});

const textOf = (ahead: readonly ConsumerAhead[], dryRun: boolean): string => {
  if (ahead.length === 0) return 'Nothing has read further than the logs go.';
  return dryRun ? 'Nothing was changed.' : 'Done; the services can be started.';
};
