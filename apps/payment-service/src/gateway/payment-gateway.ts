import type { Money } from '@ledgerline/events';

export interface Charge {
  /** A repeat under the same key takes no money again and is answered as the first time. */
  readonly key: string;
  readonly paymentId: string;
  readonly amount: Money;
  /** The customer's means of payment, as the gateway issued it. */
  readonly method: string;
}

export type ChargeOutcome =
  | { readonly outcome: 'processed'; readonly reference: string }
  | { readonly outcome: 'declined'; readonly reason: string };

export interface GatewayRefund {
  /** A repeat under the same key gives nothing back again. */
  readonly key: string;
  readonly paymentId: string;
  readonly amount: Money;
}

/**
 * Whoever moves the money. What it has answered it remembers for a while (providers: for a day or so), also over a kill of either side.
 * That covers a crash between its answer and our record; what is recorded is never asked for again.
 */
export interface PaymentGateway {
  /** Takes the money, or says why not. Declining is an answer; an error means that nothing is known: ask again. */
  charge(charge: Charge): Promise<ChargeOutcome>;
  /** Gives the money back. An error means that nothing is known: ask again. */
  refund(refund: GatewayRefund): Promise<void>;
}

/** Nest's name for the port. */
export const PAYMENT_GATEWAY = Symbol('PaymentGateway');
