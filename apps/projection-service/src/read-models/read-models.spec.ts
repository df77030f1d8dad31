import { recorded } from '@ledgerline/es-testing';
import { type CartEvent, cartEventTypes } from '@ledgerline/events';
import { customerDashboard } from '../customer-dashboard/customer-dashboard.projection.js';
import { orderPage } from '../order-page/order-page.projection.js';
import { salesReport } from '../sales-report/sales-report.projection.js';

const line = { lineId: '1', sku: '85123A', quantity: 6 };
const order = { cartId: 'c', orderId: 'o', customerId: 'u', country: 'EIRE', currency: 'GBP', total: '15.30' };

const cartEvents: readonly CartEvent[] = [
  { type: 'ItemAddedToCart', data: { ...line, unitPrice: { amount: '2.55', currency: 'GBP' } } },
  { type: 'QuantityChanged', data: line },
  { type: 'ItemRemovedFromCart', data: line },
  {
    type: 'CartCheckedOut',
    data: { ...order, placedAt: '2010-12-01T08:26:00.000Z', lines: [{ ...line, unitPrice: '2.55', amount: '15.30' }] },
  },
  { type: 'CartReopened', data: { orderId: 'o', reason: 'order-exists' } },
];

describe('the read models', () => {
  it('fold no event of a cart, because the service skips them', () => {
    expect(cartEvents.map(({ type }) => type).sort()).toEqual(cartEventTypes.map(({ name }) => name).sort());
    for (const event of cartEvents.map((one) => recorded(one)))
      for (const projection of [customerDashboard, orderPage, salesReport])
        expect([projection.name, event.type, projection.documents(event)]).toEqual([projection.name, event.type, []]);
  });
});
