import { type JsonObject, partitionKey, type Positions, type Projection, type Recorded } from '@ledgerline/es-core';
import type { StoredDocument } from '@ledgerline/es-core/adapter';
import { documentIds, foldDocument } from '@ledgerline/es-core/runtime';
import { partitionEvents, type ReplayEnd, type ReplayOptions } from './replayed-log.js';
import { targetIn } from './verification.js';

/** Documents whose ids lie behind `after` and not behind `upTo`, by code unit. */
export interface IdRange {
  readonly after: string | undefined;
  /** Undefined: to the end. */
  readonly upTo: string | undefined;
}

export interface ExpectedDocument {
  readonly document: JsonObject | undefined;
  readonly positions: Positions;
  /** The fold could not take an event: what it gives cannot be told. */
  readonly failed?: true;
}

export interface Expectation {
  readonly range: IdRange;
  readonly isLookedAt: (id: string) => boolean;
  readonly stored: ReadonlyMap<string, StoredDocument>;
  readonly applied: ReadonlyMap<string, number>;
  /** So many are kept at most; where the log gives more, the range ends earlier. */
  readonly most: number;
}

/** What the log gives for the documents of the range, and the range as far as they were kept. */
export const expectedDocuments = async (
  options: ReplayOptions,
  { range: { after, upTo: end }, isLookedAt, stored, applied, most }: Expectation,
): Promise<{ readonly documents: ReadonlyMap<string, ExpectedDocument>; readonly range: IdRange }> => {
  const documents = new Map<string, ExpectedDocument>();
  let upTo = end;
  const isWanted = (id: string): boolean =>
    (after === undefined || id > after) && (upTo === undefined || id <= upTo) && isLookedAt(id);
  const endOf = (key: string): ReplayEnd => {
    const end = applied.get(key) ?? 0;
    let ordinal = end;
    for (const document of stored.values()) ordinal = Math.max(ordinal, targetIn(key, document, applied));
    return { ordinal, applied: end };
  };
  for (const chunks of partitionEvents(options, endOf))
    for await (const events of chunks) {
      for (const event of events) {
        const { topic, partition, ordinal } = event.context;
        const key = partitionKey(topic, partition);
        for (const id of documentIds(options.projection, event))
          if (isWanted(id) && ordinal <= targetIn(key, stored.get(id), applied))
            documents.set(id, folded(options.projection, documents.get(id), { event, id }));
      }
      if (documents.size > most) upTo = shortened(documents, most / 2);
    }
  return { documents, range: { after, upTo } };
};

/** Keeps the first so many by id, and answers the id of the last of them. */
const shortened = (documents: Map<string, ExpectedDocument>, keep: number): string | undefined => {
  const ids = [...documents.keys()].sort();
  for (const id of ids.slice(keep)) documents.delete(id);
  return ids[keep - 1];
};

const folded = (
  projection: Projection,
  before: ExpectedDocument | undefined | undefined,
  { event, id }: { readonly event: Recorded; readonly id: string },
): ExpectedDocument => {
  if (before?.failed) return before;
  const { topic, partition, ordinal } = event.context;
  try {
    return {
      document: foldDocument(projection, before?.document, { event, id: id }),
      positions: { ...before?.positions, [partitionKey(topic, partition)]: ordinal },
    };
  } catch {
    // The document is looked at once more, event by event, and then it is said which one this was.
    return { document: before?.document, positions: before?.positions ?? {}, failed: true };
  }
};
