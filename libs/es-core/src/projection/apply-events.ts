import type { DomainEvent } from '../decider.js';
import type {
  DocumentWrite,
  JsonObject,
  ReadModelStore,
  StoredDocument,
} from '../read-models/read-model-store.port.js';
import type { Recorded } from '../recorded-event.js';
import type { Projection } from './projection.js';

export interface Application<E extends DomainEvent, Document extends JsonObject> {
  readonly projection: Projection<E, Document>;
  readonly store: ReadModelStore;
  readonly collection: string;
  /** The partition that the events are from, `orders.events/3`. */
  readonly key: string;
  /** Of one partition, in order. */
  readonly events: readonly Recorded<E>[];
}

/**
 * Folds the events into their documents and writes each document once, if it has not applied them yet. Where somebody else
 * wrote a document meanwhile, that document is read and folded again.
 */
export const applyEvents = async <E extends DomainEvent, Document extends JsonObject>(
  application: Application<E, Document>,
): Promise<void> => {
  const { store, collection } = application;
  let touched = eventsByDocument(application);
  while (touched.size > 0) {
    const stored = await store.load(collection, [...touched.keys()]);
    const writes = [...touched].flatMap(([id, events]) => folded(application, id, events, stored.get(id)) ?? []);
    if (writes.length === 0) return;
    const conflicts = new Set(await store.write(collection, writes));
    touched = new Map([...touched].filter(([id]) => conflicts.has(id)));
  }
};

const eventsByDocument = <E extends DomainEvent, Document extends JsonObject>({
  projection,
  key,
  events,
}: Application<E, Document>): Map<string, Recorded<E>[]> => {
  const touched = new Map<string, Recorded<E>[]>();
  for (const event of events)
    for (const document of new Set(projection.documents(event))) {
      const id = projection.parts ? `${document}#${key}` : document;
      const waiting = touched.get(id);
      if (waiting) waiting.push(event);
      else touched.set(id, [event]);
    }
  return touched;
};

const folded = <E extends DomainEvent, Document extends JsonObject>(
  { projection, key }: Application<E, Document>,
  id: string,
  events: readonly Recorded<E>[],
  stored: StoredDocument | undefined,
): DocumentWrite | undefined => {
  const applied = stored?.positions[key] ?? 0;
  const fresh = events.filter(({ context }) => context.ordinal > applied);
  const last = fresh.at(-1);
  if (!last) return undefined;
  // The store gives back what this projection wrote: the one place where its type is known again.
  let document = stored?.document as Document | undefined;
  for (const event of fresh) document = projection.project(document, event, id);
  const positions = { ...stored?.positions, [key]: last.context.ordinal };
  return { id, document, positions, expectedRevision: stored?.revision ?? 0 };
};
