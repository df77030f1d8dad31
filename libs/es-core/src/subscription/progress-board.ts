import type { Platform } from '../platform.js';
import { partitionKey, type Position } from '../position.js';

interface Waiting {
  readonly ordinal: number;
  end(reached: boolean): void;
}

/** Who has read how far, and who waits for it. */
export class ProgressBoard {
  readonly #reached = new Map<string, number>();
  readonly #waiting = new Map<string, Set<Waiting>>();
  #awaited = 0;
  #closed = false;

  constructor(private readonly platform: Platform) {}

  /** False where `reach` would tell nobody. */
  get isAwaited(): boolean {
    return this.#awaited > 0;
  }

  isAwaitedIn(topic: string, partition: number): boolean {
    return (this.#waiting.get(partitionKey(topic, partition))?.size ?? 0) > 0;
  }

  /** How far this partition was read; 0 when nothing was. */
  ordinal(topic: string, partition: number): number {
    return this.#reached.get(partitionKey(topic, partition)) ?? 0;
  }

  reach({ topic, partition, ordinal }: Position): void {
    const key = partitionKey(topic, partition);
    this.#reached.set(key, ordinal);
    for (const one of this.#waiting.get(key) ?? []) if (one.ordinal <= ordinal) one.end(true);
  }

  /** True once the position was reached, at once if it has been; false when `timeoutMs` passed first, or `close` was called. */
  async wait(position: Position, timeoutMs: number): Promise<boolean> {
    if (this.ordinal(position.topic, position.partition) >= position.ordinal) return true;
    if (this.#closed) return false;
    const key = partitionKey(position.topic, position.partition);
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting);
    return new Promise((resolve) => {
      const end = (reached: boolean): void => {
        this.#awaited -= Number(waiting.delete(one));
        cancel();
        resolve(reached);
      };
      const one = { ordinal: position.ordinal, end };
      const cancel = this.platform.setTimer(timeoutMs, () => end(false));
      waiting.add(one);
      this.#awaited += 1;
    });
  }

  /** Nothing will be reached any more: whoever waits is told so. */
  close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting.values()) for (const one of waiting) one.end(false);
  }
}
