import { describe, expect, it } from '@jest/globals';
import type { Recorded } from '@ledgerline/es-core';
import { permutedInterleavings, recorded } from '@ledgerline/es-testing';
import { type OrderLine, type OrdersEvent, orderEvents, type ProductAmounts } from '@ledgerline/events';
import type { SalesDimension, SalesDocument, SalesRow } from './sales-document.js';
import { salesReport } from './sales-report.projection.js';
import { salesRows } from './sales-report.view.js';

const { topic } = orderEvents;
const line = (sku: string, quantity: number, amount: string): OrderLine => ({
  ...{ lineId: '1', sku, quantity, unitPrice: '1.00', amount },
});
const order = (orderId: string, day: string, more: { country?: string; currency?: string } = {}) => ({
  ...{
    orderId,
    customerId: '17850',
    country: 'EIRE',
    currency: 'GBP',
    placedAt: `${day}T23:59:59.999Z`,
    total: '9.00',
  },
  // The same product at two prices.
  lines: [line('A', 2, '3.00'), line('B', 1, '1.00'), line('A', 5, '5.00')],
  ...more,
});
type Order = ReturnType<typeof order>;
const created = (data: Order): OrdersEvent => ({
  type: 'OrderCreated',
  data: { ...data, cartId: 'c', createdAt: data.placedAt },
});
const confirmed = (data: Order): OrdersEvent => ({
  type: 'OrderConfirmed',
  data: { ...data, confirmedAt: '2026-01-01T00:00:00.000Z' },
});
const cancelled = (data: Order, day: string, wasConfirmed = true, returned?: ProductAmounts): OrdersEvent => ({
  type: 'OrderCancelled',
  data: { ...data, cancelledAt: `${day}T00:00:00.000Z`, reason: 'late', wasConfirmed, ...(returned && { returned }) },
});
const goods = { lines: [line('A', 1, '1.50'), line('A', 1, '0.50')], total: '2.00' };
const returned = (day: string, country = 'EIRE', back = goods): OrdersEvent => ({
  type: 'ReturnRegistered',
  data: {
    ...{ returnId: 'C1', customerId: '14527', country, registeredAt: `${day}T00:00:00.000Z`, currency: 'GBP' },
    ...back,
  },
});
const accepted = ({ orderId, customerId, country }: Order, worth: ProductAmounts): OrdersEvent => ({
  type: 'ReturnAccepted',
  data: { commandId: 'k', returnId: 'C1', orderId, customerId, country, lines: [], worth },
});
const released = (
  { orderId, customerId, country, currency }: Order,
  refund?: ProductAmounts & { cancelledAt: string },
): OrdersEvent => ({
  type: 'ReturnReleased',
  data: {
    ...{ orderId, customerId, country, currency, returnId: 'C1', reason: 'return-exists' },
    ...(refund && { refund }),
  },
});
const of = (sku: string, total: string): ProductAmounts => ({ total, products: [{ sku, amount: total }] });
const inPartition = (partition: number, ...events: readonly OrdersEvent[]): readonly Recorded<OrdersEvent>[] =>
  events.map((event, i) => recorded<OrdersEvent>(event, { topic, partition, ordinal: i + 2 }));

const documentsOf = (...partitions: readonly (readonly Recorded<OrdersEvent>[])[]): readonly SalesDocument[] => [
  ...permutedInterleavings(salesReport, partitions, { seed: 20_101_201, runs: 20 }).values(),
];
/** The report over everything: by day out of the days, otherwise out of the rows over all days. */
const report = (documents: readonly SalesDocument[], by: SalesDimension, currency = 'GBP'): readonly SalesRow[] => {
  const wanted = documents.filter((d) => d.by === by && d.currency === currency && (by === 'day' || d.day === null));
  return salesRows(wanted, { by });
};
const row = (key: string, figures: Partial<SalesRow>): SalesRow => ({
  ...{ key, orders: 0, units: 0, gross: '0.00', returns: 0, refunded: '0.00' },
  ...figures,
});
const sale = { orders: 1, units: 8, gross: '9.00' };

