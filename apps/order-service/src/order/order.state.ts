import type { OrderCreated, ProductAmounts } from '@ledgerline/events';

export type OrderState =
  | { readonly status: 'absent' }
  | { readonly status: 'created'; readonly order: Order }
  | {
      readonly status: 'confirmed';
      readonly order: Order;
      readonly confirmedAt: string;
      readonly returns: readonly AcceptedReturn[];
    }
  | {
      readonly status: 'cancelled';
      readonly order: Order;
      readonly cancelledAt: string;
      readonly reason: string;
      readonly wasConfirmed: boolean;
      /** Those that had been accepted before. */
      readonly returns: readonly AcceptedReturn[];
    };

export type Order = OrderCreated['data'];

/** Registered, or about to be. */
export interface AcceptedReturn {
  readonly returnId: string;
  readonly worth: ProductAmounts;
}
