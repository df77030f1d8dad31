import type { ChargeOutcome, PaymentGateway } from '@ledgerline/payment-service';

/** A provider of payments in the hands of a spec: it takes as long as that says, and forgets when it is told to. */
export class HeldGateway implements PaymentGateway {
  /** Money that moved: `charge <payment> 15.30`. */
  readonly moved: string[] = [];
  readonly #known = new Set<string>();
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #held = new Set<string>();

  /** Nothing that is asked for of the payment arrives until it is released. */
  hold(paymentId: string): void {
    this.#held.add(paymentId);
  }

  release(paymentId: string): void {
    this.#held.delete(paymentId);
    for (const arrive of this.#waiting.get(paymentId) ?? []) arrive();
    this.#waiting.delete(paymentId);
  }

  /** What waits to arrive. */
  waitingFor(paymentId: string): number {
    return this.#waiting.get(paymentId)?.length ?? 0;
  }

  /** Money moves again under every key. */
  forgetKeys(): void {
    this.#known.clear();
  }

  async charge({ key, paymentId, amount }: Parameters<PaymentGateway['charge']>[0]): Promise<ChargeOutcome> {
    await this.#perform(`charge ${key}`, { paymentId, what: `charge ${paymentId} ${amount.amount}` });
    return { outcome: 'processed', reference: `reference-of-${key}` };
  }

  async refund({ key, paymentId, amount }: Parameters<PaymentGateway['refund']>[0]): Promise<void> {
    await this.#perform(`refund ${key}`, { paymentId, what: `refund ${paymentId} ${amount.amount}` });
  }

  async #perform(
    name: string,
    { paymentId, what }: { readonly paymentId: string; readonly what: string },
  ): Promise<void> {
    if (this.#held.has(paymentId))
      await new Promise<void>((resolve) => {
        this.#waiting.set(paymentId, [...(this.#waiting.get(paymentId) ?? []), resolve]);
      });
    if (this.#known.has(name)) return;
    this.#known.add(name);
    this.moved.push(what);
  }
}
