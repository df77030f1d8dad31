import type { Platform } from '@ledgerline/es-core';
import type { PartitionedLog } from '@ledgerline/es-core/adapter';

/** So often the log is asked where it ends. */
const ASK_EVERY_MS = 2_000;
/** Longer than a leader's change takes on brokers that are well, and short enough to be noticed within ten seconds. */
export const SILENT_AFTER_MS = 7_000;
/** Of so many partitions; brokers lead them in turn, so that these stand for all. */
const MOST_PARTITIONS = 8;

export interface LogHeartbeatOptions {
  readonly log: Pick<PartitionedLog, 'bounds' | 'partitions'>;
  readonly platform: Pick<Platform, 'setTimer'>;
  /** Called when the log has not answered for seven seconds, and when it answers again. */
  readonly onChange: (isSilent: boolean) => void;
}

/** Asks a log again and again whether it answers, from now on until it is stopped. */
export class LogHeartbeat {
  #isSilent = false;
  #isStopped = false;
  #cancelNext: (() => void) | undefined;
  #cancelSilence: (() => void) | undefined;

  constructor(private readonly options: LogHeartbeatOptions) {
    this.#answered();
    this.#next();
  }

  /** True when the log has not answered for seven seconds. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelNext?.();
    this.#cancelSilence?.();
  }

  #next(): void {
    this.#cancelNext = this.options.platform.setTimer(ASK_EVERY_MS, () => void this.#ask());
  }

  /** A log that does not answer is asked again when it has failed: it gives up by itself. */
  async #ask(): Promise<void> {
    const { log } = this.options;
    const partitions = Array.from({ length: Math.min(log.partitions, MOST_PARTITIONS) }, (_, partition) => partition);
    const answers = await Promise.allSettled(partitions.map((partition) => log.bounds(partition)));
    if (this.#isStopped) return;
    if (answers.every(({ status }) => status === 'fulfilled')) this.#answered();
    this.#next();
  }

  #answered(): void {
    this.#cancelSilence?.();
    this.#cancelSilence = this.options.platform.setTimer(SILENT_AFTER_MS, () => this.#become(true));
    if (this.#isSilent) this.#become(false);
  }

  #become(isSilent: boolean): void {
    this.#isSilent = isSilent;
    this.options.onChange(isSilent);
  }
}
