import type {
  CommandResult,
  IndexBatch,
  RawEvent,
  ReaderState,
  Snapshot,
  StreamIndex,
} from '@ledgerline/es-core/adapter';

/** A stream index in this process' memory: gone with it, and otherwise as the port says. */
export const memoryStreamIndex = (): StreamIndex => new MemoryStreamIndex();

class MemoryStreamIndex implements StreamIndex {
  readonly #states = new Map<number, ReaderState>();
  readonly #events = new Map<string, RawEvent[]>();
  readonly #results = new Map<string, CommandResult>();
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #notes = new Map<string, string>();

  readerState(partition: number): ReaderState | undefined {
    return this.#states.get(partition);
  }

  version(stream: string): number {
    return this.#events.get(stream)?.length ?? 0;
  }

  *events(stream: string, from: number, to: number): Iterable<RawEvent> {
    const events = this.#events.get(stream) ?? [];
    for (let version = Math.max(1, from); version <= to; version += 1) {
      const event = events[version - 1];
      if (!event) return;
      yield event;
    }
  }

  result(stream: string, commandId: string): CommandResult | undefined {
    return this.#results.get(`${stream}\n${commandId}`);
  }

  snapshot(stream: string): Snapshot | undefined {
    return this.#snapshots.get(stream);
  }

  async write({ partition, readerState, ...batch }: IndexBatch): Promise<void> {
    // All is copied before anything is stored: what cannot be read makes the whole batch fail.
    const [events, results, snapshots] = [batch.events.map(copy), batch.results.map(copy), batch.snapshots.map(copy)];
    for (const event of events) {
      const stream = this.#events.get(event.stream) ?? [];
      stream[event.version - 1] = event;
      this.#events.set(event.stream, stream);
    }
    for (const result of results) this.#results.set(`${result.stream}\n${result.commandId}`, result);
    for (const snapshot of snapshots) this.#snapshots.set(snapshot.stream, snapshot);
    this.#states.set(partition, readerState);
    return await Promise.resolve();
  }

  note(name: string): string | undefined {
    return this.#notes.get(name);
  }

  writeNote(name: string, text: string): Promise<void> {
    this.#notes.set(name, text);
    return Promise.resolve();
  }

  clear(): Promise<void> {
    for (const map of [this.#states, this.#events, this.#results, this.#snapshots, this.#notes]) map.clear();
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const copy = <T extends object>(value: T): T => ({ ...value });
