import type { OrderPage } from './order-page.projection.js';
import type { OrderSection } from './order-section.js';
import type { PaymentSection } from './payment-section.js';
import type { ReturnSection } from './return-section.js';

/** What `GET /orders/:id` of the projection service answers. */
export type OrderPageView = OrderSection & {
  /** Absent until the payment service has taken the order up. */
  readonly payment?: PaymentSection;
  readonly returns: readonly ReturnSection[];
};

/** Undefined until the order itself has come in, although its payment or a return may have. */
export const orderPageView = ({ order, payment, returns = [] }: OrderPage): OrderPageView | undefined => {
  if (!order) return undefined;
  return payment ? { ...order, payment, returns } : { ...order, returns };
};
