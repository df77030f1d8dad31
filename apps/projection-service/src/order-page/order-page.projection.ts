import { defineProjection, type Immutable, type Recorded } from '@ledgerline/es-core';
import {
  keyText,
  orderEvents,
  type PaymentEvent,
  paymentEvents,
  type RefundPaidOut,
  returnEvents,
} from '@ledgerline/events';
import { z } from 'zod';
import { orderPageIndexes } from './order-page.indexes.js';
import { orderAfter, type OrderProgress, orderSection, orderStatus } from './order-section.js';
import { paymentAfter, paymentSection } from './payment-section.js';
import { returnSection, withReturn } from './return-section.js';

/**
 * All that happened to one order. Each section is fed by streams of its own, so the sections come in in any order; each is
 * folded without looking at the others.
 */
const document = z.object({
  orderId: z.string(),
  order: orderSection.optional(),
  payment: paymentSection.optional(),
  returns: z.array(returnSection).optional().describe('By return id.'),
  ...{ status: orderStatus.optional(), customerId: z.string().optional(), placedAt: z.string().optional() },
  country: z
    .string()
    .optional()
    .describe("Copied out of the order's section, as are the three before, for queries; absent until it exists."),
});

export type OrderPage = Immutable<z.output<typeof document>>;

const ofOrder = {
  document: ({ data }: Recorded<OrderProgress>) => data.orderId,
  fold: (page: OrderPage | undefined, event: Recorded<OrderProgress>, orderId: string) => {
    const order = orderAfter(page?.order, event);
    const { status, customerId, placedAt, country } = order;
    return { ...(page ?? { orderId }), order, status, customerId, placedAt, country: keyText(country) };
  },
};

type PaymentOfOrder = Exclude<PaymentEvent, RefundPaidOut>;
const ofPayment = {
  document: ({ data }: Recorded<PaymentOfOrder>) => data.orderId ?? [],
  fold: (page: OrderPage | undefined, event: Recorded<PaymentOfOrder>, orderId: string) => ({
    ...(page ?? { orderId }),
    payment: paymentAfter(page?.payment, event),
  }),
};

export const orderPage = defineProjection({
  ...{
    name: 'order-page',
    revision: 4,
    from: [orderEvents, returnEvents, paymentEvents],
    document,
    indexes: orderPageIndexes,
  },
  on: {
    OrderCreated: ofOrder,
    OrderConfirmed: ofOrder,
    OrderCancelled: ofOrder,
    PaymentRequested: ofPayment,
    PaymentAttempted: ofPayment,
    PaymentProcessed: ofPayment,
    PaymentDeclined: ofPayment,
    PaymentCancelled: ofPayment,
    PaymentExpired: ofPayment,
    PaymentRefunded: ofPayment,
    ReturnRegistered: {
      document: ({ data }) => data.orderId ?? [],
      fold: (page, { data }, orderId) => ({
        ...(page ?? { orderId }),
        returns: withReturn(page?.returns ?? [], data),
      }),
    },
  },
});
