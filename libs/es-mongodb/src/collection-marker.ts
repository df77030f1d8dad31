import { CollectionLost, type EsError, ReadModelsUnavailable, Unreadable } from '@ledgerline/es-core';
import type { ReaderState } from '@ledgerline/es-core/adapter';
import { type Collection, type Db, type Filter, MongoServerError, ObjectId } from 'mongodb';
import { isObject, isState } from './stored-shape.js';

export const DUPLICATE_KEY = 11_000;

const MARKER = { marker: true } as const;

/** One document of each collection that is not a read model's: it was made by `ensure`, and goes with the collection. */
interface Marker {
  readonly _id: typeof MARKER;
  /** Tells the collection from one of the same name that was made after it was dropped. */
  readonly life: ObjectId;
  readonly checkpoints: Readonly<Record<string, unknown>>;
}

/** Which collections there are, and how far each has been read. */
export class CollectionMarkers {
  readonly #lives = new Map<string, ObjectId>();

  constructor(private readonly database: Db) {}

  /** Marks the collection, unless it is; what lies there without a mark is left from one that was dropped, and goes. */
  async make(name: string): Promise<void> {
    const markers = this.#in(name);
    // In this order: whoever writes documents has seen the mark before.
    const occupied = await markers.findOne({}, { projection: { _id: 1 } });
    if (occupied && !(await markers.findOne({ _id: MARKER }))) await markers.drop();
    try {
      await markers.insertOne({ _id: MARKER, life: new ObjectId(), checkpoints: {} });
    } catch (error) {
      if (!(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY) throw error;
    }
    this.#lives.set(name, (await this.#find(name)).life);
  }

  /**
   * @throws CollectionLost when the collection is not the one any more that this handle has worked with.
   * @throws ReadModelsUnavailable while that is not known.
   */
  async requireIn(name: string): Promise<void> {
    this.#lives.set(name, (await this.#find(name, this.#lives.get(name))).life);
  }

  async names(): Promise<readonly string[]> {
    const listed = await this.database.listCollections({}, { nameOnly: true }).toArray();
    const marked = await Promise.all(listed.map(({ name }) => this.#in(name).findOne({ _id: MARKER })));
    return listed.map(({ name }) => name).filter((_, i) => marked[i] !== null);
  }

  /** Drops the collection; nothing happens when there is none. */
  async drop(name: string): Promise<void> {
    this.#lives.delete(name);
    try {
      await this.database.dropCollection(name);
    } catch (error) {
      if (await this.database.listCollections({ name }, { nameOnly: true }).hasNext()) throw error;
    }
  }

  async checkpoints(name: string): Promise<ReadonlyMap<string, ReaderState>> {
    const { checkpoints = {} } = (await this.#in(name).findOne({ _id: MARKER })) ?? {};
    const states = new Map<string, ReaderState>();
    for (const [field, state] of Object.entries(checkpoints)) {
      const key = decodeURIComponent(field);
      if (!isState(state)) throw new Unreadable(`the checkpoint of ${key} in ${name}`, { collection: name, key });
      states.set(key, state);
    }
    return states;
  }

  /** In the mark itself: where the collection is gone there is nothing to update. */
  async saveCheckpoint(name: string, key: string, state: ReaderState): Promise<void> {
    const life = this.#lives.get(name);
    const field = `checkpoints.${fieldOf(key)}`;
    const further: Filter<Marker> = {
      ...{ _id: MARKER, ...(life && { life }) },
      $or: [{ [`${field}.ordinal`]: { $lte: state.ordinal } }, { [`${field}.logId`]: { $ne: state.logId } }],
    };
    const { matchedCount } = await this.#in(name).updateOne(further, { $set: { [field]: { ...state } } });
    if (matchedCount === 0) await this.requireIn(name);
  }

  #in(name: string): Collection<Marker> {
    return this.database.collection<Marker>(name);
  }

  /** Of this life, if one is given. */
  async #find(name: string, life?: ObjectId): Promise<Marker> {
    const marker = await this.#in(name).findOne({ _id: MARKER });
    if (!marker) throw await this.#absence(name, life);
    if (!(marker.life instanceof ObjectId) || !isObject(marker.checkpoints))
      throw new Unreadable(`the mark of ${name}`, { collection: name });
    if (life && !life.equals(marker.life)) throw await this.#absence(name, life);
    return marker;
  }

  /** A new primary does not know at once all that a majority has: what was made a moment ago is not lost then. */
  async #absence(name: string, life?: ObjectId): Promise<EsError> {
    const marker = await this.#in(name).findOne({ _id: MARKER }, { readConcern: { level: 'local' } });
    return marker && (!life || life.equals(marker.life))
      ? new ReadModelsUnavailable(`it is not known yet that a majority has ${name}`)
      : new CollectionLost(name);
  }
}

/** Dots lead into documents, and a dollar begins an operator. */
const fieldOf = (key: string): string =>
  key.replace(/[%.$]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
