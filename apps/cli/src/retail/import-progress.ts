/** Somebody who watches an import. */
export interface ImportProgress {
  /** Something that is counted begins, or (without a total) something that takes its time. */
  phase(name: string, total?: number): void;
  advance(count: number): void;
  /** Nothing comes after it; safe to repeat. */
  stop(): void;
}
