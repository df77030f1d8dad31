import type { JsonObject, Position, Recorded } from '@ledgerline/es-core';
import {
  byRecord,
  type Commit,
  documentIds,
  foldDocument,
  foldedEvents,
  type ProjectionRunnerOptions,
} from '@ledgerline/es-core/runtime';
import { partitionChunks } from '../read-models/partition-chunks.js';

export interface AsOf extends Pick<ProjectionRunnerOptions, 'projection' | 'sources' | 'platform'> {
  /** ISO 8601 in UTC, as `Date.toISOString` writes it. */
  readonly at: string;
  /** Whether the document of this id, as the store has it, goes into the answer; no other is folded. */
  readonly wants: (id: string) => boolean;
  /** Called after each chunk with how many events up to `at` it had; what it throws ends the reading. */
  readonly onRead: (events: number) => void;
}

/** Documents as they were, and the last position of each partition that they had seen. */
export interface PastDocuments<Document> {
  readonly documents: readonly Document[];
  readonly positions: readonly Position[];
}

/**
 * Folds what was recorded up to `at`, that moment included. Recorded time never goes back within a partition, so of each
 * partition that is a prefix; nothing behind it is read but the rest of a chunk. A document whose fold fails stays as it was
 * before, as it does in the read model until it is retried.
 */
export const foldAsOf = async (past: AsOf): Promise<PastDocuments<object>> => {
  const documents = new Map<string, JsonObject>();
  const parked = new Set<string>();
  const positions: Position[] = [];
  for (const source of past.sources)
    for (let partition = 0; partition < source.log.partitions; partition += 1) {
      const place = { topic: source.log.topic, partition };
      let ordinal = 0;
      for await (const { commits } of partitionChunks({ source, partition, platform: past.platform })) {
        const before = commits.filter(([{ time }]) => time <= past.at);
        past.onRead(before.reduce((sum, commit) => sum + commit.length, 0));
        ordinal = lastOrdinal(before) ?? ordinal;
        for (const record of byRecord(foldedEvents(past.projection, before, place)))
          apply({ documents, parked }, record, past);
        if (before.length < commits.length) break;
      }
      positions.push({ ...place, ordinal });
    }
  return { documents: [...documents.values()], positions };
};

const lastOrdinal = (commits: readonly Commit[]): number | undefined => commits.at(-1)?.at(-1)?.ordinal;

interface Folded {
  readonly documents: Map<string, JsonObject>;
  /** Not folded on: the fold could not take an event of theirs. */
  readonly parked: Set<string>;
}

const apply = ({ documents, parked }: Folded, record: readonly Recorded[], { projection, wants }: AsOf): void => {
  for (const id of new Set(record.flatMap((event) => documentIds(projection, event)))) {
    if (!wants(id) || parked.has(id)) continue;
    try {
      let document = documents.get(id);
      for (const event of record)
        if (documentIds(projection, event).includes(id)) document = foldDocument(projection, document, { event, id });
      if (document) documents.set(id, document);
      else documents.delete(id);
    } catch {
      parked.add(id); // The read model parked it as well, and said what it had been before.
    }
  }
};
