import { describe, expect, it } from '@jest/globals';
import { type CommandOf, decide, fold } from '@ledgerline/es-core';
import { given as givenEvents } from '@ledgerline/es-testing';
import type { OrderEvent, ReturnAccepted } from '@ledgerline/events';
import { order } from './order.aggregate.js';
import { orderView } from './order.view.js';

const given = (...events: readonly OrderEvent[]) => givenEvents(order, ...events);
const at = '2026-01-01T00:00:00.000Z';
const placedAt = '2010-12-01T08:26:00.000Z';

const whose = { customerId: '17850', country: 'EIRE' };
const ordered = {
  ...{ orderId: 'o-1', ...whose, placedAt, currency: 'GBP', total: '9.00' },
  lines: [
    { lineId: '1', sku: 'A', quantity: 5, unitPrice: '1.60', amount: '8.00' },
    { lineId: '2', sku: 'B', quantity: 1, unitPrice: '1.00', amount: '1.00' },
  ],
};
const created: OrderEvent = { type: 'OrderCreated', data: { ...ordered, cartId: 'c-1', createdAt: at } };
const confirmed: OrderEvent = { type: 'OrderConfirmed', data: { ...ordered, confirmedAt: at } };
const paid = [created, confirmed];
const cancel = { type: 'CancelOrder', reason: 'too late' } as const;
const cancelled = (returned?: ReturnAccepted['data']['worth']): OrderEvent => ({
  type: 'OrderCancelled',
  data: { ...ordered, cancelledAt: at, reason: 'too late', wasConfirmed: true, ...(returned && { returned }) },
});

const wish = (returnId: string, sku: string, quantity: number, amount = '1.60') => ({
  ...{ commandId: `key-${returnId}`, returnId, orderId: 'o-1', ...whose },
  lines: [{ sku, quantity, unitPrice: { amount, currency: 'GBP' } }],
});
type Goods = ReturnType<typeof wish>;
type AcceptReturn = CommandOf<typeof order, 'AcceptReturn'>;
const accept = (goods: Goods, more: Partial<AcceptReturn> = {}): AcceptReturn => ({
  ...{ type: 'AcceptReturn', ...goods },
  ...more,
});
const accepted = (goods: Goods, total: string): OrderEvent => ({
  type: 'ReturnAccepted',
  data: { ...goods, worth: { total, products: goods.lines.map(({ sku }) => ({ sku, amount: total })) } },
});
const release = (returnId: string) => ({ type: 'ReleaseReturn', returnId, reason: 'return-exists' }) as const;
const released = (returnId: string, more: object = {}): OrderEvent => ({
  type: 'ReturnReleased',
  data: { orderId: 'o-1', ...whose, currency: 'GBP', returnId, reason: 'return-exists', ...more },
});
const [one, two, three] = [wish('r-1', 'A', 2), wish('r-2', 'A', 3), wish('r-3', 'B', 1, '1.0')];

describe('a return of an order', () => {
  it('is accepted word for word, with what it is worth', () => {
    given(...paid)
      .when(accept(three))
      .then(accepted(three, '1.00'));
    const more = { registeredAt: placedAt, lines: [...one.lines, ...three.lines, ...one.lines] };
    given(...paid)
      .when(accept(one, more))
      .then({
        type: 'ReturnAccepted',
        data: {
          ...{ ...one, ...more },
          worth: {
            total: '7.40',
            products: [
              { sku: 'A', amount: '6.40' },
              { sku: 'B', amount: '1.00' },
            ],
          },
        },
      });
  });

  it('is accepted as long as all of them together are worth no more than the order', () => {
    const twice = [...paid, accepted(one, '3.20'), accepted(two, '4.80')];
    given(...twice)
      .when(accept(three))
      .then(accepted(three, '1.00'));
    given(...twice)
      .when(accept(wish('r-3', 'B', 1, '1.01')))
      .thenRejected('return-exceeds-order');
    given(...twice, accepted(three, '1.00'))
      .when(accept(wish('r-4', 'A', 1, '0.01')))
      .thenRejected('return-exceeds-order');
    given(...twice, released('r-2'))
      .when(accept(wish('r-4', 'A', 3)))
      .then(accepted(wish('r-4', 'A', 3), '4.80'));
  });

  it('needs an order that was paid and not cancelled', () => {
    given().when(accept(one)).thenRejected('order-not-found');
    given(created).when(accept(one)).thenRejected('order-not-confirmed');
    given(...paid, cancelled())
      .when(accept(one))
      .thenRejected('order-not-confirmed');
  });

  it('is in the order’s currency, and keeps a return’s own rules', () => {
    const euros = { sku: 'A', quantity: 1, unitPrice: { amount: '1.00', currency: 'EUR' } };
    given(...paid)
      .when(accept(one, { lines: [euros] }))
      .thenRejected('currency-mismatch');
    given(...paid)
      .when(accept(one, { lines: [...one.lines, euros] }))
      .thenRejected('currency-mismatch');
    given(...paid)
      .when(accept(one, { lines: [] }))
      .thenRejected('return-empty');
    given(...paid)
      .when(accept(wish('r-1', 'A', 1_000_001, '0.0001')))
      .thenRejected('quantity-too-large');
  });

  it('has an id of its own', () => {
    const again = accept(one, { commandId: 'another' });
    given(...paid, accepted(one, '3.20'))
      .when(again)
      .thenRejected('return-exists');
    given(...paid, accepted(one, '3.20'), cancelled({ total: '3.20', products: [] }))
      .when(again)
      .thenRejected('return-exists');
  });

  it('is not shown by the order: it has a view of its own', () => {
    const view = orderView(fold(order, [...paid, accepted(one, '3.20')]));
    expect(view).toEqual({ ...ordered, cartId: 'c-1', createdAt: at, status: 'confirmed', confirmedAt: at });
  });
});

