import { formatPosition, type JsonObject, partitionKey, type Projection, type Recorded } from '@ledgerline/es-core';
import type { StoredDocument } from '@ledgerline/es-core/adapter';
import { foldDocument } from '@ledgerline/es-core/runtime';
import { differingFields } from './differing-fields.js';
import type { Divergence, EventPlace } from './verification.js';

const NOTHING: JsonObject = {};

/** One document folded event by event beside the stored one, to tell where they part. */
export class DocumentHistory {
  #document: JsonObject | undefined;
  readonly #positions: Record<string, number> = {};
  readonly #lastChange = new Map<string, Recorded>();
  /** The event behind the last prefix whose fold is what is stored; null while there has been none. */
  #parting: Recorded | null = null;
  #equal: boolean;
  #unapplied: Recorded | undefined;
  #failed: Recorded | undefined;

  constructor(
    private readonly projection: Projection,
    private readonly id: string,
    private readonly stored: StoredDocument | undefined,
  ) {
    this.#equal = stored?.document === undefined;
  }

  take(event: Recorded): void {
    if (this.#failed) return;
    const key = partitionKey(event.context.topic, event.context.partition);
    if (this.#equal) this.#parting = event;
    if (event.context.ordinal > (this.stored?.positions[key] ?? 0)) this.#unapplied ??= event;
    const before = this.#document ?? NOTHING;
    try {
      this.#document = foldDocument(this.projection, this.#document, { event, id: this.id });
    } catch {
      // The stored document says that it has taken an event that cannot be taken: that is where they part.
      this.#failed = event;
      return;
    }
    this.#positions[key] = event.context.ordinal;
    for (const field of differingFields(before, this.#document ?? NOTHING)) {
      // Put at the end: the map is in the order of the last changes.
      this.#lastChange.delete(field);
      this.#lastChange.set(field, event);
    }
    this.#equal = isSame(this.#document, this.stored?.document);
  }

  /** How the stored document differs from what the log gives; undefined when it does not. */
  divergence(): Divergence | undefined {
    const { id } = this;
    if (this.#failed) return withEvent({ id, problem: this.#problem() }, this.#failed);
    const stored = this.stored?.document;
    if (!this.#document || !stored) {
      if (!this.#document && !stored) return undefined;
      return withEvent({ id, problem: this.#document ? 'missing' : 'extra' }, this.#parting);
    }
    const fields = differingFields(this.#document, stored);
    const first = this.#parting ?? [...this.#lastChange].find(([field]) => fields.includes(field))?.[1];
    const isBehind = differingFields(this.#positions, this.stored?.positions ?? {}).length > 0;
    if (isBehind) fields.push('positions');
    if (fields.length === 0) return undefined;
    return withEvent({ id, problem: 'different', fields }, this.#equal ? this.#unapplied : first);
  }

  #problem(): Divergence['problem'] {
    return this.stored?.document ? 'different' : 'missing';
  }
}

const isSame = (a: JsonObject | undefined, b: JsonObject | undefined): boolean =>
  a && b ? differingFields(a, b).length === 0 : a === b;

const withEvent = (divergence: Omit<Divergence, 'firstEvent'>, event: Recorded | null | undefined): Divergence =>
  event ? { ...divergence, firstEvent: placeOf(event) } : divergence;

const placeOf = ({ type, context }: Recorded): EventPlace => ({
  position: formatPosition(context),
  stream: context.stream,
  version: context.version,
  type,
});
