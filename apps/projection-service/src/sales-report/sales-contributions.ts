import { ignoreUnknown } from '@ledgerline/es-core';
import { type OrderLine, type OrdersEvent, plus, zero } from '@ledgerline/events';
import type { SalesDimension, SalesDocument, SalesFigures } from './sales-document.js';

type Contributions = ReadonlyMap<string, SalesDocument>;

const nothing: Contributions = new Map();
// One event goes to a thousand documents: what it contributes is worked out once, not once for each of them.
const known = new WeakMap<OrdersEvent, Contributions>();

/** What the event adds to each document, by the document's id. */
export const contributionsOf = (event: OrdersEvent): Contributions => {
  const before = known.get(event);
  if (before) return before;
  const contributions = contributed(event);
  known.set(event, contributions);
  return contributions;
};

const contributed = (event: OrdersEvent): Contributions => {
  switch (event.type) {
    case 'OrderConfirmed':
      return contributionsTo(event.data, event.data.placedAt, sold);
    case 'OrderCancelled':
      // The order and its revenue happened; what goes back is a refund, on the day it was cancelled.
      return event.data.wasConfirmed ? contributionsTo(event.data, event.data.cancelledAt, cancelled) : nothing;
    case 'ReturnRegistered':
      return contributionsTo(event.data, event.data.registeredAt, returned);
    case 'OrderCreated':
    case 'ItemAddedToCart':
    case 'QuantityChanged':
    case 'ItemRemovedFromCart':
    case 'CartCheckedOut':
    case 'CartReopened':
      return nothing;
    default:
      return ignoreUnknown(event, nothing);
  }
};

type Trade = {
  readonly customerId: string;
  readonly country: string;
  readonly currency: string;
  readonly lines: readonly OrderLine[];
  readonly total: string;
};
type Portion = { readonly units: number; readonly amount: string };

const contributionsTo = (
  { customerId, country, currency, lines, total }: Trade,
  time: string,
  figures: (portion: Portion, currency: string) => SalesFigures,
): Contributions => {
  const day = time.slice(0, 10);
  const contributions = new Map<string, SalesDocument>();
  const add = (by: SalesDimension, key: string, portion: Portion): void => {
    const sums = figures(portion, currency);
    // A row per day for ranges of days, and one over all days so that a report without a range reads few documents.
    for (const on of by === 'day' ? [day] : [day, null])
      contributions.set(`${by}|${currency}|${on ?? 'all'}|${key}`, { by, key, day: on, currency, ...sums });
  };
  const whole = { units: lines.reduce((sum, { quantity }) => sum + quantity, 0), amount: total };
  add('day', day, whole);
  add('country', country, whole);
  add('customer', customerId, whole);
  for (const [sku, portion] of bySku(lines, currency)) add('product', sku, portion);
  return contributions;
};

/** A product at two prices is two lines of one order, and one order that contains it. */
const bySku = (lines: readonly OrderLine[], currency: string): ReadonlyMap<string, Portion> => {
  const portions = new Map<string, Portion>();
  for (const { sku, quantity, amount } of lines) {
    const other = portions.get(sku);
    portions.set(sku, {
      units: (other?.units ?? 0) + quantity,
      amount: other ? plus(other.amount, amount, currency) : amount,
    });
  }
  return portions;
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
