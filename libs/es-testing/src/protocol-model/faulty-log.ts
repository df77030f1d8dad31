import { LogUnavailable } from '@ledgerline/es-core';
import {
  AppendRefused,
  type LogBounds,
  type LogChunk,
  type LogProblem,
  type LogReader,
  type LogRecord,
  OffsetOutOfRange,
  type PartitionedLog,
  type ReadOptions,
  type StoredRecord,
} from '@ledgerline/es-core/adapter';
import type { SimulatedPlatform } from '../platform/simulated-time.js';

/** How often the network and the broker misbehave, as chances between 0 and 1. */
export interface Weather {
  readonly loseRequest: number;
  readonly loseResponse: number;
  readonly repeat: number;
  readonly stray: number;
  readonly refuse: number;
  readonly failRead: number;
}

export const CALM: Weather = { loseRequest: 0, loseResponse: 0, repeat: 0, stray: 0, refuse: 0, failRead: 0 };

const TIMEOUT_MS = 200;

/** What the broker holds of one partition. It may lose its tail, as a broker that does not flush does. */
export class Broker {
  records: LogRecord[] = [];
  /** Records that were stored and then lost. */
  readonly lost: LogRecord[] = [];
  /** Goes up when the leader changes: connections of before are gone. */
  epoch = 0;
  #waiting: (() => void)[] = [];

  store(records: readonly LogRecord[]): number {
    const first = this.records.length;
    this.records.push(...records);
    this.wake();
    return first;
  }

  /** Resolves when something is stored, or may have been. */
  stored(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  loseTail(count: number): void {
    this.lost.push(...this.records.splice(Math.max(1, this.records.length - count)));
    this.epoch += 1;
  }
}

/** One machine's connection to the broker, over a network that loses, repeats, delays and swaps. One partition. */
export class FaultyLog implements PartitionedLog {
  readonly topic = 'model.events';
  readonly partitions = 1;
  readonly maxBatchBytes = 1_000_000;
  weather: Weather = CALM;
  #epoch = 0;

  constructor(
    private readonly broker: Broker,
    private readonly world: SimulatedPlatform,
    /** Runs what reaches the machine: never where it is dead, and later where it is halted. */
    private readonly reach: (run: () => void) => void,
  ) {
    this.#epoch = broker.epoch;
  }

  append(_partition: number, records: readonly LogRecord[]): Promise<{ readonly firstOffset: number }> {
    if (this.#epoch !== this.broker.epoch) {
      this.#epoch = this.broker.epoch;
      return this.#failing('the connection was lost');
    }
    const { loseRequest, loseResponse, repeat, stray, refuse } = this.weather;
    if (this.#chance(refuse)) return this.#failing('refused', new AppendRefused('by the weather'));
    if (this.#chance(loseRequest)) return this.#failing('the request was lost');
    const late = this.#chance(stray) ? TIMEOUT_MS * (1 + 3 * this.world.random()) : 0;
    const twice = this.#chance(repeat);
    const silent = this.#chance(loseResponse);
    return this.#deliver(records, { late, twice, silent });
  }

  bounds(): Promise<LogBounds> {
    return this.#after(this.#delay(), () => ({ start: 0, end: this.broker.records.length }));
  }

  read(_partition: number, { from, follow, maxRecords = 100 }: ReadOptions): LogReader {
    const bound = follow ? Infinity : this.broker.records.length;
    let next = from;
    let closed = false;
    const chunk = (): LogChunk | undefined => {
      const held = this.broker.records.length;
      const end = Math.min(bound, held);
      if (next > held || (!follow && bound > held))
        throw new OffsetOutOfRange(this.topic, 0, next, { start: 0, end: held });
      if (closed || next >= end) return undefined;
      const records = this.broker.records.slice(next, Math.min(end, next + maxRecords)).map(stored(next));
      next += records.length;
      return { records, nextOffset: next };
    };
    return {
      next: async () => {
        while (follow && !closed && next === this.broker.records.length) await this.broker.stored();
        if (this.#chance(this.weather.failRead)) return this.#failing('the answer was lost');
        return this.#after(this.#delay(), chunk);
      },
      close: () => {
        closed = true;
        this.broker.wake();
        return Promise.resolve();
      },
    };
  }

  problems(): Promise<readonly LogProblem[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #deliver(
    records: readonly LogRecord[],
    { late, twice, silent }: { readonly late: number; readonly twice: boolean; readonly silent: boolean },
  ): Promise<{ readonly firstOffset: number }> {
    const epoch = this.broker.epoch;
    const connected = (): boolean => epoch === this.broker.epoch;
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new LogUnavailable('no answer in time'));
      if (late > 0 || silent) this.#later(TIMEOUT_MS, fail);
      this.world.setTimer(late + this.#delay(), () => {
        if (!connected()) return this.#later(0, fail);
        let firstOffset = this.broker.store(records);
        const answer = (): void => (connected() ? resolve({ firstOffset }) : fail());
        if (!twice) return this.#later(this.#delay(), answer);
        this.world.setTimer(this.#delay() * 3, () => {
          if (!connected()) return this.#later(0, fail);
          const second = this.broker.store(records);
          if (this.#chance(0.5)) firstOffset = second;
          return this.#later(this.#delay(), answer);
        });
        return undefined;
      });
    });
  }

  #later(ms: number, run: () => void): undefined {
    this.world.setTimer(ms, () => this.reach(run));
    return undefined;
  }

  #failing<T>(reason: string, error: Error = new LogUnavailable(reason)): Promise<T> {
    return new Promise((_, reject) => this.#later(this.#delay(), () => reject(error)));
  }

  #after<T>(ms: number, what: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#later(ms, () => {
        try {
          resolve(what());
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  #delay(): number {
    return 1 + Math.floor(this.world.random() * 10);
  }

  #chance(chance: number): boolean {
    return chance > 0 && this.world.random() < chance;
  }
}

const stored =
  (first: number) =>
  (record: LogRecord, i: number): StoredRecord => ({ ...record, offset: first + i });
