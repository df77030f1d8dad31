import type { ReaderState } from '../chain/reader-state.js';
import type { Source } from '../projection/projection-runner.js';
import type { PartitionStatus } from '../projection/projection-runner.js';
import { partitionKey, type Position } from '../position.js';
import { ProgressBoard } from '../subscription/progress-board.js';
import type { Platform } from '../platform.js';
import type { ReadModelStore } from '../read-models/read-model-store.port.js';

export interface ReadOnlyGenerationOptions {
  readonly collection: string;
  readonly sources: readonly Source[];
  readonly store: ReadModelStore;
  readonly platform: Platform;
}

/** A generation that is not folded here: its documents are of another revision. It answers as far as its checkpoints go. */
export class ReadOnlyGeneration {
  readonly collection: string;
  readonly #board: ProgressBoard;
  #checkpoints: ReadonlyMap<string, ReaderState> = new Map();

  constructor(private readonly options: ReadOnlyGenerationOptions) {
    this.collection = options.collection;
    this.#board = new ProgressBoard(options.platform);
  }

  /** How far its checkpoints go. */
  get reached(): ReadonlyMap<string, ReaderState> {
    return this.#checkpoints;
  }

  /** Looks how far it is by now: a service with the code for it may go on folding it. */
  async refresh(): Promise<void> {
    this.#checkpoints = await this.options.store.checkpoints(this.collection);
    for (const { topic, partition } of this.#partitions())
      this.#board.reach({
        topic,
        partition,
        ordinal: this.#checkpoints.get(partitionKey(topic, partition))?.ordinal ?? 0,
      });
  }

  async waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    const isRead = this.#partitions().some(
      (one) => one.topic === position.topic && one.partition === position.partition,
    );
    return isRead ? this.#board.wait(position, timeoutMs) : true;
  }

  status(): readonly PartitionStatus[] {
    return this.#partitions().map(({ topic, partition }) => {
      return { topic, partition, ordinal: this.#board.ordinal(topic, partition), refused: 0 };
    });
  }

  close(): Promise<void> {
    this.#board.close();
    return Promise.resolve();
  }

  #partitions(): { readonly topic: string; readonly partition: number }[] {
    return this.options.sources.flatMap(({ log: { topic, partitions } }) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
    );
  }
}
