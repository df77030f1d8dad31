import type { Projection } from '../projection/projection.js';
import type { ReadModelStore } from '../read-models/read-model-store.port.js';
import { collectionOf, numberIn } from './generation.js';
import type { Change } from './generation-changes.js';
import { generationsOf, NO_RECORD, type ProjectionRecord, toProjectionRecord } from './projection-record.js';

/** Reads and changes a projection's record. */
export class ProjectionRecords {
  #nextNumber = NO_RECORD.nextNumber;

  constructor(
    private readonly store: ReadModelStore,
    private readonly projection: Pick<Projection, 'name' | 'indexes'>,
  ) {}

  /**
   * Applies the change to the record as it is, again when somebody else was first, and answers what is stored then. The
   * collection of a generation is there before a record names it: whoever finds it missing knows that it was dropped.
   * @throws Unreadable when the stored record is none.
   */
  async change(change: Change): Promise<ProjectionRecord> {
    const { name } = this.projection;
    for (;;) {
      const stored = await this.store.record(name);
      const record = stored ? toProjectionRecord(name, stored.value) : await this.#noRecord();
      const changed = change(record);
      if (changed !== record) await this.#makeNew(record, changed);
      if (changed === record || (await this.store.saveRecord(name, changed, stored?.revision ?? 0))) {
        this.#nextNumber = changed.nextNumber;
        return changed;
      }
    }
  }

  /**
   * Before the first start, or where somebody removed the record: its generations may lie there still, or be open here. A new
   * one under the number of any of them would go on with documents that nobody knows anything about.
   */
  async #noRecord(): Promise<ProjectionRecord> {
    const numbers = (await this.store.collections()).map((name) => numberIn(this.projection.name, name) ?? 0);
    return { ...NO_RECORD, nextNumber: Math.max(this.#nextNumber, ...numbers.map((number) => number + 1)) };
  }

  async #makeNew(before: ProjectionRecord, after: ProjectionRecord): Promise<void> {
    const { name, indexes } = this.projection;
    for (const generation of generationsOf(after))
      if (generation.number >= before.nextNumber)
        await this.store.ensure({ name: collectionOf(name, generation), indexes });
  }
}
