import { partitionKey, type Projection, type Recorded } from '@ledgerline/es-core';
import { seededRandom } from '../platform/seeded-random.js';
import { type Documents, foldDocuments } from './fold-documents.js';
import { assertSame } from './same.js';

export interface InterleavingOptions {
  readonly seed: number;
  /** How many random interleavings are folded, beside the one partition after the other. */
  readonly runs: number;
}

/**
 * Folds the events in many interleavings that keep each partition's order and answers the documents, which have to be the
 * same every time; the failure names the seed, the run and the order. One list per partition, each of one partition only.
 */
export const permutedInterleavings = <Document extends object>(
  projection: Projection<Document>,
  eventsByPartition: readonly (readonly Recorded[])[],
  { seed, runs }: InterleavingOptions,
): Documents<Document> => {
  assertPartitioned(eventsByPartition);
  const random = seededRandom(seed);
  const documents = foldDocuments(projection, eventsByPartition.flat());
  for (let run = 1; run <= runs; run += 1) {
    const events = interleave(eventsByPartition, random);
    assertSame(
      Object.fromEntries(foldDocuments(projection, events)),
      Object.fromEntries(documents),
      `${projection.name} depends on the order of partitions (seed ${seed}, run ${run}): ${events.map(nameOf).join(', ')}`,
    );
  }
  return documents;
};

/** Every interleaving of these events is as likely as any other. */
const interleave = <T>(lists: readonly (readonly T[])[], random: () => number): T[] => {
  const sources = lists.flatMap((list, index) => list.map(() => index));
  for (let i = sources.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [sources[i], sources[j]] = [sources[j] ?? 0, sources[i] ?? 0];
  }
  const iterators = lists.map((list) => list.values());
  return sources.flatMap((source) => {
    const next = iterators[source]?.next();
    return next?.done === false ? [next.value] : [];
  });
};

const nameOf = ({ type, context }: Recorded): string =>
  `${type} of ${partitionKey(context.topic, context.partition)}@${context.ordinal}`;

const assertPartitioned = (lists: readonly (readonly Recorded[])[]): void => {
  const partitions = lists.map(
    (list) => new Set(list.map(({ context }) => partitionKey(context.topic, context.partition))),
  );
  const all = partitions.flatMap((keys) => [...keys]);
  if (partitions.some(({ size }) => size > 1) || new Set(all).size < all.length)
    throw new Error(`each list needs a partition of its own, these have ${all.join(', ')}`);
};
