import { setTimeout as pause } from 'node:timers/promises';
import { EsError } from '@ledgerline/es-core';
import type { CommandTarget } from '../http/command-sender.js';
import type { ImportTally } from './import-tally.js';
import { paymentCommand } from './retail-commands.js';
import type { PlannedInvoice } from './retail-plan.js';

/** A sale that waits for its payment: its rows are not needed any more. */
type Sale = Pick<PlannedInvoice, 'invoiceNo'>;

/** The order process did not ask for a payment: it stands still. */
export class PaymentNotRequested extends EsError {
  constructor(orderId: string, waiting: number) {
    const message = `no payment was requested for order ${orderId} within ${GIVE_UP_AFTER_MS / 1000} s (${waiting} wait): \`es lag\` shows where the order process stands`;
    super('payment-not-requested', message, true, { orderId, waiting });
  }
}

const AT_ONCE = 500;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;
const GIVE_UP_AFTER_MS = 60_000;

/** Pays orders as their payments are requested, which the order process does a moment after the checkout. */
export class PaymentDesk {
  readonly #queue: Sale[] = [];
  #closed = false;
  #wake: () => void = () => {};

  constructor(
    private readonly payments: CommandTarget,
    private readonly tally: ImportTally,
  ) {}

  pay(sales: readonly Sale[]): void {
    this.#queue.push(...sales.map(({ invoiceNo }) => ({ invoiceNo })));
    this.#wake();
  }

  /** Nobody else comes. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Resolves when everybody has paid and the desk is closed. @throws PaymentNotRequested, and as `CommandTarget.send` */
  async run(): Promise<void> {
    let standsSince = Date.now();
    for (let ms = FIRST_PAUSE_MS; await this.#somebodyWaits(); ms = Math.min(LONGEST_PAUSE_MS, ms * 2)) {
      const due = this.#queue.splice(0, AT_ONCE);
      const early = await this.#paid(due);
      this.#queue.push(...early);
      const [first] = early;
      if (!first || early.length < due.length) {
        ms = FIRST_PAUSE_MS / 2;
        standsSince = Date.now();
      } else if (Date.now() - standsSince > GIVE_UP_AFTER_MS) {
        throw new PaymentNotRequested(first.invoiceNo, this.#queue.length);
      }
      if (first) await pause(ms);
    }
  }

  /** The sales whose payment was not requested yet. */
  async #paid(sales: readonly Sale[]): Promise<readonly Sale[]> {
    const verdicts = await this.payments.send(sales.map(paymentCommand));
    const early = verdicts.map(({ code }) => code === 'payment-not-requested');
    this.tally.count(verdicts.filter((_, i) => !early[i]));
    return sales.filter((_, i) => early[i]);
  }

  async #somebodyWaits(): Promise<boolean> {
    while (this.#queue.length === 0 && !this.#closed)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return this.#queue.length > 0;
  }
}
