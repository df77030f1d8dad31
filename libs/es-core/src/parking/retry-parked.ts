import type { ReadModelStore, StoredDocument } from '../read-models/read-model-store.port.js';
import { CatchUp } from './catch-up.js';
import type { MissedFrom } from './missed-events.js';
import { isParked } from './park.js';

export interface Retry extends MissedFrom {
  readonly store: ReadModelStore;
  readonly collection: string;
  readonly id: string;
}

/**
 * Folds what was not applied to a parked document, and lets it be folded on from there; what is missed meanwhile is folded as
 * well. Where the fold fails again it stays parked, with the newer reason. Answers the document as it is then; undefined
 * when there is none. Nothing happens to one that is not parked.
 * @throws LogDiverged, Unreadable when what was missed cannot be read any more.
 */
export const retryParked = async (retry: Retry): Promise<StoredDocument | undefined> => {
  const { store, collection, id } = retry;
  for (let catchUp: CatchUp | undefined; ;) {
    const stored = (await store.load(collection, [id])).get(id);
    if (!isParked(stored)) return stored;
    if (!catchUp?.isFrom(stored)) catchUp = new CatchUp(retry, stored);
    const write = await catchUp.write(stored);
    if ((await store.write(collection, [write])).length === 0) {
      const { expectedRevision, ...written } = write;
      return { ...written, revision: expectedRevision + 1 };
    }
  }
};
