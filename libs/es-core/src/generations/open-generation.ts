import { partitionKey } from '../position.js';
import {
  type PartitionStatus,
  ProjectionRunner,
  type ProjectionRunnerOptions,
} from '../projection/projection-runner.js';
import type { PartitionHeads } from '../subscription/partition-heads.js';
import { collectionOf, type Generation } from './generation.js';
import { ReadOnlyGeneration } from './read-only-generation.js';

/** Of a generation that is being filled. */
export interface FillingProgress {
  /** Whole, rounded down; 100 when nothing is left. */
  readonly percent: number;
  /** Since this process began. */
  readonly eventsPerSecond: number;
  /** Absent while nothing was applied yet. */
  readonly secondsLeft?: number;
}

/** Longest wait for what is a moment away from a generation that keeps up. */
const KEEPS_UP_WITHIN_MS = 500;

/** A generation that this process has open: folded on, or read-only because its documents are of another revision. */
export class OpenGeneration {
  readonly collection: string;
  readonly #reader: ProjectionRunner | ReadOnlyGeneration;
  #since = { ms: 0, applied: 0 };

  constructor(
    readonly generation: Generation,
    private readonly options: Omit<ProjectionRunnerOptions, 'collection'> & {
      readonly heads: PartitionHeads;
    },
  ) {
    this.collection = collectionOf(options.projection.name, generation);
    const { collection } = this;
    this.#reader =
      generation.revision === options.projection.revision
        ? new ProjectionRunner({ ...options, collection })
        : new ReadOnlyGeneration({ ...options, collection });
  }

  get isReadOnly(): boolean {
    return this.#reader instanceof ReadOnlyGeneration;
  }

  get isLost(): boolean {
    return this.#reader instanceof ProjectionRunner && this.#reader.isLost;
  }

  async start(): Promise<void> {
    if (this.#reader instanceof ProjectionRunner) await this.#reader.start();
    else await this.#reader.refresh();
    this.#since = { ms: this.options.platform.now(), applied: this.#applied() };
  }

  /** Looks how far it is, or whether its collection is still there. */
  async refresh(): Promise<void> {
    if (this.#reader instanceof ReadOnlyGeneration) await this.#reader.refresh();
    else await this.#reader.look();
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  status(): readonly PartitionStatus[] {
    return this.#reader.status();
  }

  /** See `ProjectionRunner.waitFor`. */
  waitFor(...given: Parameters<ProjectionRunner['waitFor']>): Promise<boolean> {
    return this.#reader.waitFor(...given);
  }

  /** Whoever asks for the heads need not read so far. */
  tellHeads(): void {
    for (const [key, state] of this.#reader.reached) this.options.heads.know(key, state);
  }

  /** True once it has applied what counted in the log when it was asked; false when that is not a matter of a moment. */
  async isFilled(): Promise<boolean> {
    if (this.isReadOnly) return false;
    for (const source of this.options.sources)
      for (let partition = 0; partition < source.log.partitions; partition += 1) {
        const ordinal = await this.options.heads.ordinal(source, partition);
        const { topic } = source.log;
        if (ordinal === undefined || !(await this.waitFor({ topic, partition, ordinal }, KEEPS_UP_WITHIN_MS)))
          return false;
      }
    return true;
  }

  /** True once it has applied all that the other one has; false when that takes more than a moment. */
  async hasReached(other: OpenGeneration): Promise<boolean> {
    for (const position of other.status()) if (!(await this.waitFor(position, KEEPS_UP_WITHIN_MS))) return false;
    return true;
  }

  /** How much of the log, as far as `heads` say, is applied. */
  progress(heads: ReadonlyMap<string, number>): FillingProgress {
    const applied = this.#applied();
    const all = this.status().reduce((sum, one) => {
      return sum + Math.max(one.ordinal, heads.get(partitionKey(one.topic, one.partition)) ?? 0);
    }, 0);
    const seconds = (this.options.platform.now() - this.#since.ms) / 1000;
    const eventsPerSecond = seconds > 0 ? Math.round((applied - this.#since.applied) / seconds) : 0;
    const percent = all === 0 ? 100 : Math.floor((100 * applied) / all);
    return {
      ...{ percent, eventsPerSecond },
      ...(eventsPerSecond > 0 && { secondsLeft: Math.ceil((all - applied) / eventsPerSecond) }),
    };
  }

  #applied(): number {
    return this.status().reduce((sum, { ordinal }) => sum + ordinal, 0);
  }
}
