import { partitionKey, type Platform } from '@ledgerline/es-core';
import type { PartitionedLog, ReaderState } from '@ledgerline/es-core/adapter';
import { beforeGenesis, Chain } from '@ledgerline/es-core/runtime';

/** What a partition has to hold: this hash at this ordinal. */
export interface Mark {
  readonly ordinal: number;
  readonly head: string;
}

export interface PartitionToPass {
  readonly log: PartitionedLog;
  readonly logId: string;
  readonly partition: number;
  readonly platform: Platform;
  readonly onProgress: (partition: string, records: number) => void;
}

export interface Passed<M extends Mark> {
  /** At the partition's end. */
  readonly state: ReaderState;
  /** The last mark that the partition holds. */
  readonly held: M | undefined;
  /** The first mark that it does not hold, and what is in its place; nothing where it ends before. */
  readonly broken: { readonly mark: M; readonly found: string | undefined } | undefined;
}

/** Reads the partition from its beginning by the chain rule, and looks at the marks on the way. */
export const passMarks = async <M extends Mark>(target: PartitionToPass, marks: readonly M[]): Promise<Passed<M>> => {
  const inOrder = [...marks].sort((a, b) => a.ordinal - b.ordinal);
  const chain = new Chain(target.platform, beforeGenesis(target.logId));
  const hashes = await hashesAt(new Set(inOrder.map(({ ordinal }) => ordinal)), chain, target);
  const first = inOrder.findIndex(({ ordinal, head }) => hashes.get(ordinal) !== head);
  const mark = inOrder[first];
  return {
    state: chain.state,
    held: mark ? inOrder[first - 1] : inOrder.at(-1),
    broken: mark && { mark, found: hashes.get(mark.ordinal) },
  };
};

const hashesAt = async (
  ordinals: ReadonlySet<number>,
  chain: Chain,
  { log, partition, onProgress }: PartitionToPass,
): Promise<ReadonlyMap<number, string>> => {
  const hashes = new Map<number, string>();
  onProgress(partitionKey(log.topic, partition), 0);
  const reader = log.read(partition, { from: 0, follow: false });
  try {
    for (let chunk = await reader.next(); chunk; chunk = await reader.next()) {
      for (const record of chunk.records)
        for (const { ordinal, hash } of chain.take(record) ?? []) if (ordinals.has(ordinal)) hashes.set(ordinal, hash);
      onProgress(partitionKey(log.topic, partition), chain.state.ordinal);
    }
  } finally {
    await reader.close();
  }
  return hashes;
};
