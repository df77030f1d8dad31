import { beforeGenesis } from '../chain/chain.js';
import { ChainReader } from '../chain/chain-reader.js';
import type { ReaderState } from '../chain/reader-state.js';
import { EsError, LogDiverged } from '../errors.js';
import type { PartitionedLog } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import { partitionKey } from '../position.js';

/** How far the topics go. A head is looked up by reading on from the furthest place that is known, so it costs the lag. */
export class PartitionHeads {
  readonly #known = new Map<string, ReaderState>();
  /** Whoever follows these has stopped for good; looking for their place again would read all of the log each time. */
  readonly #diverged = new Set<string>();

  constructor(private readonly platform: Platform) {}

  /** Somebody has read that far, and it need not be read again. */
  know(key: string, state: ReaderState): void {
    if (state.ordinal > (this.#known.get(key)?.ordinal ?? 0)) this.#known.set(key, state);
  }

  /** How many records count by now; undefined when the log does not tell. */
  async ordinal(
    { log, logId }: { readonly log: PartitionedLog; readonly logId: string },
    partition: number,
  ): Promise<number | undefined> {
    const key = partitionKey(log.topic, partition);
    if (this.#diverged.has(key)) return undefined;
    const state = this.#known.get(key) ?? beforeGenesis(logId);
    const reader = new ChainReader({ log, partition, platform: this.platform, state, follow: false });
    try {
      while (await reader.next()) this.know(key, reader.state);
      return reader.state.ordinal;
    } catch (error) {
      if (error instanceof LogDiverged) this.#diverged.add(key);
      // Whoever follows the partition has met the same, and says so as its failure.
      if (error instanceof EsError) return undefined;
      throw error;
    } finally {
      await reader.close();
    }
  }
}
