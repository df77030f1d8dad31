import type { StoredDocument } from '../read-models/read-model-store.port.js';

/**
 * The documents that the last chunk of each partition has written, as they were then: when the next chunk folds one of them on,
 * it need not be loaded. What somebody else wrote since is noticed by the conditional write.
 */
export class WrittenDocuments {
  readonly #byPartition = new Map<string, ReadonlyMap<string, StoredDocument>>();

  /** In place of what the partition's chunk before has written. */
  replace(key: string, written: ReadonlyMap<string, StoredDocument>): void {
    this.#byPartition.set(key, written);
  }

  /** The newest that is known; several partitions may have written it. */
  find(id: string): StoredDocument | undefined {
    let newest: StoredDocument | undefined;
    for (const written of this.#byPartition.values()) {
      const found = written.get(id);
      if (found && found.revision > (newest?.revision ?? 0)) newest = found;
    }
    return newest;
  }
}
