import { describe, expect, it } from '@jest/globals';
import type { Personal } from '@ledgerline/es-core/privacy';
import { catalogueOf } from '@ledgerline/es-core/runtime';
import { z } from 'zod';
import { contactV1 } from './contact.js';
import { paymentEvents, type PaymentEvent } from './payment.events.js';
import type { PersonalDataForgotten } from './subject.events.js';
import { type OrdersEvent, ordersTopicEvents } from './topics.js';

const orders = catalogueOf(ordersTopicEvents);
const payments = paymentEvents.catalogue;

const placedAt = '2010-12-01T08:26:00.000Z';
const unitPrice = { amount: '2.55', currency: 'GBP' };
const line = {
  lineId: '1',
  sku: '85123A',
  description: 'T-LIGHT HOLDER',
  quantity: 6,
  unitPrice: '2.55',
  amount: '15.30',
};
const ordered = {
  ...{ orderId: '536365', customerId: '17850', country: 'United Kingdom', placedAt },
  ...{ currency: 'GBP', lines: [line], total: '15.30' },
};
const amount = { amount: '15.30', currency: 'GBP' };
const worth = { total: '5.10', products: [{ sku: '85123A', amount: '5.10' }] };

const recordedByOrders: readonly (OrdersEvent | PersonalDataForgotten)[] = [
  { type: 'ItemAddedToCart', data: { lineId: '1', sku: '85123A', quantity: 6, unitPrice } },
  { type: 'QuantityChanged', data: { lineId: '1', quantity: 5 } },
  { type: 'ItemRemovedFromCart', data: { lineId: '1' } },
  { type: 'CartCheckedOut', data: { ...ordered, cartId: '536365' } },
  { type: 'CartReopened', data: { orderId: '536365', reason: 'order-exists' } },
  { type: 'OrderCreated', data: { ...ordered, cartId: '536365', createdAt: placedAt } },
  { type: 'OrderConfirmed', data: { ...ordered, confirmedAt: placedAt } },
  { type: 'OrderCancelled', data: { ...ordered, cancelledAt: placedAt, reason: 'late', wasConfirmed: true } },
  {
    type: 'ReturnAccepted',
    data: {
      ...{ commandId: 'key-1', returnId: 'r-1', orderId: '536365', customerId: '17850', country: 'EIRE' },
      lines: [{ sku: '85123A', description: 'T-LIGHT HOLDER', quantity: 2, unitPrice }],
      ...{ registeredAt: placedAt, worth },
    },
  },
  {
    type: 'ReturnReleased',
    data: {
      ...{ orderId: '536365', customerId: '17850', country: 'EIRE', currency: 'GBP', returnId: 'r-1' },
      ...{ reason: 'return-exists', refund: { ...worth, cancelledAt: placedAt } },
    },
  },
  {
    type: 'ReturnRegistered',
    data: {
      ...{ returnId: 'C536379', customerId: '14527', country: 'EIRE', registeredAt: placedAt },
      ...{ currency: 'GBP', lines: [line], total: '15.30' },
    },
  },
  { type: 'PersonalDataForgotten', data: { subject: '17850', reason: 'by letter', forgottenAt: placedAt } },
];

const recordedByPayments: readonly PaymentEvent[] = [
  {
    type: 'PaymentRequested',
    data: { paymentId: '536365', orderId: '536365', customerId: '17850', amount, expiresAt: placedAt },
  },
  { type: 'PaymentAttempted', data: { orderId: '536365', attempt: 1, method: 'tok_ok', amount } },
  { type: 'PaymentProcessed', data: { orderId: '536365', attempt: 1, amount, reference: 'r-1' } },
  { type: 'PaymentDeclined', data: { orderId: '536365', attempt: 1, reason: 'no funds', final: false } },
  { type: 'PaymentCancelled', data: { orderId: '536365', reason: 'changed my mind' } },
  { type: 'PaymentExpired', data: { orderId: '536365' } },
  {
    type: 'PaymentRefunded',
    data: {
      paymentId: 'C536379',
      returnId: 'C536379',
      refundId: 'r-2',
      amount,
      reason: 'return',
      outcomeFollows: true,
    },
  },
  { type: 'RefundPaidOut', data: { paymentId: 'C536379', refundId: 'r-2', amount } },
];

