import type { Progress } from '../chain/chain-reader.js';
import type { ReaderState } from '../chain/reader-state.js';
import type { DomainEvent } from '../aggregate/decision.js';
import { partitionKey } from '../position.js';
import { Subscription } from '../subscription/subscription.js';
import { Lanes } from './lanes.js';
import { type Dealing, type End, PartitionDealer } from './partition-dealer.js';
import { type Work, workIn, type WorkOptions } from './partition-work.js';
import type { HeldStream, HeldStreams } from './parked-reactions.port.js';
import type { ReactorState } from './reactor-progress.js';
import type { PartitionReactorOptions, ReactorStatus } from './reactor-options.js';
import { replayHeld } from './replay-held.js';

/** A reactor at work on one partition: what is read is dealt with in order per stream, and streams that are parked are passed over. */
export class PartitionReactor<E extends DomainEvent> {
  readonly partition: number;
  readonly #lanes: Lanes<ReaderState>;
  readonly #subscription: Subscription;
  readonly #dealer: PartitionDealer<E>;
  readonly #work: WorkOptions<E>;
  readonly #historyUntil: string | undefined;
  readonly #replaying = new Set<string>();
  /** Behind the last chunk that was dispatched: where a message of the next one is found again. */
  #before: ReaderState;
  /** Of the commit that went to the lanes last. */
  #dispatched: number;

  constructor(private readonly options: PartitionReactorOptions<E>) {
    const { log, partition, platform, start, turns, limits, onAdvance, onTrouble, catalogue } = options;
    this.partition = partition;
    const { historyUntil, ...state } = start;
    this.#historyUntil = historyUntil;
    this.#before = state;
    this.#dispatched = state.ordinal;
    this.#lanes = new Lanes<ReaderState>(state, { turns, limits, onMark: onAdvance, onTrouble });
    const place = { topic: log.topic, partition };
    this.#work = { catalogue, place, wants: (type) => options.reactionsTo(type).length > 0 };
    this.#dealer = new PartitionDealer<E>({ ...options, historyUntil: this.#historyUntil });
    const onProgress = (read: Progress): Promise<void> => this.#dispatch(read);
    this.#subscription = new Subscription({ log, partition, platform, state, onTrouble, onProgress });
  }

  start(): void {
    this.#subscription.start();
    this.retry(this.options.held);
  }

  /** Begins nothing any more; what fails from now on is left to whoever goes on. */
  async stop(): Promise<void> {
    this.#dealer.release();
    this.#lanes.stop();
    await this.#subscription.close();
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  /** Everything up to it was dealt with, or is written down as parked. */
  get progress(): ReactorState {
    const { done } = this.#lanes;
    return this.#historyUntil === undefined ? done : { ...done, historyUntil: this.#historyUntil };
  }

  get key(): string {
    return partitionKey(this.options.log.topic, this.partition);
  }

  get status(): ReactorStatus {
    const { failure } = this.#subscription;
    return {
      ...{ topic: this.options.log.topic, partition: this.partition, ordinal: this.#lanes.done.ordinal },
      ...{ underWay: this.#lanes.underWay, parked: this.#dealer.held.size, oldest: this.#dealer.oldest },
      ...(failure !== undefined && { failure }),
    };
  }

  /** Lets the streams go on that somebody wants to. */
  retry({ streams }: HeldStreams): void {
    for (const held of streams)
      if (held.status === 'retrying' && !this.#replaying.has(held.stream) && !this.#dealer.isReleased)
        this.#replay(held);
  }

  async #dispatch({ commits, state }: Progress): Promise<void> {
    if (commits.length === 0) return;
    for (const commit of commits) {
      this.#dispatched = commit[0].ordinal;
      for (const work of workIn(commit, this.#work)) {
        await this.#lanes.room();
        if (this.#dealer.isReleased) return;
        this.#begin(work, { from: this.#before });
      }
    }
    this.#lanes.mark(state);
    this.#before = state;
  }

  #begin(work: Work<E>, dealing: Dealing): void {
    const deal = this.#dealer.begin(work, dealing);
    this.#run(work.stream, work.characters, deal);
  }

  /** What went to the lanes before this was held, and what comes behind waits for it in its lane. */
  #replay(held: HeldStream): void {
    const { stream } = held;
    this.#replaying.add(stream);
    this.#dealer.hold(held);
    const { log, platform } = this.options;
    const replay = { log, platform, work: this.#work, dealer: this.#dealer, upTo: this.#dispatched };
    this.#run(stream, 0, () => replayHeld(held, replay).finally(() => this.#replaying.delete(stream)));
  }

  #run(stream: string, characters: number, deal: () => Promise<End>): void {
    const run = async (): Promise<boolean> => (await deal()) !== 'left';
    this.#lanes.run({ lane: `${this.partition} ${stream}`, characters, run });
  }
}
