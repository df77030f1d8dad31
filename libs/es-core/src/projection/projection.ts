import type { EventCatalogue } from '../catalogue.js';
import type { DomainEvent } from '../aggregate/decision.js';
import { type EventContext, type Recorded } from '../recorded-event.js';
import { partitionKey } from '../position.js';
import type { CollectionSpec, JsonObject } from '../read-models/read-model-store.port.js';
import type { Schema } from '../schema.js';

/** A topic with the meaning of its events. */
export interface ProjectedEvents {
  readonly topic: string;
  readonly catalogue: EventCatalogue<DomainEvent>;
}

/** What becomes of documents by one type of event. */
export interface Folding<Document extends object = object> {
  /** The id of the document that the event goes to, or several; an empty list where it goes to none. Each is folded once. */
  document(event: Recorded): string | readonly string[];
  /** The document after the event; undefined removes it. */
  fold(document: Document | undefined, event: Recorded, id: string): Document | undefined;
}

/**
 * A read model as a fold: pure, so that a replay gives the same documents; the runner owns order, repeats and storage.
 * A document fed by several partitions must come out the same for every interleaving that keeps each partition's order.
 * Made by `defineProjection`.
 */
export interface Projection<Document extends object = object> {
  /** Stable, kebab-case; part of the collection's name. */
  readonly name: string;
  /** Goes up when the fold changes: the documents are then built again. */
  readonly revision: number;
  /** The topics that are read, each once. */
  readonly from: readonly ProjectedEvents[];
  /** Says what a document is: its type, and what an API description tells of it. */
  readonly document: Schema<Document, unknown>;
  readonly indexes: CollectionSpec['indexes'];
  /**
   * True: each partition folds a document of its own (id `<id>#<topic>/<partition>`), and the query adds them up.
   * For documents that every partition feeds, which would otherwise be written by all of them.
   */
  readonly partitioned: boolean;
  /** By the type of event. An event that is not named here is skipped without being parsed. */
  readonly on: Readonly<Record<string, Folding<Document>>>;
}

/** The events that a projection names. */
export const isFolded = ({ on }: Pick<Projection, 'on'>, type: string): boolean => Object.hasOwn(on, type);

/** The ids of the documents that the event goes to, as the store has them; each once. */
export const documentIds = (projection: Pick<Projection, 'on' | 'partitioned'>, event: Recorded): readonly string[] => {
  if (!isFolded(projection, event.type)) return [];
  const names = projection.on[event.type]?.document(event) ?? [];
  const ids = typeof names === 'string' ? [names] : names.length > 1 ? [...new Set(names)] : names;
  return projection.partitioned ? ids.map((id) => documentId(projection, id, event.context)) : ids;
};

/** The store's id of the document that a projection calls `id`, for events of this partition. */
export const documentId = ({ partitioned }: Pick<Projection, 'partitioned'>, id: string, place: Place): string =>
  partitioned ? `${id}${partOf(place)}` : id;

/** The document under the store's id after the event, which goes to it. Whether it can be stored is not looked at here. */
export const foldDocument = (
  { on, partitioned }: Pick<Projection, 'on' | 'partitioned'>,
  document: JsonObject | undefined,
  { event, id }: { readonly event: Recorded; readonly id: string },
): JsonObject | undefined => {
  const name = partitioned ? id.slice(0, -partOf(event.context).length) : id;
  return on[event.type]?.fold(document, event, name) as JsonObject | undefined;
};

type Place = Pick<EventContext, 'topic' | 'partition'>;

const partOf = ({ topic, partition }: Place): string => `#${partitionKey(topic, partition)}`;