describe('the published language', () => {
  it.each(recordedByOrders.map((event) => [event.type, event] as const))(
    '%s comes back as it was stored',
    (type, event) => {
      const stored = orders.encode(event);
      expect(stored.type).toBe(`${type}.v${type === 'OrderCreated' ? 2 : 1}`);
      expect(orders.decode([stored])).toEqual([[event]]);
    },
  );

  it.each(recordedByPayments.map((event) => [event.type, event] as const))(
    '%s comes back as it was stored',
    (type, event) => {
      const stored = payments.encode(event);
      expect(stored.type).toBe(`${type}.v${type === 'PaymentRefunded' ? 2 : 1}`);
      expect(payments.decode([stored])).toEqual([[event]]);
    },
  );

  it('knows of a cancelled order what had come back of it, and that nothing had where nothing is said', () => {
    const data = { ...ordered, cancelledAt: placedAt, reason: 'late', wasConfirmed: true };
    for (const event of [
      { type: 'OrderCancelled', data: { ...data, returned: worth } },
      { type: 'OrderCancelled', data },
    ] satisfies OrdersEvent[])
      expect(orders.decode([orders.encode(event)])).toEqual([[event]]);
  });

  it('takes personal fields sealed, and never in plain text', () => {
    const sealed = { sealed: '1:17850:contact.name:AAAA' };
    const created = (name: Personal<string>): OrdersEvent => ({
      type: 'OrderCreated',
      data: { ...ordered, createdAt: placedAt, cartId: '536365', contact: { name } },
    });
    expect(orders.decode([orders.encode(created(sealed))])).toEqual([[created(sealed)]]);
    const unsealed: unknown[] = [{ unsealed: 'Ada' }, { sealed: 'Ada' }, 'Ada', { ...sealed, plain: 'Ada' }];
    for (const name of unsealed)
      expect(() => orders.encode(created(name as Personal<string>))).toThrow(/^OrderCreated\.v2 cannot be read$/);
  });

  it('says of personal fields whom they are about', () => {
    const { properties } = z.toJSONSchema(contactV1);
    expect(properties).toMatchObject({
      address: { personal: true, subject: 'customerId', opened: { type: 'array', items: { type: 'string' } } },
    });
  });

  it('has a spec for every event there is', () => {
    expect(recordedByOrders.map(({ type }) => type)).toEqual(orders.types.map(({ name }) => name));
    expect(recordedByPayments.map(({ type }) => type)).toEqual(payments.types.map(({ name }) => name));
  });

  it('drops the fields that a newer writer added, inside too', () => {
    const data = JSON.stringify({
      lineId: '1',
      sku: 'A',
      quantity: 1,
      gift: true,
      unitPrice: { ...unitPrice, vat: '0.20' },
    });
    const today = { type: 'ItemAddedToCart', data: { lineId: '1', sku: 'A', quantity: 1, unitPrice } };
    // In the version that is known, and in one that is newer.
    const stored = [1, 2].map((version) => ({ type: `ItemAddedToCart.v${version}`, data }));
    expect(orders.decode(stored)).toEqual([[today], [today]]);
  });

  it('reads what was allowed once, whatever the limits are now', () => {
    const data = { lineId: '1', sku: 'x'.repeat(500), quantity: 5_000_000, unitPrice };
    const event: OrdersEvent = { type: 'ItemAddedToCart', data };
    expect(orders.decode([orders.encode(event)])).toEqual([[event]]);
  });

  it.each([
    ['ItemRemovedFromCart.v1', {}],
    ['QuantityChanged.v1', { lineId: '1', quantity: '6' }],
    ['ItemAddedToCart.v1', { lineId: '1', sku: 'A', quantity: 1, unitPrice: { amount: 2.55, currency: 'GBP' } }],
    ['OrderCreated.v1', { ...ordered, cartId: '1', placedAt: 'yesterday' }],
  ])('refuses %s of another form', (type, data) => {
    expect(() => orders.decode([{ type, data: JSON.stringify(data) }])).toThrow(type);
  });

  it('passes over what only a newer writer knows', () => {
    expect(orders.decode([{ type: 'CartGiftWrapped.v1', data: '{}' }])).toEqual(['unknown-type']);
    expect(orders.decode([{ type: 'ItemAddedToCart.v2', data: '{}' }])).toEqual(['unknown-version']);
  });
});
