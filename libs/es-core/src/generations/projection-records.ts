import type { Projection } from '../projection/projection.js';
import type { DomainEvent } from '../decider.js';
import type { JsonObject, ReadModelStore } from '../read-models/read-model-store.port.js';
import { collectionOf } from './generation.js';
import type { Change } from './generation-changes.js';
import { generationsOf, NO_RECORD, type ProjectionRecord, toProjectionRecord } from './projection-record.js';

/** Reads and changes a projection's record. */
export class ProjectionRecords<E extends DomainEvent, Document extends JsonObject> {
  constructor(
    private readonly store: ReadModelStore,
    private readonly projection: Pick<Projection<E, Document>, 'name' | 'indexes'>,
  ) {}

  read(): Promise<ProjectionRecord> {
    return this.change((record) => record);
  }

  /**
   * Applies the change to the record as it is, again when somebody else was first, and answers what is stored then. The
   * collection of a generation is there before a record names it: whoever finds it missing knows that it was dropped.
   * @throws Unreadable when the stored record is none.
   */
  async change(change: Change): Promise<ProjectionRecord> {
    const { name } = this.projection;
    for (;;) {
      const stored = await this.store.record(name);
      const record = stored ? toProjectionRecord(name, stored.value) : NO_RECORD;
      const changed = change(record);
      if (changed === record) return record;
      await this.#makeNew(record, changed);
      if (await this.store.saveRecord(name, changed, stored?.revision ?? 0)) return changed;
    }
  }

  async #makeNew(before: ProjectionRecord, after: ProjectionRecord): Promise<void> {
    const { name, indexes } = this.projection;
    for (const generation of generationsOf(after))
      if (generation.number >= before.nextNumber)
        await this.store.ensure({ name: collectionOf(name, generation), indexes });
  }
}
