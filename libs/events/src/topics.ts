import { cartEvents, type CartEvent } from './cart.events.js';
import { orderEvents, type OrderEvent } from './order.events.js';
import { returnEvents, type ReturnRegistered } from './return.events.js';
import { subjectEvents } from './subject.events.js';

/** Everything that the order service records, of the shop and of the people in it. */
export const ordersTopicEvents = [cartEvents, orderEvents, returnEvents, subjectEvents] as const;

/** What it records of the shop. */
export type OrdersEvent = CartEvent | OrderEvent | ReturnRegistered;

/** Where the owning services take commands from others. */
export const ordersCommands = 'orders.commands';
export const paymentsCommands = 'payments.commands';
