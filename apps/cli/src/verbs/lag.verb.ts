import { partitionKey } from '@ledgerline/es-core';
import { withShop } from '../http/shop.js';
import { readHeads, type ReaderProgress, readProjections, readReactors } from '../progress/readers.js';
import type { Result } from '../terminal/print.js';
import { table } from '../terminal/table.js';

/** `es lag`: where every reader is, and where the log is. */
export const lagVerb = async (): Promise<Result> => {
  const readers = await withShop(async (shop) => {
    const reactors = await readReactors(shop);
    const projections = (await readProjections(shop)).flatMap(({ name, partitions }) =>
      partitions.map(({ refused: _refused, failure, ...place }): ReaderProgress => ({
        ...{ reader: name, ...place },
        ...(failure && { failure: failure.message }),
      })),
    );
    // Heads last: a reader is never shown ahead of the log.
    const heads = await readHeads(shop);
    return [...reactors, ...projections].map((one) => behind(one, heads.get(partitionKey(one.topic, one.partition))));
  });
  return { json: { readers }, text: textOf(readers) };
};

const behind = (one: ReaderProgress, head: number | undefined): ReaderProgress =>
  head === undefined ? one : { ...one, head, lag: Math.max(0, head - one.ordinal) };

const textOf = (readers: readonly ReaderProgress[]): string => {
  const stopped = readers.flatMap(({ reader, failure }) =>
    failure === undefined ? [] : [`${reader} has stopped: ${failure}`],
  );
  const rows = readers.map(({ reader, topic, partition, ordinal, head, lag }) => [
    ...[reader, partitionKey(topic, partition), ordinal, head ?? '', lag ?? ''],
  ]);
  return [table(['reader', 'partition', 'at', 'head', 'lag'], rows), ...stopped].join('\n');
};
