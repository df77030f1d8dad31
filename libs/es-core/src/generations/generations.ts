import { CollectionLost, ReadModelsUnavailable } from '../errors.js';
import { pause } from '../platform.js';
import { discardKey, withoutDiscarded } from '../parking/discards.js';
import { retryParked } from '../parking/retry-parked.js';
import { formatPosition, type Position } from '../position.js';
import type { Projection } from '../projection/projection.js';
import type { PartitionStatus, ProjectionRunnerOptions } from '../projection/projection-runner.js';
import type { StoredDocument } from '../read-models/read-model-store.port.js';
import type { PartitionHeads } from '../subscription/partition-heads.js';
import { collectionOf, type Generation, isSame, numberIn } from './generation.js';
import {
  type Change,
  ensureLive,
  expirePrevious,
  promote,
  recordDiscard,
  recreateLost,
  requestRebuild,
  rollBack,
  start,
} from './generation-changes.js';
import { type FillingProgress, OpenGeneration } from './open-generation.js';
import { type Discard, generationsOf, NO_RECORD, type ProjectionRecord } from './projection-record.js';
import { ProjectionRecords } from './projection-records.js';

export interface GenerationsOptions extends Omit<ProjectionRunnerOptions, 'collection'> {
  readonly heads: PartitionHeads;
  /** How long the generation that was live before is kept, for `rollback`. */
  readonly keepPreviousMs: number;
}

/** A generation as people see it. */
export interface GenerationStatus extends Generation {
  readonly state: 'live' | 'filling' | 'previous';
  /** True when nobody folds it on here: its documents are of another revision, or it is kept for a rollback only. */
  readonly isReadOnly: boolean;
  /** Documents that are not folded on. */
  readonly parked: number;
  readonly progress?: FillingProgress;
  /** It is filled, but has more parked documents than the live one: it is not switched to. */
  readonly heldBack?: boolean;
}

const LOOK_EVERY_MS = 500;
const WAIT_AGAIN_AFTER_MS = 10;

/**
 * Keeps a projection's generations as its record says: folds them, fills new ones beside the live one and lets them take its
 * place. Every process with the projection does so, on one record; a change by one is noticed by all within about a second.
 * A kill at any time changes nothing: the record and the checkpoints say where to go on.
 */
export class Generations {
  readonly #records: ProjectionRecords;
  readonly #opened = new Map<number, OpenGeneration>();
  readonly #projection: Projection;
  #record = NO_RECORD;
  #discarded: ReadonlySet<string> = new Set();
  #live: OpenGeneration | undefined;
  #heldBack = false;
  #cleaned = '';
  #jobs: Promise<void> = Promise.resolve();
  #cancelTimer: (() => void) | undefined;
  #closed = false;
  #unavailable: ReadModelsUnavailable | undefined;

  constructor(private readonly options: GenerationsOptions) {
    this.#projection = withoutDiscarded(options.projection, () => this.#discarded);
    this.#records = new ProjectionRecords(options.store, options.projection);
  }

  /** Takes up the record for code of the projection's revision, and answers queries. @throws Unreadable */
  async start(): Promise<void> {
    await this.#change(start(this.options.projection.revision));
    this.#lookSoon();
  }

  /** The collection that answers. */
  get collection(): string {
    return this.#answering().collection;
  }

  /** The projection as it is folded here: without what was discarded. For every other fold of the log. */
  get projection(): Projection {
    return this.#projection;
  }

