import {
  amountsLeft,
  amountsOf,
  isZero,
  keyText,
  type OrderCancelled,
  type OrderConfirmed,
  plus,
  type PricedGoods,
  type ProductAmounts,
  type ReturnRegistered,
  type ReturnReleased,
  sumOfAmounts,
  zero,
} from '@ledgerline/events';
import { type SalesDimension, type SalesDocument, salesDocumentId, type SalesFigures } from './sales-document.js';

/** What brings money in, or lets it go back. */
export type SalesEvent = OrderConfirmed | OrderCancelled | ReturnRegistered | ReturnReleased;

type Contributions = ReadonlyMap<string, SalesDocument>;

const nothing: Contributions = new Map();
// One event goes to a thousand documents: what it contributes is worked out once, not once for each of them.
const known = new WeakMap<SalesEvent, Contributions>();

/** What the event adds to each document, by the document's id. */
export const contributionsOf = (event: SalesEvent): Contributions => {
  const before = known.get(event);
  if (before) return before;
  const contributions = contributed(event);
  known.set(event, contributions);
  return contributions;
};

const contributed = (event: SalesEvent): Contributions => {
  switch (event.type) {
    case 'OrderConfirmed':
      return contributionsTo(event.data, portionsOf(event.data), { on: event.data.placedAt, figures: sold });
    case 'OrderCancelled':
      // The order and its revenue happened; what goes back is a refund, on the day it was cancelled.
      return event.data.wasConfirmed ? refunded(event.data, event.data.cancelledAt, leftOf(event.data)) : nothing;
    case 'ReturnRegistered':
      return contributionsTo(event.data, portionsOf(event.data), { on: event.data.registeredAt, figures: returned });
    case 'ReturnReleased': {
      const { refund } = event.data;
      return refund ? refunded(event.data, refund.cancelledAt, refund) : nothing;
    }
  }
};

type Trade = { readonly customerId: string; readonly country: string; readonly currency: string };
type Portion = { readonly units: number; readonly amount: string };
type Portions = { readonly whole: Portion; readonly products: ReadonlyMap<string, Portion> };
type Counting = {
  readonly on: string;
  readonly figures: (portion: Portion, currency: string) => SalesFigures;
};

const contributionsTo = (
  { customerId, country, currency }: Trade,
  { whole, products }: Portions,
  { on, figures }: Counting,
): Contributions => {
  const day = on.slice(0, 10);
  const contributions = new Map<string, SalesDocument>();
  const add = (by: SalesDimension, key: string, portion: Portion): void => {
    const sums = figures(portion, currency);
    // A row per day for ranges of days, and one over all days so that a report without a range reads few documents.
    for (const date of by === 'day' ? [day] : [day, null]) {
      const row = { by, key, day: date, currency };
      contributions.set(salesDocumentId(row), { ...row, ...sums });
    }
  };
  add('day', day, whole);
  add('country', keyText(country), whole);
  add('customer', customerId, whole);
  for (const [sku, portion] of products) add('product', sku, portion);
  return contributions;
};

/** A product at two prices is two lines of one order, and one order that contains it. */
const portionsOf = ({ lines, total, currency }: PricedGoods): Portions => {
  const products = new Map<string, Portion>();
  for (const { sku, quantity, amount } of lines) {
    const key = keyText(sku);
    const other = products.get(key);
    products.set(key, {
      units: (other?.units ?? 0) + quantity,
      amount: other ? plus(other.amount, amount, currency) : amount,
    });
  }
  return { whole: { units: lines.reduce((sum, { quantity }) => sum + quantity, 0), amount: total }, products };
};

/** What goes back by the cancellation itself: the returns before it are counted as what they are. */
const leftOf = ({ returned, ...order }: OrderCancelled['data']): ProductAmounts =>
  returned ? amountsLeft(order, returned) : amountsOf(order);

const refunded = (trade: Trade, on: string, amounts: ProductAmounts): Contributions => {
  const { total, products } = sumOfAmounts([amounts], trade.currency);
  if (isZero(total)) return nothing;
  const portions = products.map(({ sku, amount }) => [sku, { units: 0, amount }] as const);
  const whole = { units: 0, amount: total };
  return contributionsTo(trade, { whole, products: new Map(portions) }, { on, figures: cancelled });
};

const sold = ({ units, amount }: Portion, currency: string): SalesFigures => {
  return { orders: 1, units, gross: amount, returns: 0, refunded: zero(currency) };
};

const returned = ({ amount }: Portion, currency: string): SalesFigures => {
  return { orders: 0, units: 0, gross: zero(currency), returns: 1, refunded: amount };
};

const cancelled = (portion: Portion, currency: string): SalesFigures => {
  return { ...returned(portion, currency), returns: 0 };
};
