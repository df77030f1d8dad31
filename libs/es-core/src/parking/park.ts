import type { ReaderState } from '../chain/reader-state.js';
import type { DocumentWrite, Parked, ParkedEvent, StoredDocument } from '../read-models/read-model-store.port.js';
import type { Recorded } from '../recorded-event.js';

/** A part of one partition, as a reader meets it. */
export interface LogRange {
  /** `parcels.events/3` */
  readonly key: string;
  /** Reading from here, everything in it comes. */
  readonly from: ReaderState;
}

export type ParkedDocument = StoredDocument & { readonly parked: Parked };

export const isParked = (stored: StoredDocument | undefined): stored is ParkedDocument => stored?.parked !== undefined;

const REASON_CHARACTERS = 1_000;

export const reasonOf = (error: unknown): string => {
  const text = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim();
  return (text === '' ? 'the fold failed and did not say why' : text).slice(0, REASON_CHARACTERS).toWellFormed();
};

export const parkedEvent = ({ type, context }: Recorded): ParkedEvent => {
  const { topic, partition, ordinal, stream, version, id } = context;
  return { topic, partition, ordinal, stream, version, type, id };
};

/** The write of a parked document after which these events are among the missed; undefined when they are already. */
export const recordSkippedEvents = (
  { id, document, positions, revision, parked }: ParkedDocument,
  events: readonly Recorded[],
  { key, from }: LogRange,
): DocumentWrite | undefined => {
  const last = events.at(-1)?.context.ordinal ?? 0;
  if (last <= Math.max(positions[key] ?? 0, parked.missed[key] ?? 0)) return undefined;
  return {
    ...{ id, document, positions, expectedRevision: revision },
    parked: {
      ...parked,
      from: { [key]: from, ...parked.from },
      missed: { ...parked.missed, [key]: last },
    },
  };
};
