import type { ReaderState } from '../chain/reader-state.js';
import { Unreadable } from '../errors.js';
import type { DocumentWrite, JsonObject, Parked, StoredDocument } from '../read-models/read-model-store.port.js';
import { requireStorable } from '../read-models/require-storable.js';
import type { Recorded } from '../recorded-event.js';
import { byRecord } from '../projection/by-record.js';
import { foldDocument } from '../projection/projection.js';
import { type MissedFrom, missedEvents } from './missed-events.js';
import { parkedEvent, type ParkedDocument, reasonOf } from './park.js';

/** How far one partition is folded. */
interface Place {
  readonly from: ReaderState | undefined;
  readonly ordinal: number;
}

/** Why the document stays parked. */
type Failure = Pick<Parked, 'at' | 'reason' | 'event'>;

/**
 * Folds what a parked document misses, in memory. More may be missed while it is read: asked again it goes on from where it
 * was, so a document that every chunk of the log touches is caught up with, too.
 */
export class CatchUp {
  readonly #places = new Map<string, Place>();
  #document: JsonObject | undefined;

  constructor(
    private readonly options: MissedFrom,
    private readonly begun: ParkedDocument,
  ) {
    this.#document = begun.document;
  }

  /** True as long as nobody else has folded the document on. */
  isFrom({ positions }: StoredDocument): boolean {
    const entries = Object.entries(positions);
    const before = this.begun.positions;
    return entries.length === Object.keys(before).length && entries.every(([key, at]) => before[key] === at);
  }

  /** The write that ends the parking; where the fold fails again, the one that says why. @throws LogDiverged, Unreadable */
  async write({ id, document, positions, revision, parked }: ParkedDocument): Promise<DocumentWrite> {
    const expectedRevision = revision;
    for (const key of Object.keys(parked.missed).sort()) {
      const failure = await this.#foldMissed(key, parked);
      if (failure) return { id, document, positions, expectedRevision, parked: { ...parked, ...failure } };
    }
    return { id, document: this.#document, positions: { ...positions, ...parked.missed }, expectedRevision };
  }

  async #foldMissed(key: string, { from: begins, missed }: Parked): Promise<Failure | undefined> {
    const { id, positions } = this.begun;
    const upTo = missed[key] ?? 0;
    const place = this.#places.get(key) ?? { from: begins[key], ordinal: positions[key] ?? 0 };
    const after = place.ordinal;
    let { from } = place;
    if (!from) throw new Unreadable(`where reading of ${key} begins for the parked document ${id}`, { id, key });
    if (after >= upTo) return undefined;
    for await (const chunk of missedEvents(this.options, { id, key, from, after, upTo })) {
      const failure = this.#fold(chunk.events);
      if (failure) {
        // The document is as it was before that event, which is tried again.
        this.#places.set(key, { from, ordinal: failure.event.ordinal - 1 });
        return failure;
      }
      ({ from } = chunk);
    }
    this.#places.set(key, { from, ordinal: upTo });
    return undefined;
  }

  #fold(events: readonly Recorded[]): Failure | undefined {
    const { projection, platform } = this.options;
    for (const record of byRecord(events)) {
      let [event] = record;
      try {
        let next = this.#document;
        for (event of record) next = foldDocument(projection, next, { event, id: this.begun.id });
        requireStorable(this.begun.id, next);
        this.#document = next;
      } catch (error) {
        const at = new Date(platform.now()).toISOString();
        return { at, reason: reasonOf(error), event: parkedEvent(event) };
      }
    }
    return undefined;
  }
}
