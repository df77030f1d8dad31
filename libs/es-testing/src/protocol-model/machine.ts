import {
  beforeGenesis,
  type Commit,
  EsError,
  IndexTail,
  type Outcome,
  PartitionFold,
  type Platform,
  ProgressBoard,
  type ReaderState,
  type Settlement,
  type SettlementOptions,
  type StreamIndex,
  Writer,
} from '@ledgerline/es-core';
import type { SimulatedPlatform } from '../platform/simulated-time.js';
import { type Broker, FaultyLog } from './faulty-log.js';
import { followedBy, type Reaching, read, type Reading, type ReadingMachine, type Seen } from './reading.js';
import { submissionOf, type Wish } from './wishes.js';

/** Makes the part of the writer that decides what became of a batch; broken ones show that the model notices. */
export type Settling = (state: ReaderState, options: SettlementOptions) => Settlement;

export interface MachineOptions {
  readonly name: string;
  readonly broker: Broker;
  readonly world: SimulatedPlatform;
  readonly index: StreamIndex;
  readonly logId: string;
  readonly settling: Settling | undefined;
  readonly reaching: Reaching;
  readonly onReading: (reading: Reading) => void;
}

/** One process with a writer in it. Killed, it hears nothing more, but what it has sent may still arrive. */
export class Machine {
  readonly log: FaultyLog;
  readonly #writer: Writer;
  readonly #reading: ReadingMachine;
  #alive = true;
  #started: Promise<void> | undefined;

  constructor(readonly options: MachineOptions) {
    const { name, broker, world, index, logId, settling, reaching, onReading } = options;
    const alive = (): boolean => this.#alive;
    const skew = Math.floor((world.random() - 0.5) * 5_000);
    const platform: Platform = {
      ...world,
      now: () => world.now() + skew,
      setTimer: (ms, run) => world.setTimer(ms, () => alive() && run()),
    };
    this.log = new FaultyLog(broker, world, alive);
    const tail = new IndexTail(index, 0, platform, { flushEntries: 8, flushAfterMs: 20 });
    const state = index.readerState(0) ?? beforeGenesis(logId);
    const fold = new PartitionFold(tail, { cachedStates: 2, snapshotEvery: 3 });
    const board = new ProgressBoard(platform);
    const { log } = this;
    const writerOptions = {
      ...{ log, partition: 0, platform, source: name, owner: undefined, state, fold },
      ...{ maxQueue: 1_000, maxBatchCommands: 4, maxBatchRecords: 6, maxBatchBytes: 100_000, maxEventBytes: 10_000 },
      ...{ retryAfterMs: 5, maxRetryAfterMs: 300, isPreferred: () => false },
      onCommit: (_commit: Commit, { ordinal }: ReaderState) => board.reach({ topic: log.topic, partition: 0, ordinal }),
      onTrouble: () => undefined,
    };
    const writer = settling ? new Writer(writerOptions, settling) : new Writer(writerOptions);
    this.#writer = writer;
    this.#reading = { name, log, logId, platform, writer, board, fold, reaching, onReading };
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** True once the writer gave up because the log lost what it had read. */
  get stopped(): boolean {
    return this.#writer.failure instanceof EsError && !this.#writer.failure.retriable;
  }

  get state(): ReaderState {
    return this.#writer.state;
  }

  /** Begins to read; a failure is what every `submit` is told. */
  start(): void {
    this.#started = this.#writer.start().catch(() => undefined);
  }

  /** Acts on everything that counts, from now on. */
  react(): void {
    followedBy(this.#reading).start();
  }

  /** Reads what somebody was answered. */
  async read(seen: Seen): Promise<void> {
    await this.#started;
    await read(this.#reading, seen);
  }

  async submit(wish: Wish): Promise<Outcome> {
    await this.#started;
    return this.#writer.submit(submissionOf(wish));
  }

  kill(): void {
    this.#alive = false;
  }
}
