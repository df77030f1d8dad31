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

/**
 * What the sandbox has done, each once, durable before anybody is told. Several processes may keep one ledger: of the entries
 * of one kind under one key the first in the file counts, and moves the money.
 */
export class SandboxLedger {
  readonly #counting = new Map<string, LedgerEntry>();
  /** Entries on their way to the disk: a repeat meanwhile waits for the same one. */
  readonly #recording = new Map<string, Promise<LedgerEntry>>();

  private constructor(private readonly file: DurableLines) {}

  static async open(path: string): Promise<SandboxLedger> {
    const ledger = new SandboxLedger(await DurableLines.open(path));
    await ledger.#readOn();
    return ledger;
  }

  /** What was answered under the key, by whichever process. */
  async outcomeOf(key: string): Promise<ChargeOutcome | undefined> {
    if (!this.#counting.has(`charge ${key}`)) await this.#readOn();
    const known = this.#counting.get(`charge ${key}`);
    return known?.kind === 'charge' ? known.outcome : undefined;
  }

  /** Resolves with the entry that counts, this one or an earlier one of its kind under its key, once it is on disk. */
  async record(made: LedgerEntry): Promise<LedgerEntry> {
    const name = nameOf(made);
    const known = this.#counting.get(name) ?? this.#recording.get(name);
    if (known) return await known;
    const recording = this.#append(name, made).finally(() => this.#recording.delete(name));
    this.#recording.set(name, recording);
    return await recording;
  }

  close(): Promise<void> {
    return this.file.close();
  }

  async #append(name: string, made: LedgerEntry): Promise<LedgerEntry> {
    await this.#readOn();
    if (!this.#counting.has(name)) {
      await this.file.append(JSON.stringify(made));
      // Another process may have been faster by a line.
      await this.#readOn();
    }
    const counting = this.#counting.get(name);
    if (!counting) throw new Error(`${name} was recorded and is not in the ledger`);
    return counting;
  }

  async #readOn(): Promise<void> {
    for (const line of await this.file.read()) {
      const read = entryIn(line);
      if (read && !this.#counting.has(nameOf(read))) this.#counting.set(nameOf(read), read);
    }
  }
}

const nameOf = ({ kind, key }: LedgerEntry): string => `${kind} ${key}`;

/** Undefined for a line that a kill cut short: nobody was told of it. */
const entryIn = (line: string): LedgerEntry | undefined => {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  return entry.parse(json);
};