describe('the sales report', () => {
  it('counts an order when it is confirmed, on the day it was placed', () => {
    const first = order('o-1', '2010-12-01');
    expect(report(documentsOf(inPartition(0, created(first))), 'day')).toEqual([]);
    const documents = documentsOf(inPartition(0, created(first), confirmed(first)));
    expect(report(documents, 'day')).toEqual([row('2010-12-01', sale)]);
    expect(report(documents, 'country')).toEqual([row('EIRE', sale)]);
    expect(report(documents, 'customer')).toEqual([row('17850', sale)]);
  });

  it('counts by product the orders that contain it, with all its lines', () => {
    const documents = documentsOf(inPartition(0, confirmed(order('o-1', '2010-12-01'))));
    expect(report(documents, 'product')).toEqual([
      row('A', { orders: 1, units: 7, gross: '8.00' }),
      row('B', { orders: 1, units: 1, gross: '1.00' }),
    ]);
  });

  it('has one row for a country and a product, however they were written', () => {
    const [one, other] = ['Cura\u00e7ao', 'Curac\u0327ao'];
    const lines = [line(one, 2, '4.00'), line(other, 3, '5.00')];
    const first = { ...order('o-1', '2010-12-01', { country: one }), lines };
    const second = { ...order('o-2', '2010-12-01', { country: other }), lines };
    const back = { total: '2.00', products: [one, other].map((sku) => ({ sku, amount: '1.00' })) };
    const documents = documentsOf(
      inPartition(0, confirmed(first), cancelled(first, '2010-12-05', true, back)),
      inPartition(1, confirmed(second), released(second, { ...back, cancelledAt: '2010-12-06T00:00:00.000Z' })),
      inPartition(2, returned('2010-12-07', other, { lines: [line(other, 1, '2.00')], total: '2.00' })),
    );
    expect(report(documents, 'country')).toEqual([
      row(one, { orders: 2, units: 10, gross: '18.00', returns: 1, refunded: '11.00' }),
    ]);
    expect(report(documents, 'product')).toEqual([
      row(one, { orders: 2, units: 10, gross: '18.00', returns: 1, refunded: '11.00' }),
    ]);
  });

  it('counts a return on the day it was registered', () => {
    const documents = documentsOf(inPartition(0, returned('2010-12-02')));
    const back = { returns: 1, refunded: '2.00' };
    expect(report(documents, 'day')).toEqual([row('2010-12-02', back)]);
    expect(report(documents, 'customer')).toEqual([row('14527', back)]);
    expect(report(documents, 'product')).toEqual([row('A', back)]);
  });

  it('counts a paid order that is cancelled as refunded on that day, not as a return, and leaves the sale', () => {
    const first = order('o-1', '2010-12-01');
    const documents = documentsOf(inPartition(0, confirmed(first), cancelled(first, '2010-12-05')));
    expect(report(documents, 'day')).toEqual([row('2010-12-01', sale), row('2010-12-05', { refunded: '9.00' })]);
    expect(report(documents, 'country')).toEqual([row('EIRE', { ...sale, refunded: '9.00' })]);
    expect(report(documents, 'product')).toEqual([
      row('A', { orders: 1, units: 7, gross: '8.00', refunded: '8.00' }),
      row('B', { orders: 1, units: 1, gross: '1.00', refunded: '1.00' }),
    ]);
  });

  it('counts of an order that is cancelled after returns what is left, by product too', () => {
    const first = order('o-1', '2010-12-01');
    const events = [confirmed(first), accepted(first, of('A', '2.00')), returned('2010-12-02')];
    const documents = documentsOf(inPartition(0, ...events, cancelled(first, '2010-12-05', true, of('A', '2.00'))));
    expect(report(documents, 'day')).toEqual([
      row('2010-12-01', sale),
      row('2010-12-02', { returns: 1, refunded: '2.00' }),
      row('2010-12-05', { refunded: '7.00' }),
    ]);
    expect(report(documents, 'country')).toEqual([row('EIRE', { ...sale, returns: 1, refunded: '9.00' })]);
    expect(report(documents, 'customer')).toEqual([
      row('17850', { ...sale, refunded: '7.00' }),
      row('14527', { returns: 1, refunded: '2.00' }),
    ]);
    expect(report(documents, 'product')).toEqual([
      row('A', { orders: 1, units: 7, gross: '8.00', returns: 1, refunded: '8.00' }),
      row('B', { orders: 1, units: 1, gross: '1.00', refunded: '1.00' }),
    ]);
  });

  it('adds up by product where other goods came back than were ordered', () => {
    const first = order('o-1', '2010-12-01');
    const back = { lines: [line('Z', 1, '8.50')], total: '8.50' };
    const documents = documentsOf(
      inPartition(
        0,
        ...[confirmed(first), accepted(first, of('Z', '8.50')), returned('2010-12-02', 'EIRE', back)],
        cancelled(first, '2010-12-05', true, of('Z', '8.50')),
      ),
    );
    expect(report(documents, 'day').map(({ refunded }) => refunded)).toEqual(['0.00', '8.50', '0.50']);
    expect(report(documents, 'product')).toEqual([
      row('A', { orders: 1, units: 7, gross: '8.00' }),
      row('B', { orders: 1, units: 1, gross: '1.00', refunded: '0.50' }),
      row('Z', { returns: 1, refunded: '8.50' }),
    ]);
  });

  it('counts nothing more of an order that is cancelled after all of it came back', () => {
    const first = order('o-1', '2010-12-01');
    const all = { total: '9.00', products: [...of('A', '8.00').products, ...of('B', '1.00').products] };
    const before = [confirmed(first), accepted(first, all), returned('2010-12-02', 'EIRE', first)];
    expect(documentsOf(inPartition(0, ...before, cancelled(first, '2010-12-05', true, all)))).toEqual(
      documentsOf(inPartition(0, ...before)),
    );
  });

  it('counts what the cancellation left to a return that was released afterwards, on its day', () => {
    const first = order('o-1', '2010-12-01');
    const taken = of('A', '2.00');
    const events = [confirmed(first), accepted(first, taken), cancelled(first, '2010-12-05', true, taken)];
    const refund = { cancelledAt: '2010-12-05T00:00:00.000Z', ...taken };
    expect(documentsOf(inPartition(0, ...events, released(first, refund)))).toEqual(
      documentsOf(inPartition(0, confirmed(first), cancelled(first, '2010-12-05'))),
    );
  });

  it('counts nothing of a return that was released before its order was cancelled', () => {
    const first = order('o-1', '2010-12-01');
    expect(documentsOf(inPartition(0, confirmed(first), accepted(first, of('A', '2.00')), released(first)))).toEqual(
      documentsOf(inPartition(0, confirmed(first))),
    );
  });

  it('counts nothing of an order that was cancelled before it was paid', () => {
    const first = order('o-1', '2010-12-01');
    expect(documentsOf(inPartition(0, created(first), cancelled(first, '2010-12-05', false)))).toEqual([]);
  });

  it('never adds two currencies', () => {
    const orders = [order('o-1', '2010-12-01'), order('o-2', '2010-12-01', { currency: 'EUR' })];
    const documents = documentsOf(inPartition(0, ...orders.map(confirmed)));
    expect(report(documents, 'day')).toEqual([row('2010-12-01', sale)]);
    expect(report(documents, 'day', 'EUR')).toEqual([row('2010-12-01', sale)]);
    expect(report(documents, 'day', 'JPY')).toEqual([]);
  });

  it('adds up what the partitions fold on their own, by day as over all days', () => {
    const days = ['2010-12-01', '2010-12-02', '2010-12-02', '2010-12-03'];
    const partitions = days.map((day, p) => {
      const sold = order(`o-${p}`, day, { country: p === 0 ? 'France' : 'EIRE' });
      const ended = p === 3 ? [cancelled(sold, day, true, of('A', '2.00'))] : [];
      return inPartition(p, created(sold), confirmed(sold), accepted(sold, of('A', '2.00')), returned(day), ...ended);
    });
    const documents = documentsOf(...partitions);
    expect(report(documents, 'country')).toEqual([
      row('EIRE', { orders: 3, units: 24, gross: '27.00', returns: 4, refunded: '15.00' }),
      row('France', sale),
    ]);
    for (const by of ['country', 'product', 'customer'] as const) {
      const daily = documents.filter((document) => document.by === by && document.day !== null);
      expect(salesRows(daily, { by })).toEqual(report(documents, by));
    }
  });

  it('keeps products apart whose names look like parts of ids', () => {
    const odd = { ...order('o-1', '2010-12-01'), lines: [line('A#orders.events/0', 1, '1.00'), line('A', 2, '8.00')] };
    expect(report(documentsOf(inPartition(0, confirmed(odd))), 'product')).toEqual([
      row('A', { orders: 1, units: 2, gross: '8.00' }),
      row('A#orders.events/0', { orders: 1, units: 1, gross: '1.00' }),
    ]);
  });
});
