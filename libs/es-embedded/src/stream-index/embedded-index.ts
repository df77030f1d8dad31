import type {
  CommandResult,
  IndexBatch,
  RawEvent,
  ReaderState,
  Snapshot,
  StreamIndex,
} from '@ledgerline/es-core/adapter';
import { committed } from '../storage/committed.js';
import { type Environment, type Format, putFormat } from '../storage/environment.js';
import {
  packEvent,
  packReaderState,
  packResult,
  packSnapshot,
  unpackEvent,
  unpackReaderState,
  unpackResult,
  unpackSnapshot,
} from './index-entries.js';
import { eventKey, MAX_VERSION, noteKey, readerStateKey, resultKey, snapshotKey, versionOf } from './index-keys.js';

const EVENTS_AT_ONCE = 500;

export class EmbeddedIndex implements StreamIndex {
  #closing: Promise<void> | undefined;

  constructor(
    private readonly environment: Environment,
    private readonly format: Format,
  ) {}

  readerState(partition: number): ReaderState | undefined {
    const stored = this.environment.get(readerStateKey(partition));
    return stored && unpackReaderState(stored);
  }

  version(stream: string): number {
    const newestFirst = { start: eventKey(stream, MAX_VERSION), end: eventKey(stream, 0), reverse: true, limit: 1 };
    for (const key of this.environment.getKeys(newestFirst)) return versionOf(key);
    return 0;
  }

  *events(stream: string, from: number, to: number): Iterable<RawEvent> {
    // No cursor stays open while the caller looks at an event: a pass that is never finished would hold old pages for ever.
    for (let next = Math.max(1, from); next <= to; next += EVENTS_AT_ONCE) {
      const some = this.#events(stream, next, Math.min(to, next + EVENTS_AT_ONCE - 1));
      yield* some;
      if (some.length < EVENTS_AT_ONCE) return;
    }
  }

  result(stream: string, commandId: string): CommandResult | undefined {
    const stored = this.environment.get(resultKey(stream, commandId));
    return stored && unpackResult({ stream, commandId }, stored);
  }

  snapshot(stream: string): Snapshot | undefined {
    const stored = this.environment.get(snapshotKey(stream));
    return stored && unpackSnapshot(stored);
  }

  async write({ partition, readerState, events, results, snapshots }: IndexBatch): Promise<void> {
    const write = this.environment.batch(() => {
      for (const event of events) this.#put(eventKey(event.stream, event.version), packEvent(event));
      for (const result of results) this.#put(resultKey(result.stream, result.commandId), packResult(result));
      for (const snapshot of snapshots) this.#put(snapshotKey(snapshot.stream), packSnapshot(snapshot));
      this.#put(readerStateKey(partition), packReaderState(readerState));
    });
    await committed(write);
  }

  note(name: string): string | undefined {
    return this.environment.get(noteKey(name))?.toString();
  }

  async writeNote(name: string, text: string): Promise<void> {
    await committed(this.environment.put(noteKey(name), Buffer.from(text)));
  }

  async clear(): Promise<void> {
    // Both are in one transaction, because they are in one turn.
    await Promise.all([committed(this.environment.clearAsync()), putFormat(this.environment, this.format)]);
  }

  close(): Promise<void> {
    this.#closing ??= this.environment.close();
    return this.#closing;
  }

  #events(stream: string, from: number, to: number): readonly RawEvent[] {
    const range = { start: eventKey(stream, from), end: eventKey(stream, to + 1) };
    const events: RawEvent[] = [];
    for (const { key, value } of this.environment.getRange(range))
      events.push(unpackEvent({ stream, version: versionOf(key) }, value));
    return events;
  }

  /** The batch that it is part of says when it is stored. */
  #put(key: Buffer, value: Buffer): void {
    void this.environment.put(key, value);
  }
}
