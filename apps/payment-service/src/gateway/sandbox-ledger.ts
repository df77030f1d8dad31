import { z } from 'zod';
import type { ChargeOutcome } from './payment-gateway.js';
import { DurableLines } from './durable-lines.js';

const amount = z.object({ amount: z.string(), currency: z.string() });
const outcome = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('processed'), reference: z.string() }),
  z.object({ outcome: z.literal('declined'), reason: z.string() }),
]);
const entry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('charge'), key: z.string(), paymentId: z.string(), amount, method: z.string(), outcome }),
  z.object({ kind: z.literal('refund'), key: z.string(), paymentId: z.string(), amount }),
]);

/** One line of the ledger: money that moved, or did not, once per key. */
export type LedgerEntry = z.output<typeof entry>;

/** What the sandbox has done, each once, durable before anybody is told. */
export class SandboxLedger {
  readonly #outcomes = new Map<string, ChargeOutcome | undefined>();
  /** Entries on their way to the disk: a repeat meanwhile waits for the same one. */
  readonly #recording = new Map<string, Promise<void>>();

  private constructor(private readonly file: DurableLines) {}

  static async open(path: string): Promise<SandboxLedger> {
    const { file, lines } = await DurableLines.open(path);
    const ledger = new SandboxLedger(file);
    for (const line of lines) ledger.#know(entry.parse(JSON.parse(line)));
    return ledger;
  }

  outcomeOf(key: string): ChargeOutcome | undefined {
    return this.#outcomes.get(`charge ${key}`);
  }

  /** Resolves when the entry, or an earlier one of its kind under its key, is on disk. */
  async record(made: LedgerEntry): Promise<void> {
    const name = `${made.kind} ${made.key}`;
    if (this.#outcomes.has(name)) return;
    const recording = this.#recording.get(name) ?? this.#append(name, made);
    await recording;
  }

  close(): Promise<void> {
    return this.file.close();
  }

  async #append(name: string, made: LedgerEntry): Promise<void> {
    const appended = this.file.append(JSON.stringify(made));
    this.#recording.set(name, appended);
    try {
      await appended;
      this.#know(made);
    } finally {
      this.#recording.delete(name);
    }
  }

  #know(made: LedgerEntry): void {
    this.#outcomes.set(`${made.kind} ${made.key}`, made.kind === 'charge' ? made.outcome : undefined);
  }
}
