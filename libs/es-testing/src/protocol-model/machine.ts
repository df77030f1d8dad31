import { EsError, type Platform } from '@ledgerline/es-core';
import type { ReaderState, StreamIndex } from '@ledgerline/es-core/adapter';
import {
  type AppendReconciler,
  type AppendReconcilerOptions,
  beforeGenesis,
  CheckedClock,
  type Commit,
  type DecisionResult,
  PartitionFold,
  pause,
  ProgressBoard,
  WriteBehindIndex,
  Writer,
} from '@ledgerline/es-core/runtime';
import type { SimulatedPlatform } from '../platform/simulated-time.js';
import { type Broker, FaultyLog } from './faulty-log.js';
import { followedBy, type Reaching, read, type Reading, type ReadingMachine, type Seen } from './reading.js';
import { type Handover, submissionOf, type CommandInput } from './command-input.js';

/** What a machine does otherwise than the product; broken ones show that the model notices. */
export interface Deviation {
  /** Makes the part of the writer that decides what became of a batch. */
  readonly settling?: (state: ReaderState, options: AppendReconcilerOptions) => AppendReconciler;
  /** False: a command whose hand-over was not answered is decided as if it had never been handed over. */
  readonly withdraws?: boolean;
  /** Waits until a machine's fold has come to a position. */
  readonly reaching?: Reaching;
}

export interface MachineOptions extends Deviation {
  readonly name: string;
  readonly broker: Broker;
  readonly world: SimulatedPlatform;
  readonly index: StreamIndex;
  readonly logId: string;
  readonly reaching: Reaching;
  readonly onReading: (reading: Reading) => void;
}

/** So long an answer from another machine is waited for. */
const ANSWERED_WITHIN_MS = 300;
const MOST_DELAY_MS = 20;
const LOSE_ANSWER = 0.1;

/** One process with a writer in it. Killed, it hears nothing more, but what it has sent may still arrive. Halted, it hears all of it later. */
export class Machine {
  readonly log: FaultyLog;
  readonly #writer: Writer;
  readonly #reading: ReadingMachine;
  readonly #platform: Platform;
  #state: 'running' | 'halted' | 'dead' = 'running';
  #unheard: (() => void)[] = [];
  #started: Promise<void> | undefined;

  constructor(readonly options: MachineOptions) {
    const { name, broker, world, index, logId, settling, reaching, onReading } = options;
    const platform = this.#platformOf(world);
    this.#platform = platform;
    this.log = new FaultyLog(broker, world, (run) => this.reach(run));
    const tail = new WriteBehindIndex(index, 0, platform, { flushEntries: 8, flushAfterMs: 20 });
    const state = index.readerState(0) ?? beforeGenesis(logId);
    const fold = new PartitionFold(tail, { cachedStates: 2, snapshotEvery: 3 });
    const board = new ProgressBoard(platform);
    const { log } = this;
    const clock = new CheckedClock({ platform, logHasClock: false, limitMs: 60_000 });
    const writerOptions = {
      ...{ log, partition: 0, platform, clock, source: name, owner: undefined, state, fold },
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
    return this.#state !== 'dead';
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

  /** Decides the wish here, or has it decided by the machine that it is handed over to, if that one answers in time. */
  async handle(wish: CommandInput, to?: Machine): Promise<DecisionResult> {
    await new Promise<void>((resolve) => this.reach(resolve));
    if (!to) return await this.#submit(wish);
    const handover = this.options.world.randomId();
    const answer = await this.#handOver({ wish, handover, to });
    if (answer instanceof Error) throw answer;
    return answer ?? (await this.#submit(wish, this.options.withdraws === false ? {} : { withdraws: handover }));
  }

  /** Runs what comes from outside. */
  reach(run: () => void): void {
    if (this.#state === 'running') run();
    else if (this.#state === 'halted') this.#unheard.push(run);
  }

  halt(): void {
    if (this.#state === 'running') this.#state = 'halted';
  }

  goOn(): void {
    if (this.#state !== 'halted') return;
    this.#state = 'running';
    for (const run of this.#unheard.splice(0)) this.options.world.setTimer(0, () => this.reach(run));
  }

  kill(): void {
    this.#state = 'dead';
  }

  async #submit(wish: CommandInput, handover?: Handover): Promise<DecisionResult> {
    await this.#started;
    return this.#writer.submit(submissionOf(wish, handover));
  }

  /** What it was answered, or the error that is the answer; undefined where nothing is known. */
  #handOver({
    wish,
    handover,
    to,
  }: {
    wish: CommandInput;
    handover: string;
    to: Machine;
  }): Promise<DecisionResult | Error | undefined> {
    const { world } = this.options;
    const travel = (reach: () => void): void => void world.setTimer(MOST_DELAY_MS * world.random(), reach);
    const answered = new Promise<DecisionResult | Error | undefined>((resolve) => {
      const answer = (what: DecisionResult | Error | undefined): void => {
        if (world.random() >= LOSE_ANSWER) travel(() => this.reach(() => resolve(what)));
      };
      const take = (): void =>
        void to.#submit(wish, { handover }).then(answer, (error: unknown) => answer(finalIn(error)));
      travel(() => to.reach(take));
    });
    return Promise.race([answered, pause(this.#platform, ANSWERED_WITHIN_MS).then(() => undefined)]);
  }

  #platformOf(world: SimulatedPlatform): Platform {
    const skew = Math.floor((world.random() - 0.5) * 5_000);
    return {
      ...world,
      now: () => world.now() + skew,
      setTimer: (ms, run) => {
        let isCancelled = false;
        const cancel = world.setTimer(ms, () => this.reach(() => void (isCancelled || run())));
        return () => {
          isCancelled = true;
          cancel();
        };
      },
    };
  }
}

/** What is said of the command, and not of the machine. */
const FINAL: ReadonlySet<string> = new Set(['wrong-expected-version', 'append-refused', 'idempotency-key-reused']);

const finalIn = (error: unknown): Error | undefined =>
  error instanceof EsError && FINAL.has(error.code) ? error : undefined;
