import {
  beforeGenesis,
  EsError,
  IndexTail,
  type Outcome,
  PartitionFold,
  type Platform,
  type ReaderState,
  type Settlement,
  type SettlementOptions,
  type StreamIndex,
  Writer,
} from '@ledgerline/es-core';
import type { SimulatedPlatform } from '../platform/simulated-time.js';
import { type Broker, FaultyLog } from './faulty-log.js';
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
}

/** One process with a writer in it. Killed, it hears nothing more, but what it has sent may still arrive. */
export class Machine {
  readonly log: FaultyLog;
  readonly #writer: Writer;
  #alive = true;
  #started: Promise<void> | undefined;

  constructor(readonly options: MachineOptions) {
    const { broker, world, index, logId, settling } = options;
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
    const writerOptions = {
      ...{ log: this.log, partition: 0, platform, source: options.name, owner: undefined, state },
      fold: new PartitionFold(tail, { cachedStates: 2, snapshotEvery: 3 }),
      ...{ maxQueue: 1_000, maxBatchCommands: 4, maxBatchRecords: 6, maxBatchBytes: 100_000, maxEventBytes: 10_000 },
      ...{ retryAfterMs: 5, maxRetryAfterMs: 300, isPreferred: () => false },
      onCommit: () => undefined,
      onTrouble: () => undefined,
    };
    this.#writer = settling ? new Writer(writerOptions, settling) : new Writer(writerOptions);
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

  async submit(wish: Wish): Promise<Outcome> {
    await this.#started;
    return this.#writer.submit(submissionOf(wish));
  }

  kill(): void {
    this.#alive = false;
  }
}
