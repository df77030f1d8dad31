import { ChainReader, type Progress } from '../chain/chain-reader.js';
import type { ReaderState } from '../chain/reader-state.js';
import { EsError } from '../errors.js';
import type { PartitionedLog } from '../log/partitioned-log.port.js';
import { pause, type Platform } from '../platform.js';

export interface SubscriptionOptions {
  readonly log: PartitionedLog;
  readonly partition: number;
  readonly platform: Platform;
  /** Where to go on; `beforeGenesis(logId)` for the beginning. */
  readonly state: ReaderState;
  /** Called with each chunk in order, never twice at once. When it fails, the subscription stops with that failure. */
  readonly onProgress: (progress: Progress) => void | Promise<void>;
  /** Told when the log cannot be read (the subscription goes on trying) and when the subscription stops for good. */
  readonly onTrouble: (error: unknown) => void;
}

const RETRY_AFTER_MS = 50;
const MAX_RETRY_AFTER_MS = 2_000;

/** Follows one partition through the chain rule: whole commits, in order, each once per run. */
export class Subscription {
  readonly #reader: ChainReader;
  #running: Promise<void> | undefined;
  #closed = false;
  #failure: unknown;

  constructor(private readonly options: SubscriptionOptions) {
    this.#reader = new ChainReader({ ...options, follow: true });
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
    await this.#reader.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    let troubles = 0;
    while (!this.#closed) {
      try {
        const progress = await this.#reader.next();
        troubles = 0;
        if (progress) await this.options.onProgress(progress);
      } catch (error) {
        this.options.onTrouble(error);
        if (!(error instanceof EsError) || !error.retriable) {
          this.#failure = error;
          return;
        }
        await pause(this.options.platform, Math.min(MAX_RETRY_AFTER_MS, RETRY_AFTER_MS * 2 ** troubles));
        troubles += 1;
      }
    }
  }
}
