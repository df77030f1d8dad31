import { type Platform, ReadModelsUnavailable } from '@ledgerline/es-core';
import type { ReadModelStore } from '@ledgerline/es-core/adapter';
import { memoryReadModelStore } from '../memory/memory-read-model-store.js';

/** `local`: what the primary has. `majority`: what it knows a majority to have, which no election takes back. */
export type ReadConcern = 'local' | 'majority';

/** A change that is made on one member after the other: the same changes in the same order come to the same. */
export type Operation<T> = (member: ReadModelStore) => Promise<T>;

/** What an operation came to on the primary, and its place there. */
export interface Performed<T> {
  readonly answer: Promise<T>;
  readonly index: number;
  readonly term: number;
}

interface Waiting {
  readonly index: number;
  end(error?: Error): void;
}

/** So long the primary waits for a majority before it says that it does not know. */
const CONFIRMED_WITHIN_MS = 500;
const REPLICATED_WITHIN_MS = 20;

/**
 * A primary whose operations reach a majority later. An election takes back what no majority has, from any place on; the new
 * primary may not know at once how much that is, so what it answers a majority read may be older than what was there before.
 */
export class ReplicaSet {
  readonly #waiting = new Set<Waiting>();
  #operations: Operation<unknown>[] = [];
  #primary = memoryReadModelStore();
  #majority = memoryReadModelStore();
  #term = 1;
  /** So many operations a majority has. */
  #confirmed = 0;
  /** So many of them the primary knows of. */
  #known = 0;
  #lags = false;

  constructor(private readonly platform: Platform) {}

  read<T>(concern: ReadConcern, call: Operation<T>): Promise<T> {
    return call(concern === 'local' ? this.#primary : this.#majority);
  }

  /** Also one that changes nothing has its place: what it was answered rests on what is before it. */
  perform<T>(operation: Operation<T>): Performed<T> {
    const answer = operation(this.#primary);
    const index = this.#operations.push(operation);
    this.#replicate();
    return { answer, index, term: this.#term };
  }

  /** Resolves once a majority has it. @throws ReadModelsUnavailable when that is not known in time, or another primary is elected. */
  confirmed({ index, term }: Omit<Performed<unknown>, 'answer'>): Promise<void> {
    if (term !== this.#term) return Promise.reject(another());
    if (index <= this.#known) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = (error?: Error): void => {
        this.#waiting.delete(waiting);
        cancel();
        if (error) reject(error);
        else resolve();
      };
      const waiting = { index, end };
      const late = (): void => end(new ReadModelsUnavailable('no majority has confirmed it in time'));
      const cancel = this.platform.setTimer(CONFIRMED_WITHIN_MS, late);
      this.#waiting.add(waiting);
    });
  }

  /** Nothing reaches a majority until it goes on. */
  lag(): void {
    this.#lags = true;
  }

  catchUp(): void {
    this.#lags = false;
    this.#replicate();
  }

  /** Another primary, which has what a majority has, and may have some of the rest. */
  elect(): void {
    const upTo = (most: number): number => Math.floor(this.platform.random() * (most + 1));
    this.#term += 1;
    this.#operations = this.#operations.slice(0, this.#confirmed + upTo(this.#operations.length - this.#confirmed));
    this.#primary = memberWith(this.#operations);
    this.#known = this.#confirmed - upTo(Math.min(this.#confirmed, 3));
    this.#majority = memberWith(this.#operations.slice(0, this.#known));
    for (const { end } of [...this.#waiting]) end(another());
    // The first operation of a term says how far all of them are.
    this.perform(() => Promise.resolve());
  }

  #replicate(): void {
    const [term, index] = [this.#term, this.#operations.length];
    this.platform.setTimer(this.platform.random() * REPLICATED_WITHIN_MS, () => {
      if (!this.#lags && term === this.#term) this.#confirm(index);
    });
  }

  #confirm(index: number): void {
    if (index <= this.#known) return;
    for (const operation of this.#operations.slice(this.#known, index)) apply(operation, this.#majority);
    this.#known = index;
    this.#confirmed = index;
    for (const waiting of [...this.#waiting]) if (waiting.index <= index) waiting.end();
  }
}

const another = (): ReadModelsUnavailable => new ReadModelsUnavailable('another primary was elected');

const memberWith = (operations: readonly Operation<unknown>[]): ReadModelStore => {
  const member = memoryReadModelStore();
  for (const operation of operations) apply(operation, member);
  return member;
};

/** What it came to was answered where it was performed first. */
const apply = (operation: Operation<unknown>, member: ReadModelStore): void =>
  void operation(member).catch(() => undefined);
