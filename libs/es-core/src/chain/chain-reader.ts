import { LogDiverged, LogUnavailable, OffsetOutOfRange } from '../errors.js';
import type { LogChunk, LogReader, PartitionedLog } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import { Chain, type Commit } from './chain.js';
import { hashOf, toEnvelope } from './envelope.js';
import type { ReaderState } from './reader-state.js';

/** What a chunk of the log added: whole commits in order, and the reader's state behind the last of them. */
export interface Progress {
  readonly commits: readonly Commit[];
  readonly state: ReaderState;
  /** Offset behind everything that was read, noise included. */
  readonly nextOffset: number;
}

export interface ChainReaderOptions {
  readonly log: PartitionedLog;
  readonly partition: number;
  readonly platform: Platform;
  readonly state: ReaderState;
  readonly follow: boolean;
  /** Noise before this offset was counted by an earlier reader. */
  readonly noiseTo?: number;
}

/** So many refused records in a row, nothing counting, and the head is looked at again: the log may have changed below us. */
const SUSPICIOUS_STREAK = 64;

/**
 * Reads one partition through the chain rule, from a reader's state. Every pass begins with the continuity check: the
 * last record that counted is read again and must have the hash it had.
 */
export class ChainReader {
  readonly #chain: Chain;
  #reader: LogReader | undefined;
  #closed = false;
  #streak = SUSPICIOUS_STREAK;

  constructor(private readonly options: ChainReaderOptions) {
    this.#chain = new Chain(options.platform, options.state, options.noiseTo);
  }

  get state(): ReaderState {
    return this.#chain.state;
  }

  /** Records that did not count, each once, since this reader was made. */
  get refused(): number {
    return this.#chain.refused;
  }

  /**
   * What the next chunk adds (possibly no commit); undefined at the end of a bounded pass or once closed.
   * @throws LogDiverged when the log does not hold what was read from it before.
   * @throws LogUnavailable when it cannot be read now; call again to go on from where it was.
   */
  async next(): Promise<Progress | undefined> {
    if (this.#closed) return undefined;
    try {
      const checkHead = this.#reader === undefined && this.state.ordinal > 0;
      this.#reader ??= this.#open();
      const chunk = checkHead ? await this.#firstChunk(this.#reader) : await this.#reader.next();
      if (!chunk) return this.#ended();
      const commits: Commit[] = [];
      for (const record of chunk.records) {
        const commit = this.#chain.take(record);
        if (commit) commits.push(commit);
      }
      if (this.#suspicious(commits)) await this.#restart();
      return { commits, state: this.state, nextOffset: chunk.nextOffset };
    } catch (error) {
      await this.#restart();
      if (this.#closed) return undefined;
      throw this.#explained(error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#reader?.close();
  }

  #open(): LogReader {
    const { log, partition, follow } = this.options;
    this.#chain.reset();
    return log.read(partition, { from: Math.max(0, this.state.headOffset), follow });
  }

  async #firstChunk(reader: LogReader): Promise<LogChunk | undefined> {
    // A following pass from the log's end would wait for ever for the record that is gone.
    if (this.options.follow) await this.#assertHeld();
    let chunk = await reader.next();
    while (chunk?.records.length === 0) chunk = await reader.next();
    if (this.#closed) return undefined;
    if (!chunk) return this.#endedAtOnce();
    const [head, ...records] = chunk.records;
    const envelope = head && toEnvelope(head);
    const same =
      envelope && head.offset === this.state.headOffset && hashOf(this.options.platform, envelope) === this.state.head;
    if (!same) throw this.#diverged('the last record that counted is gone or was changed');
    return { records, nextOffset: chunk.nextOffset };
  }

  async #endedAtOnce(): Promise<never> {
    await this.#assertHeld();
    throw this.#cutOff();
  }

  async #assertHeld(): Promise<void> {
    const { log, partition } = this.options;
    const { end } = await log.bounds(partition);
    if (end <= this.state.headOffset) throw this.#diverged('the last record that counted is gone');
  }

  #ended(): undefined {
    if (this.options.follow && !this.#closed) throw this.#cutOff();
  }

  #cutOff(): LogUnavailable {
    const { log, partition } = this.options;
    return new LogUnavailable('the pass was ended; the log was closed', { topic: log.topic, partition });
  }

  #suspicious(commits: readonly Commit[]): boolean {
    if (commits.length > 0) this.#streak = SUSPICIOUS_STREAK;
    if (this.#chain.refusedInARow < this.#streak || this.state.ordinal === 0) return false;
    this.#streak = this.#chain.refusedInARow * 2;
    return true;
  }

  /** The next pass begins at the head again, with the check. */
  async #restart(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.close();
  }

  #explained(error: unknown): unknown {
    return error instanceof OffsetOutOfRange
      ? this.#diverged('the log ends before, or begins behind, what was read', error)
      : error;
  }

  #diverged(what: string, cause?: unknown): LogDiverged {
    const { log, partition } = this.options;
    const { ordinal, headOffset, logId } = this.state;
    return new LogDiverged(
      log.topic,
      partition,
      `${what}: it was truncated, replaced or restored. Nothing was skipped; compare it with a backup, then accept it explicitly`,
      { logId, ordinal, offset: headOffset },
      { cause },
    );
  }
}
