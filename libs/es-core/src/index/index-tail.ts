import type { Commit } from '../chain/chain.js';
import type { ReaderState } from '../chain/reader-state.js';
import { Unreadable } from '../errors.js';
import type { Platform } from '../platform.js';
import { rejectionIn } from '../writer/verdict.js';
import type { CommandResult, RawEvent, Snapshot, StreamIndex } from './stream-index.port.js';

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
export class IndexTail {
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
    return this.#last(this.#active, stream) ?? this.#last(this.#flushing, stream) ?? this.index.version(stream);
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

  addSnapshot(snapshot: Snapshot): void {
    this.#active.snapshots.set(snapshot.stream, snapshot);
    this.#active.entries += 1;
  }

  /** Takes a commit that counts; `state` is the reader's state behind it. */
  add(commit: Commit, state: ReaderState): void {
    const last = commit[commit.length - 1] ?? commit[0];
    for (const { kind, key: stream, version, ordinal, ...rest } of commit) {
      if (kind !== 'event') continue;
      if (version !== this.version(stream) + 1)
        throw new Unreadable(`${stream}, whose versions have a gap`, { stream, version, after: this.version(stream) });
      this.#push({ stream, version, ordinal, ...rest });
    }
    this.#active.readerState = state;
    this.#active.entries += commit.length;
    if (last.kind !== 'event' && last.kind !== 'verdict') return;
    const { key: stream, commandId, fingerprint, version, ordinal } = last;
    const rejection = last.kind === 'verdict' ? rejectionIn(last.value) : undefined;
    const result = { stream, commandId, fingerprint, version, ordinal, events: last.kind === 'event' ? last.count : 0 };
    this.#active.results.set(resultKey(stream, commandId), rejection ? { ...result, rejection } : result);
    this.#active.entries += 1;
  }

  /** Sees to it that what was added is written soon; resolves at once unless too much is waiting. */
  async settle(): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#active.entries >= this.options.flushEntries) {
      if (this.#flushing) await this.#flushed;
      void this.#start();
    } else this.#cancelTimer ??= this.platform.setTimer(this.options.flushAfterMs, () => void this.#start());
  }

  /** Resolves when everything added before is stored. */
  async flush(): Promise<void> {
    await this.#flushed;
    await this.#start();
    if (this.#failure) throw this.#failure;
  }

  #push({ stream, version, ordinal, ...e }: Omit<RawEvent, 'data'> & { readonly value: string }): void {
    const { type, value: data, id, time, commandId, correlationId, causationId, actor } = e;
    const event = { stream, version, type, data, id, time, ordinal, commandId, correlationId, causationId, actor };
    const events = this.#active.events.get(stream);
    if (events) events.push(event);
    else this.#active.events.set(stream, [event]);
  }

  #last(overlay: Overlay | undefined, stream: string): number | undefined {
    return overlay?.events.get(stream)?.at(-1)?.version;
  }

  #start(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (!this.#flushing && this.#active.readerState)
      this.#flushed = this.#write(this.#active, this.#active.readerState);
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
    } catch (error) {
      // The entries stay readable in memory; the next settle or flush reports why they could not be stored.
      this.#failure = error;
    }
  }
}
