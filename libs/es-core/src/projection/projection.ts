import type { DomainEvent } from '../aggregate/decision.js';
import { partitionKey } from '../position.js';
import type { CollectionSpec, JsonObject } from '../read-models/read-model-store.port.js';
import type { Recorded } from '../recorded-event.js';

/**
 * A read model as a fold: pure, so that a replay gives the same documents; the runner owns order, repeats and storage.
 * A document fed by several partitions must come out the same for every interleaving that keeps each partition's order.
 */
export interface Projection<E extends DomainEvent, Document extends JsonObject> {
  /** Stable, kebab-case; part of the collection's name. */
  readonly name: string;
  /** Goes up when the fold changes: the documents are then made anew. */
  readonly revision: number;
  readonly topics: readonly string[];
  readonly indexes: CollectionSpec['indexes'];
  /**
   * True: each partition folds a document part of its own (id `<id>#<topic>/<partition>`), and the query adds the parts up.
   * For documents that every partition feeds, which would otherwise be written by all of them.
   */
  readonly parts?: boolean;
  /** The ids of the documents that the event goes to; none for an event that this projection does not fold; one that is named twice is folded once. */
  documents(event: Recorded<E>): readonly string[];
  /** The document after the event; undefined removes it. */
  project(document: Document | undefined, event: Recorded<E>, id: string): Document | undefined;
}

/** The ids of the documents that the event goes to, as the store has them; each once. */
export const documentIds = <E extends DomainEvent, Document extends JsonObject>(
  projection: Pick<Projection<E, Document>, 'documents' | 'parts'>,
  event: Recorded<E>,
): readonly string[] => {
  const { topic, partition } = event.context;
  const names = [...new Set(projection.documents(event))];
  return projection.parts ? names.map((name) => `${name}#${partitionKey(topic, partition)}`) : names;
};

/** Ends a projection: a type of ours that was forgotten does not compile, a newer writer's is skipped. */
export const ignoreUnknown = <State>(_event: never, state: State): State => state;
