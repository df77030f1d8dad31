import {
  type DomainEvent,
  type JsonObject,
  type PartitionStatus,
  partitionKey,
  type ProjectionRunnerOptions,
  type StoredDocument,
} from '@ledgerline/es-core';
import { differingFields } from './differing-fields.js';
import { replay } from './replay.js';

export interface VerificationOptions<E extends DomainEvent, Document extends JsonObject> extends Pick<
  ProjectionRunnerOptions<E, Document>,
  'projection' | 'sources' | 'store' | 'platform'
> {
  readonly collection: string;
  /** How far the projection says it has come. */
  readonly status: () => readonly PartitionStatus[];
}

export interface Divergence {
  /** The document's. */
  readonly id: string;
  /** The log gives a document that is not there; there is one that the log does not give; they differ. */
  readonly problem: 'missing' | 'extra' | 'different';
  /** Where they differ; `positions` when the document says it has applied something else than it has. */
  readonly fields?: string[];
}

/** What a replay of the log says of a read model. */
export interface Verification {
  /** Documents that were compared. */
  readonly checked: number;
  readonly divergent: Divergence[];
}

/**
 * Folds the log from its beginning in memory and compares every document. While it runs the projection may go on: each
 * document is compared at the positions that it says it has applied, and at least those that the projection had applied
 * before the documents were read.
 * @throws LogDiverged when the log does not even hold what the projection has applied.
 */
export const verifyReadModel = async <E extends DomainEvent, Document extends JsonObject>(
  options: VerificationOptions<E, Document>,
): Promise<Verification> => {
  const applied = new Map(
    options.status().map(({ topic, partition, ordinal }) => [partitionKey(topic, partition), ordinal]),
  );
  const stored = new Map((await options.store.find(options.collection, {})).map((one) => [one.id, one]));
  const expected = await replay({ ...options, applied, stored });
  const ids = new Set([...stored.keys(), ...expected.keys()]);
  const divergent: Divergence[] = [];
  for (const id of ids) {
    const divergence = compare(id, expected.get(id), stored.get(id));
    if (divergence) divergent.push(divergence);
  }
  return { checked: ids.size, divergent };
};

type Folded = Pick<StoredDocument, 'document' | 'positions'>;

const compare = (
  id: string,
  expected: Folded | undefined,
  stored: StoredDocument | undefined,
): Divergence | undefined => {
  if (!stored?.document) return expected?.document && { id, problem: 'missing' };
  if (!expected?.document) return { id, problem: 'extra' };
  const fields = differingFields(expected.document, stored.document);
  if (differingFields(expected.positions, stored.positions).length > 0) fields.push('positions');
  return fields.length > 0 ? { id, problem: 'different', fields } : undefined;
};
