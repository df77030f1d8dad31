import type { ReaderState } from '../chain/reader-state.js';
import { isParked, parkedEvent, reasonOf, recordSkippedEvents } from '../parking/park.js';
import { DocumentParked, TooManyParked } from '../parking/parking.errors.js';
import type { Platform } from '../platform.js';
import type { DocumentWrite, ReadModelStore, StoredDocument } from '../read-models/read-model-store.port.js';
import { requireStorable } from '../read-models/require-storable.js';
import type { Recorded } from '../recorded-event.js';
import { byRecord } from './by-record.js';
import { documentIds, foldDocument, type Projection } from './projection.js';

export interface Application {
  readonly projection: Projection;
  readonly store: ReadModelStore;
  readonly collection: string;
  readonly platform: Platform;
  /** The partition that the events are from, `parcels.events/3`. */
  readonly key: string;
  /** Reading from here, all of the events come. */
  readonly from: ReaderState;
  /** Of one partition, in order. */
  readonly events: readonly Recorded[];
  /** A document as this runner has written it; undefined when it has to be loaded. */
  readonly known: (id: string) => StoredDocument | undefined;
  /** So many documents of the collection may be parked. */
  readonly parkedLimit: number;
  /** Told of every document that is parked, once it is. */
  readonly onParked: (parked: DocumentParked) => void;
}

interface Fold {
  readonly write: DocumentWrite;
  readonly failure?: unknown;
}

/**
 * Folds the events into their documents and writes each document once, if it has not applied them yet. Where somebody else
 * wrote a document meanwhile, that document is read and folded again. Where the fold fails, the document is parked as it was
 * before that event; of a parked document it is only kept what was not applied. Answers the documents that were written, as
 * they are then.
 * @throws TooManyParked when that would be one document more than are allowed; the others are written all the same.
 */
export const applyEvents = async (application: Application): Promise<ReadonlyMap<string, StoredDocument>> => {
  const { store, collection } = application;
  const written = new Map<string, StoredDocument>();
  let { known } = application;
  let touched = eventsByDocument(application);
  while (touched.size > 0) {
    const stored = await storedOf(application, [...touched.keys()], known);
    const folds = [...touched].flatMap(([id, events]) => folded(application, id, events, stored.get(id)) ?? []);
    const failed = folds.filter((fold) => 'failure' in fold);
    const refused = await refusedBy(application, failed);
    const writes = folds.filter((fold) => !refused || !failed.includes(fold)).map(({ write }) => write);
    const conflicts = new Set(writes.length > 0 ? await store.write(collection, writes) : []);
    if (refused) throw refused;
    for (const { write, failure } of failed)
      if (write.parked && !conflicts.has(write.id))
        application.onParked(new DocumentParked(collection, write.id, write.parked, failure));
    for (const { expectedRevision, ...rest } of writes)
      if (!conflicts.has(rest.id)) written.set(rest.id, { ...rest, revision: expectedRevision + 1 });
    touched = new Map([...touched].filter(([id]) => conflicts.has(id)));
    known = () => undefined;
  }
  return written;
};

/** The documents under these ids; those that are not known are loaded. */
const storedOf = async (
  { store, collection }: Application,
  ids: readonly string[],
  known: (id: string) => StoredDocument | undefined,
): Promise<ReadonlyMap<string, StoredDocument>> => {
  const held = ids.flatMap((id) => known(id) ?? []);
  const stored = new Map(held.map((document) => [document.id, document]));
  const unknown = ids.filter((id) => !stored.has(id));
  const loaded = unknown.length > 0 ? await store.load(collection, unknown) : [];
  for (const [id, document] of loaded) stored.set(id, document);
  return stored;
};

const eventsByDocument = ({ projection, events }: Application): Map<string, Recorded[]> => {
  const touched = new Map<string, Recorded[]>();
  for (const event of events)
    for (const id of documentIds(projection, event)) {
      const waiting = touched.get(id);
      if (waiting) waiting.push(event);
      else touched.set(id, [event]);
    }
  return touched;
};

const folded = (
  { projection, platform, key, from }: Application,
  id: string,
  events: readonly Recorded[],
  stored: StoredDocument | undefined,
): Fold | undefined => {
  if (isParked(stored)) {
    const write = recordSkippedEvents(stored, events, { key, from });
    return write && { write };
  }
  const before = stored?.positions[key] ?? 0;
  const unapplied = events.filter(({ context }) => context.ordinal > before);
  const last = unapplied.at(-1)?.context.ordinal;
  if (last === undefined) return undefined;
  let document = stored?.document;
  let applied = before;
  const expectedRevision = stored?.revision ?? 0;
  for (const record of byRecord(unapplied)) {
    let [event] = record;
    try {
      let next = document;
      for (event of record) next = foldDocument(projection, next, { event, id });
      requireStorable(id, next);
      document = next;
      applied = event.context.ordinal;
    } catch (failure) {
      const at = new Date(platform.now()).toISOString();
      const missed = { from: { [key]: from }, missed: { [key]: last } };
      const positions = { ...stored?.positions, ...(applied > 0 && { [key]: applied }) };
      const parked = { at, reason: reasonOf(failure), event: parkedEvent(event), ...missed };
      return { write: { id, document, positions, expectedRevision, parked }, failure };
    }
  }
  return { write: { id, document, positions: { ...stored?.positions, [key]: last }, expectedRevision } };
};

/** Why these documents may not be parked; undefined when they may. */
const refusedBy = async (
  { store, collection, parkedLimit }: Application,
  failed: readonly Fold[],
): Promise<TooManyParked | undefined> => {
  if (failed.length === 0) return undefined;
  const parked = await store.countParked(collection);
  return parked + failed.length > parkedLimit
    ? new TooManyParked(collection, parkedLimit, failed[0]?.failure)
    : undefined;
};
