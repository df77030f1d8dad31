import { LogDiverged, LogUnavailable, OffsetOutOfRange } from '../errors.js';
import type { LogChunk, LogReader, PartitionedLog } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import { Chain, type Commit } from './chain.js';
import { hashOf, toEnvelope } from './envelope.js';
import { placeInChain } from './place-in-chain.js';
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
 * last record that counted is read again and must have the hash it had. Where it lies elsewhere by now (the log was restored, or
 * moved to another cluster) it is looked for in the whole chain.
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
      const chunk = await (this.#reader ? this.#nextChunk(this.#reader) : this.#firstChunk());
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
      throw error instanceof OffsetOutOfRange ? this.#diverged(error) : error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#reader?.close();
  }

  /** Where the log ends before, or begins behind, the pass it was replaced: what it holds now is looked at from the head on. */
  async #nextChunk(reader: LogReader): Promise<LogChunk | undefined> {
    try {
      return await reader.next();
    } catch (error) {
      if (!(error instanceof OffsetOutOfRange) || this.state.ordinal === 0) throw error;
      await this.#restart();
      return await this.#firstChunk();
    }
  }

  /** What comes behind the last record that counted, which has to be there. */
  async #firstChunk(): Promise<LogChunk | undefined> {
    this.#chain.reset();
    if (this.state.ordinal === 0) return await this.#open(0).next();
    const chunk = (await this.#behindHead()) ?? (await this.#behindMovedHead());
    if (chunk || this.#closed) return chunk;
    throw this.#diverged();
  }

  #open(from: number): LogReader {
    const { log, partition, follow } = this.options;
    this.#reader = log.read(partition, { from, follow });
    return this.#reader;
  }

  /** Undefined when the head does not lie where it was. */
  async #behindHead(): Promise<LogChunk | undefined> {
    const { headOffset, head } = this.state;
    const chunk = await this.#chunkAt(headOffset);
    const [first, ...records] = chunk?.records ?? [];
    const envelope = first && toEnvelope(first);
    const same = envelope && first.offset === headOffset && hashOf(this.options.platform, envelope) === head;
    return chunk && same ? { records, nextOffset: chunk.nextOffset } : undefined;
  }

  /** The first records from the offset on; undefined when the log does not hold it. */
  async #chunkAt(offset: number): Promise<LogChunk | undefined> {
    const { log, partition, follow } = this.options;
    // A following pass from the log's end would wait for ever for the record that is gone.
    if (follow && (await log.bounds(partition)).end <= offset) return undefined;
    const reader = this.#open(offset);
    try {
      let chunk = await reader.next();
      while (chunk?.records.length === 0 && chunk.nextOffset <= offset) chunk = await reader.next();
      if (!chunk && follow) throw this.#cutOff();
      return chunk;
    } catch (error) {
      if (error instanceof OffsetOutOfRange) return undefined;
      throw error;
    }
  }

  async #behindMovedHead(): Promise<LogChunk | undefined> {
    await this.#restart();
    const moved = await placeInChain(this.options, this.state);
    if (!moved || this.#closed) return undefined;
    this.#chain.reset(moved);
    return await this.#behindHead();
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

  #diverged(cause?: unknown): LogDiverged {
    const { log, partition } = this.options;
    const { ordinal, headOffset, logId } = this.state;
    return new LogDiverged(
      log.topic,
      partition,
      'the last record that counted is gone or was changed: the log was truncated, replaced or restored from before it. Nothing was skipped; compare it with a backup. If it was restored, bring back what is ahead of it with `es restore --accept`',
      { logId, ordinal, offset: headOffset },
      { cause },
    );
  }
}
