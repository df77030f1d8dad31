import { type ConsumerAhead, consumersAhead } from '@ledgerline/es-backup';
import { doubtAllOutcomes, withConsumers } from '../backup/shop-consumers.js';
import { withoutServices } from '../backup/working-alone.js';
import { withStorage, withLogs } from '../logs/shop-logs.js';
import type { Result } from '../terminal/print.js';

export interface AcceptOptions {
  /** Only says what it would do. */
  readonly dryRun?: boolean;
}

/**
 * `es restore --accept`: what has read further than the logs go is made from them again; all else goes on by itself. Effects whose
 * outcome may have been in what is lost wait for a person: that is recorded first, and whatever has read how far, for while anything is
 * ahead no service starts. Killed at any instant, it may be run again.
 */
export const acceptVerb = ({ dryRun = false }: AcceptOptions, doubt = doubtAllOutcomes): Promise<Result> =>
  withStorage((storage) =>
    withoutServices(storage, async () => {
      const topics = await withLogs(storage, (logs) =>
        Promise.resolve(logs.map(({ topic, partitions }) => ({ topic, partitions }))),
      );
      const ahead = await withConsumers(storage, topics, async (consumers) => {
        const { platform } = storage;
        // A process opens an embedded log once: for reading, and after that for writing.
        const found = await withLogs(storage, (logs) => consumersAhead(consumers, { logs, platform }));
        for (const line of found.map(sentenceOf)) process.stderr.write(`${line}\n`);
        if (dryRun) return found;
        await doubt(storage, topics);
        for (const { consumer } of found) await consumer.drop();
        return found;
      });
      return { json: { accepted: !dryRun, ahead: ahead.map(jsonOf) }, text: textOf(ahead, dryRun) };
    }),
  );

const sentenceOf = ({ consumer, positions }: ConsumerAhead): string =>
  `${consumer.name} ${consumer.remedy}: it has read what the logs do not hold, ${positions.join(', ')}`;

const jsonOf = ({ consumer, positions }: ConsumerAhead) => ({
  name: consumer.name,
  remedy: consumer.remedy,
  positions,
});

const textOf = (ahead: readonly ConsumerAhead[], dryRun: boolean): string => {
  const nothing = ahead.length === 0 ? ['Nothing has read further than the logs go.'] : [];
  const done = dryRun
    ? 'Nothing was changed.'
    : 'Done: effects whose outcome may be lost wait for a person; the services can be started.';
  return [...nothing, done].join(' ');
};