  /** The collections whose documents are folded here, the live one first. */
  get folded(): readonly string[] {
    const folded = [...this.#opened.values()].filter(({ isReadOnly }) => !isReadOnly);
    return folded
      .map(({ collection }) => collection)
      .sort((a, b) => Number(b === this.collection) - Number(a === this.collection));
  }

  get record(): ProjectionRecord {
    return this.#record;
  }

  /** Why the store did not answer when it was last looked at, which is about every half second; undefined when it did. */
  get unavailable(): ReadModelsUnavailable | undefined {
    return this.#unavailable;
  }

  /**
   * How far the documents that answer are; never goes back but by a rollback to a read-only generation, by a lost
   * collection, or where this process could not follow before the generation that answered was given up.
   */
  status(): readonly PartitionStatus[] {
    return this.#answering().status();
  }

  /** See `ProjectionRunner.waitFor`; goes on waiting where another generation takes over meanwhile. */
  async waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    const { platform } = this.options;
    let isOver = false;
    let cancel = (): void => undefined;
    const late = new Promise<false>((resolve) => {
      cancel = platform.setTimer(timeoutMs, () => resolve(false));
    });
    const reached = async (): Promise<boolean> => {
      while (!(await this.#answering().waitFor(position, timeoutMs))) {
        if (isOver || this.#closed) return false;
        await pause(platform, WAIT_AGAIN_AFTER_MS);
      }
      return true;
    };
    try {
      return await Promise.race([late, reached()]);
    } finally {
      isOver = true;
      cancel();
    }
  }

  /** Fills a new generation while the live one goes on. Asked again while one is filled: nothing more happens. */
  rebuild(): Promise<void> {
    return this.#change(requestRebuild(this.options.projection.revision));
  }

  /** Lets the generation answer that was live before; asked again, they change places again. @throws NoPreviousGeneration */
  rollback(): Promise<void> {
    return this.#change(rollBack(this.options.projection.name, this.#now()));
  }

  /** See `retryParked`. */
  retry(collection: string, id: string): Promise<StoredDocument | undefined> {
    const { store, sources, platform } = this.options;
    return retryParked({ projection: this.#projection, store, sources, platform, collection, id });
  }

  /**
   * The event at this position is not folded into the document any more, here and in every later fold; then the document is
   * retried, in all generations. Answers the document as it is then. Nothing happens to one that is not parked because of
   * that event: a repeat never discards the next event that the document is parked because of.
   * @throws LogDiverged, Unreadable
   */
  async discard(
    collection: string,
    document: string,
    event: Pick<Discard, 'position' | 'reason' | 'actor'>,
  ): Promise<StoredDocument | undefined> {
    const stored = (await this.options.store.load(collection, [document])).get(document);
    if (!stored?.parked || formatPosition(stored.parked.event) !== event.position) return stored;
    await this.#change(recordDiscard({ document, ...event, at: this.#now() }));
    for (const other of this.folded) if (other !== collection) await this.retry(other, document);
    return this.retry(collection, document);
  }

  /** Each as people see it; `heads`: how far the log goes, per `topic/partition`. */
  async list(heads: ReadonlyMap<string, number>): Promise<readonly GenerationStatus[]> {
    const { live, filling, previous } = this.#record;
    const of = async (
      state: GenerationStatus['state'],
      generation: Generation | undefined,
    ): Promise<readonly GenerationStatus[]> => {
      if (!generation) return [];
      const opened = this.#opened.get(generation.number);
      const parked = await this.options.store.countParked(collectionOf(this.#projection.name, generation));
      const status = { ...generation, state, isReadOnly: opened?.isReadOnly ?? true, parked };
      if (state !== 'filling' || !opened) return [status];
      return [{ ...status, progress: opened.progress(heads), ...(this.#heldBack && { heldBack: true }) }];
    };
    return (await Promise.all([of('live', live), of('filling', filling), of('previous', previous)])).flat();
  }

  /** Lets the chunks under way end and stores the checkpoints. Safe to repeat. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer?.();
    await this.#jobs;
    await Promise.all([...this.#opened.values()].map((one) => one.close()));
  }

  async #change(change: Change): Promise<void> {
    await this.#inTurn(async () => {
      await this.#records.change(change);
      await this.#takeUp();
    });
  }

  /** One after the other: each begins with what the one before has left. */
  #inTurn(job: () => Promise<void>): Promise<void> {
    const done = this.#jobs.then(() => (this.#closed ? undefined : job()));
    this.#jobs = done.catch(() => undefined); // Who asked for the job is told.
    return done;
  }

  #lookSoon(): void {
    if (this.#closed) return;
    this.#cancelTimer = this.options.platform.setTimer(LOOK_EVERY_MS, () => {
      void this.#inTurn(() => this.#look())
        .then(() => this.#looked())
        .catch((error: unknown) => this.#looked(error))
        .then(() => this.#lookSoon());
    });
  }

  #looked(error?: unknown): void {
    this.#unavailable = error instanceof ReadModelsUnavailable ? error : undefined;
    if (error !== undefined) this.options.onTrouble(error);
  }

  /** Brings what is open here to what the record says. */
  async #takeUp(): Promise<void> {
    const before = new Date(this.options.platform.now() - this.options.keepPreviousMs).toISOString();
    const ensure = ensureLive(this.options.projection.revision);
    this.#record = await this.#records.change((record) => expirePrevious(before)(ensure(record)));
    this.#discarded = new Set(this.#record.discards.map(({ position, document }) => discardKey(position, document)));
    await this.#openAll();
    const live = this.#record.live && this.#opened.get(this.#record.live.number);
    if (live?.isReadOnly) this.#live = live;
  }

  /** Takes up the record, and brings it on where a generation is filled. That may take as long as reading what is left of the log. */
  async #look(): Promise<void> {
    await this.#takeUp();
    for (const one of this.#opened.values()) one.tellHeads();
    await this.#answerFromLive();
    await this.#switchWhenFilled();
    await this.#closeOthers();
    await this.#dropOthers();
  }

  /** Those that are to be open here: the previous one is only folded on where it was rolled back from. */
  #wanted(): readonly Generation[] {
    const { live, filling, previous, rolledBack: backFromPrevious = false } = this.#record;
    const ours = [filling, backFromPrevious ? previous : undefined].filter((one) => one !== undefined);
    return [...(live ? [live] : []), ...ours.filter(({ revision }) => revision === this.options.projection.revision)];
  }

  async #openAll(): Promise<void> {
    for (const generation of this.#wanted()) {
      const opened = this.#opened.get(generation.number);
      await opened?.refresh();
      if (opened?.isLost || (!opened && (await this.#isMissing(generation)))) {
        await this.#recreate(generation);
        return this.#openAll();
      }
      if (!opened) await this.#open(generation);
    }
  }

  async #open(generation: Generation): Promise<void> {
    const opened = new OpenGeneration(generation, { ...this.options, projection: this.#projection });
    await opened.start();
    this.#opened.set(generation.number, opened);
    if (!this.#live || this.#live.isLost || isSame(this.#live.generation, generation)) this.#live = opened;
  }

  /** Somebody dropped the collection. Of another revision it cannot be made again here. */
  async #isMissing(generation: Generation): Promise<boolean> {
    const { projection, store, onTrouble } = this.options;
    if (generation.revision !== projection.revision) return false;
    const collection = collectionOf(projection.name, generation);
    const isMissing = !(await store.collections()).includes(collection);
    if (isMissing) onTrouble(new CollectionLost(collection));
    else await store.ensure({ name: collection, indexes: projection.indexes });
    return isMissing;
  }

  async #recreate(lost: Generation): Promise<void> {
    await this.#opened.get(lost.number)?.close();
    this.#opened.delete(lost.number);
    this.#record = await this.#records.change(recreateLost(lost));
  }

  /** Where somebody else switched, or rolled back to what is folded here: once that is as far, or what answers is given up. */
  async #answerFromLive(): Promise<void> {
    const { live } = this.#record;
    const opened = live && this.#opened.get(live.number);
    if (!opened || opened === this.#live) return;
    // The documents of a generation that no record names are dropped by whoever sees it first.
    const isGivenUp = !generationsOf(this.#record).some((one) => isSame(one, this.#live?.generation));
    if (((await opened.isFilled()) && (await this.#handOver(opened))) || isGivenUp) this.#live = opened;
  }

  async #switchWhenFilled(): Promise<void> {
    const { live, filling } = this.#record;
    const opened = filling && this.#opened.get(filling.number);
    this.#heldBack = false;
    if (!live || !opened || !isSame(this.#live?.generation, live) || !(await opened.isFilled())) return;
    this.#heldBack = await this.#isWorse(opened);
    if (this.#heldBack) return;
    if (await this.#handOver(opened)) {
      this.#record = await this.#records.change(promote(live, filling, this.#now()));
      if (isSame(this.#record.live, filling)) this.#live = opened;
    }
    await this.#openAll();
  }

  /** True once `to` has applied all that the one has that answers now, which is stopped: its positions are its last then. */
  async #handOver(to: OpenGeneration): Promise<boolean> {
    const from = this.#live;
    if (!from) return true;
    // Whatever happens next, it has to be opened again to be of use.
    this.#opened.delete(from.generation.number);
    await from.close();
    return to.hasReached(from);
  }

  async #isWorse({ collection }: OpenGeneration): Promise<boolean> {
    const { store } = this.options;
    return (await store.countParked(collection)) > (await store.countParked(this.collection));
  }

  async #closeOthers(): Promise<void> {
    const wanted = this.#wanted();
    for (const [number, opened] of this.#opened) {
      if (opened === this.#live || wanted.some((one) => one.number === number)) continue;
      this.#opened.delete(number);
      await opened.close();
    }
  }

  /** Collections of generations that no record names: those before the previous one, and what a kill has left. */
  async #dropOthers(): Promise<void> {
    const { store, projection } = this.options;
    const { nextNumber } = this.#record;
    const kept = [...generationsOf(this.#record), ...(this.#live ? [this.#live.generation] : [])];
    const names = kept.map((one) => collectionOf(projection.name, one)).sort();
    const cleaned = [nextNumber, ...names].join(' ');
    if (cleaned === this.#cleaned) return;
    for (const collection of await store.collections()) {
      const number = numberIn(projection.name, collection);
      if (number !== undefined && number < nextNumber && !names.includes(collection)) await store.drop(collection);
    }
    this.#cleaned = cleaned;
  }

  #answering(): OpenGeneration {
    if (!this.#live) throw new Error(`${this.options.projection.name} was not started`);
    return this.#live;
  }

  #now(): string {
    return new Date(this.options.platform.now()).toISOString();
  }
}
