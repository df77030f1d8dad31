import { ChainReader, type Progress } from '../chain/chain-reader.js';
import type { ReaderState } from '../chain/reader-state.js';
import { EsError } from '../errors.js';
import type { PartitionedLog } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import { NOTHING_AHEAD, ReadAhead, type ReadAheadOptions } from './read-ahead.js';

export interface SubscriptionOptions {
  readonly log: PartitionedLog;
  readonly partition: number;
  readonly platform: Platform;
  /** Where to go on; `beforeGenesis(logId)` for the beginning. */
  readonly state: ReaderState;
  /**
   * Called with each chunk in order, never twice at once. When it fails with an error that is retriable it is called with the
   * same chunk again; with any other the subscription stops.
   */
  readonly onProgress: (progress: Progress) => void | Promise<void>;
  /** Told when the log cannot be read or a chunk be dealt with (the subscription goes on trying) and when the subscription stops for good. */
  readonly onTrouble: (error: unknown) => void;
  /**
   * While a chunk is dealt with it reads on until it has so much, and that is one chunk. By default a chunk is read when the one
   * before was dealt with.
   */
  readonly readAhead?: ReadAheadOptions;
}

const RETRY_AFTER_MS = 50;
const MAX_RETRY_AFTER_MS = 2_000;

/** Follows one partition through the chain rule: whole commits, in order, each once per run. */
export class Subscription {
  readonly #reader: ChainReader;
  readonly #ahead: ReadAhead;
  #running: Promise<void> | undefined;
  #closed = false;
  #wake: (() => void) | undefined;
  #failure: unknown;

  constructor(private readonly options: SubscriptionOptions) {
    this.#reader = new ChainReader({ ...options, follow: true });
    this.#ahead = new ReadAhead(this.#reader, options.readAhead ?? NOTHING_AHEAD);
  }

  /** Why it stopped, once it has: a diverged log, or a failure of `onProgress`. */
  get failure(): unknown {
    return this.#failure;
  }

  get refused(): number {
    return this.#reader.refused;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Lets the chunk under way end. Safe to repeat. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.();
    await this.#ahead.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    let troubles = 0;
    let progress: Progress | undefined;
    while (!this.#closed) {
      try {
        progress ??= await this.#ahead.next();
        if (progress) await this.options.onProgress(progress);
        progress = undefined;
        troubles = 0;
      } catch (error) {
        this.options.onTrouble(error);
        if (!(error instanceof EsError) || !error.retriable) {
          this.#failure = error;
          await this.#ahead.close();
          return;
        }
        await this.#pause(Math.min(MAX_RETRY_AFTER_MS, RETRY_AFTER_MS * 2 ** troubles));
        troubles += 1;
      }
    }
  }

  /** Ends at once when the subscription is closed. */
  #pause(ms: number): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.options.platform.setTimer(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
