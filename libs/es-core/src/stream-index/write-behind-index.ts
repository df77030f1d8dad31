import type { Commit } from '../chain/chain.js';
import { rawEventOf } from '../chain/raw-event.js';
import type { ReaderState } from '../chain/reader-state.js';
import type { Rejection } from '../aggregate/decision.js';
import { Unreadable } from '../errors.js';
import type { Platform } from '../platform.js';
import { rejectionIn } from '../writer/verdict.js';
import type { CommandResult, RawEvent, Snapshot, StreamIndex } from './stream-index.port.js';

/** Versions kept in memory, so that a command costs no look into the index for a stream that is in use. */
const MOST_VERSIONS = 20_000;

/** What waits to be written, readable meanwhile. */
class Overlay {
  readonly events = new Map<string, RawEvent[]>();
  readonly results = new Map<string, CommandResult>();
  readonly snapshots = new Map<string, Snapshot>();
  entries = 0;
  readerState: ReaderState | undefined;
}

const resultKey = (stream: string, commandId: string): string => `${stream}\n${commandId}`;

/**
 * The index of one partition with its newest entries in memory: the acknowledgement waits for the log only, and the index
 * follows in larger writes. What a kill takes from memory is read from the log again.
 */
export class WriteBehindIndex {
  /** Of the streams asked for last, and of all that wait to be written. */
  #versions = new Map<string, number>();
  #active = new Overlay();
  #flushing: Overlay | undefined;
  #flushed: Promise<void> = Promise.resolve();
  #cancelTimer: (() => void) | undefined;
  #failure: unknown;

  constructor(
    private readonly index: StreamIndex,
    private readonly partition: number,
    private readonly platform: Platform,
    private readonly options: { readonly flushEntries: number; readonly flushAfterMs: number },
  ) {}

  version(stream: string): number {
    const known = this.#versions.get(stream);
    if (known !== undefined) return known;
    const version = this.index.version(stream);
    if (this.#versions.size < MOST_VERSIONS) this.#versions.set(stream, version);
    return version;
  }

  /** Events of the stream from version `from` to `to`, both included. */
  *events(stream: string, from: number, to: number): Iterable<RawEvent> {
    const waiting = [...(this.#flushing?.events.get(stream) ?? []), ...(this.#active.events.get(stream) ?? [])];
    const stored = waiting[0] ? Math.min(to, waiting[0].version - 1) : to;
    if (stored >= from) yield* this.index.events(stream, from, stored);
    for (const event of waiting) if (event.version >= from && event.version <= to) yield event;
  }

  result(stream: string, commandId: string): CommandResult | undefined {
    const key = resultKey(stream, commandId);
    return this.#active.results.get(key) ?? this.#flushing?.results.get(key) ?? this.index.result(stream, commandId);
  }

  snapshot(stream: string): Snapshot | undefined {
    return this.#active.snapshots.get(stream) ?? this.#flushing?.snapshots.get(stream) ?? this.index.snapshot(stream);
  }

  /** Stored soon, also where nobody writes to the partition. */
  addSnapshot(snapshot: Snapshot): void {
    this.#active.snapshots.set(snapshot.stream, snapshot);
    this.#active.entries += 1;
    this.#startSoon();
  }

  /** Takes a commit that counts; `state` is the reader's state behind it. */
  add(commit: Commit, state: ReaderState): void {
    const last = commit[commit.length - 1] ?? commit[0];
    for (const record of commit) if (record.kind === 'event') this.#push(rawEventOf(record));
    this.#active.readerState = state;
    this.#active.entries += commit.length;
    if (last.kind !== 'event' && last.kind !== 'verdict') return;
    const { key: stream, commandId, fingerprint, version, ordinal } = last;
    const rejection = last.kind === 'verdict' ? rejectionIn(last.value) : undefined;
    const result = { stream, commandId, fingerprint, version, ordinal, events: last.kind === 'event' ? last.count : 0 };
    this.#active.results.set(resultKey(stream, commandId), rejection ? { ...result, ...inIndex(rejection) } : result);
    this.#active.entries += 1;
  }

  /** Sees to it that what was added is written soon; resolves at once unless too much is waiting. */
  async settle(): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#active.entries >= this.options.flushEntries) {
      if (this.#flushing) await this.#flushed;
      void this.#start();
    } else this.#startSoon();
  }

  /** Resolves when everything added before is stored. */
  async flush(): Promise<void> {
    await this.#flushed;
    await this.#start();
    if (this.#failure) throw this.#failure;
  }

  #push(event: RawEvent): void {
    const { stream, version } = event;
    const before = this.version(stream);
    if (version !== before + 1)
      throw new Unreadable(`${stream}, whose versions have a gap`, { stream, version, after: before });
    this.#versions.set(stream, version);
    const events = this.#active.events.get(stream);
    if (events) events.push(event);
    else this.#active.events.set(stream, [event]);
  }

  #startSoon(): void {
    this.#cancelTimer ??= this.platform.setTimer(this.options.flushAfterMs, () => void this.#start());
  }

  #start(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const readerState = this.#active.readerState ?? this.index.readerState(this.partition);
    if (!this.#flushing && this.#active.entries > 0 && readerState)
      this.#flushed = this.#write(this.#active, readerState);
    return this.#flushed;
  }

  async #write(overlay: Overlay, readerState: ReaderState): Promise<void> {
    this.#flushing = overlay;
    this.#active = new Overlay();
    try {
      await this.index.write({
        partition: this.partition,
        readerState,
        events: [...overlay.events.values()].flat(),
        results: [...overlay.results.values()],
        snapshots: [...overlay.snapshots.values()],
      });
      this.#flushing = undefined;
      if (this.#versions.size > MOST_VERSIONS) this.#versions = versionsIn(this.#active);
      // The timer of what came meanwhile may have run out while there was nothing it could do.
      if (this.#active.entries > 0) this.#startSoon();
    } catch (error) {
      // The entries stay readable in memory; the next settle or flush reports why they could not be stored.
      this.#failure = error;
    }
  }
}

const inIndex = ({ code: rejection, reason }: Rejection): Pick<CommandResult, 'rejection' | 'reason'> =>
  reason ? { rejection, reason } : { rejection };

const versionsIn = ({ events }: Overlay): Map<string, number> =>
  new Map([...events].map(([stream, waiting]) => [stream, waiting.at(-1)?.version ?? 0]));
