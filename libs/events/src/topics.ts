import { type EventCatalogue, eventCatalogue } from '@ledgerline/es-core';
import { type CartEvent, cartEventTypes } from './cart.events.js';
import { type OrderEvent, orderEventTypes } from './order.events.js';
import { type PaymentEvent, paymentEventTypes } from './payment.events.js';
import { type ReturnEvent, returnEventTypes } from './return.events.js';
import { type SubjectEvent, subjectEventTypes } from './subject.events.js';

/** Everything that the order service records of the shop. */
export type OrdersEvent = CartEvent | OrderEvent | ReturnEvent;

/** With what it records of the people in it. */
export const orderEvents: EventCatalogue<OrdersEvent | SubjectEvent> = eventCatalogue<OrdersEvent | SubjectEvent>([
  ...cartEventTypes,
  ...orderEventTypes,
  ...returnEventTypes,
  ...subjectEventTypes,
]);

/** Everything that the payment service records. */
export const paymentEvents: EventCatalogue<PaymentEvent> = eventCatalogue(paymentEventTypes);

/** One topic per owning service, and what its events mean. */
export const ordersTopic = { topic: 'orders.events', catalogue: orderEvents } as const;
export const paymentsTopic = { topic: 'payments.events', catalogue: paymentEvents } as const;

/** Where the owning services take commands from others. */
export const ordersCommands = 'orders.commands';
export const paymentsCommands = 'payments.commands';