describe('an order that is cancelled after returns', () => {
  it('says what had come back, by product', () => {
    given(...paid, accepted(one, '3.20'), accepted(three, '1.00'), accepted(two, '4.80'), released('r-2'))
      .when(cancel)
      .then(
        cancelled({
          total: '4.20',
          products: [
            { sku: 'A', amount: '3.20' },
            { sku: 'B', amount: '1.00' },
          ],
        }),
      );
  });

  it('says nothing of it where nothing had', () => {
    given(...paid)
      .when(cancel)
      .then(cancelled());
    given(...paid, accepted(one, '3.20'), released('r-1'))
      .when(cancel)
      .then(cancelled());
  });
});

describe('a return that could not be registered', () => {
  it('is released once', () => {
    given(...paid, accepted(one, '3.20'))
      .when(release('r-1'))
      .then(released('r-1'));
    given(...paid, accepted(one, '3.20'), released('r-1'))
      .when(release('r-1'))
      .thenNothing();
    given(...paid)
      .when(release('r-1'))
      .thenNothing();
    given().when(release('r-1')).thenNothing();
  });

  it('leaves to be refunded what a cancellation in between left out', () => {
    const [a, b] = [
      { sku: 'A', amount: '3.20' },
      { sku: 'B', amount: '1.00' },
    ];
    const cancelledWithBoth = [
      ...[...paid, accepted(one, '3.20'), accepted(three, '1.00')],
      cancelled({ total: '4.20', products: [a, b] }),
    ];
    const first = released('r-1', { refund: { cancelledAt: at, total: '3.20', products: [a] } });
    given(...cancelledWithBoth)
      .when(release('r-1'))
      .then(first);
    given(...cancelledWithBoth, first)
      .when(release('r-3'))
      .then(released('r-3', { refund: { cancelledAt: at, total: '1.00', products: [b] } }));
  });

  it('leaves by product what the order had of it, where other goods came back than were ordered', () => {
    const others = wish('r-1', 'Z', 1, '8.50');
    given(...paid, accepted(others, '8.50'), cancelled({ total: '8.50', products: [{ sku: 'Z', amount: '8.50' }] }))
      .when(release('r-1'))
      .then(
        released('r-1', {
          refund: {
            ...{ cancelledAt: at, total: '8.50' },
            products: [
              { sku: 'A', amount: '8.00' },
              { sku: 'B', amount: '0.50' },
            ],
          },
        }),
      );
  });
});

describe('a return that is too large', () => {
  const sku = (i: number): string => `${i} ${'€'.repeat(58)}`;
  const lines = (count: number, description: string, from = 0, amount = '0.01') =>
    Array.from({ length: count }, (_, i) => ({
      ...{ sku: sku(from + i), description, quantity: 1, unitPrice: { amount, currency: 'GBP' } },
    }));
  const large = { ...ordered, total: '1000.00' };
  const rich: readonly OrderEvent[] = [
    { type: 'OrderCreated', data: { ...large, cartId: 'c-1', createdAt: at } },
    { type: 'OrderConfirmed', data: { ...large, confirmedAt: at } },
  ];

  it('to be registered is not accepted', () => {
    given(...rich)
      .when(accept(one, { lines: lines(2_000, '€'.repeat(50)) }))
      .thenRejected('event-too-large');
  });

  it('for its order to be cancelled afterwards is not accepted, one that is not is', () => {
    const state = (events: readonly OrderEvent[]) => fold(order, events);
    const history = [...rich];
    for (const n of [3, 4]) {
      const command = accept(wish(`r-${n}`, 'A', 1), { lines: lines(1_000, '', (n - 3) * 1_000) });
      const { events = [] } = decide(order, state(history), { command, at });
      expect(events).toHaveLength(1);
      history.push(...events);
    }
    given(...history)
      .when(accept(two, { lines: lines(1_000, '', 2_000) }))
      .thenRejected('returns-too-large');
    // Nothing of them is worth a penny, so the cancellation has nothing to say of them.
    const worthless = accept(two, { lines: lines(1_000, '', 2_000, '0.0001') });
    expect(decide(order, state(history), { command: worthless, at }).events).toHaveLength(1);
    const { events: [cancellation] = [] } = decide(order, state(history), {
      ...{ command: { ...cancel, reason: '\0'.repeat(500) }, at },
    });
    expect(Buffer.byteLength(JSON.stringify(cancellation?.data))).toBeLessThan(512 * 1024);
  });
});
