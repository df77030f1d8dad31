import { describe, expect, it } from '@jest/globals';
import { type CommandOf, decide, fold, type StateOf } from '@ledgerline/es-core';
import {
  amountsLeft,
  compareAmounts,
  type OrderEvent,
  plus,
  priced,
  type ProductAmounts,
  sumOf,
  sumOfAmounts,
} from '@ledgerline/events';
import fc from 'fast-check';
import { order as orders } from './order.aggregate.js';

type OrderCommand = CommandOf<typeof orders>;
type OrderState = StateOf<typeof orders>;

const seed = 20_260_101;
const at = '2026-01-01T12:00:00.000Z';
const currency = 'GBP';
const nothing: ProductAmounts = { total: '0.00', products: [] };

const goods = priced(
  [
    { lineId: '1', sku: 'A', quantity: 3, unitPrice: '2.55' },
    { lineId: '2', sku: 'B', quantity: 1, unitPrice: '4.00' },
    { lineId: '3', sku: 'A', quantity: 1, unitPrice: '0.335' },
  ],
  currency,
);
const whose = { orderId: 'o-1', customerId: 'c-1', country: 'EIRE' };
const order = { ...whose, placedAt: at, currency, ...goods };
const paid: readonly OrderEvent[] = [
  { type: 'OrderCreated', data: { ...order, cartId: 'c-1', createdAt: at } },
  { type: 'OrderConfirmed', data: { ...order, confirmedAt: at } },
];

const returnId = fc.constantFrom('r-1', 'r-2', 'r-3', 'r-4');
const line = fc.record({
  sku: fc.constantFrom('A', 'B', 'Z'),
  quantity: fc.integer({ min: 1, max: 3 }),
  unitPrice: fc.constantFrom('0.335', '1.00', '2.55').map((amount) => ({ amount, currency })),
});
const command: fc.Arbitrary<OrderCommand> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({ returnId, lines: fc.array(line, { minLength: 1, maxLength: 2 }) })
      .map(
        ({ returnId, lines }) =>
          ({ type: 'AcceptReturn', commandId: `key-${returnId}`, returnId, ...whose, lines }) as const,
      ),
  },
  {
    weight: 2,
    arbitrary: returnId.map((id) => ({ type: 'ReleaseReturn', returnId: id, reason: 'return-exists' }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'CancelOrder', reason: 'x' } as const) },
);

const historyOf = (commands: readonly OrderCommand[]): readonly OrderEvent[] => {
  const events = [...paid];
  for (const one of commands) events.push(...(decide(orders, fold(orders, events), { command: one, at }).events ?? []));
  return events;
};
const acceptedIn = (state: OrderState): readonly ProductAmounts[] =>
  'returns' in state ? state.returns.map(({ worth }) => worth) : [];
/** What the cancellation and the releases after it say is to be refunded. */
const refundsIn = (events: readonly OrderEvent[]): readonly ProductAmounts[] =>
  events.flatMap((event) => {
    if (event.type === 'OrderCancelled') return [amountsLeft(event.data, event.data.returned ?? nothing)];
    return event.type === 'ReturnReleased' && event.data.refund ? [event.data.refund] : [];
  });

describe('an order that takes goods back and is cancelled, in whatever order', () => {
  it('accepts no more than it is worth, and is refunded to the penny once it is cancelled', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
        const events = historyOf(commands);
        const state = fold(orders, events);
        const returned = sumOfAmounts(acceptedIn(state), currency).total;
        expect(compareAmounts(returned, order.total)).toBeLessThanOrEqual(0);
        const refunds = refundsIn(events);
        for (const { total, products } of refunds)
          expect(
            sumOf(
              products.map(({ amount }) => amount),
              currency,
            ),
          ).toBe(total);
        const refunded = sumOfAmounts(refunds, currency).total;
        expect(plus(returned, refunded, currency)).toBe(state.status === 'cancelled' ? order.total : returned);
      }),
      { seed, numRuns: 2_000 },
    );
  });
});
