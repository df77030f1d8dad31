import type { CommandVerdict } from '../http/command-sender.js';
import type { ImportProgress } from './import-progress.js';

export interface RefusedCommand {
  readonly id: string;
  readonly code: string;
  readonly detail?: string | undefined;
}

/** Counts what became of the commands that this run sent. */
export class ImportTally {
  readonly refused: RefusedCommand[] = [];
  /** Orders that are placed, by this run or before it, and what the file says that they come to. */
  readonly placed = new Map<string, string>();
  readonly #heads = new Map<string, number>();
  recorded = 0;
  repeated = 0;

  constructor(private readonly progress: ImportProgress) {}

  count(verdicts: readonly CommandVerdict[]): void {
    for (const { id, status, code = 'rejected', detail, position } of verdicts) {
      if (status === 'accepted') this.recorded += 1;
      else if (status === 'repeated') this.repeated += 1;
      else this.refused.push({ id, code, detail });
      if (position !== undefined) this.#reach(position);
    }
    this.progress.advance(verdicts.length);
  }

  /** The last position that was answered of each partition, `orders.events/3@1204`. */
  get positions(): readonly string[] {
    return [...this.#heads].map(([partition, ordinal]) => `${partition}@${ordinal}`);
  }

  #reach(position: string): void {
    const at = position.lastIndexOf('@');
    const partition = position.slice(0, at);
    const ordinal = Number(position.slice(at + 1));
    if (ordinal > (this.#heads.get(partition) ?? 0)) this.#heads.set(partition, ordinal);
  }
}
