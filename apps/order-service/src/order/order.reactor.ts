import { type EventOf, send, type Send, type Sends } from '@ledgerline/es-core';
import { On, Reactor } from '@ledgerline/es-nest';
import { cartEvents, paymentEvents } from '@ledgerline/events';
import { createOrderFrom, ORDER_PROCESS } from './create-order.js';
import { order } from './order.aggregate.js';

type PaymentEvent<Name extends 'PaymentProcessed' | 'PaymentDeclined' | 'PaymentExpired'> = EventOf<
  typeof paymentEvents,
  Name
>;

/**
 * The order's part of the order process. A command that a rule forbids leaves its verdict in the log; whoever has to act on
 * that (the payment of an order that cannot be confirmed goes back) reads it there.
 */
@Reactor(ORDER_PROCESS, { from: 'start' })
export class OrderReactor {
  @On(cartEvents, 'CartCheckedOut')
  create(event: EventOf<typeof cartEvents, 'CartCheckedOut'>): Send {
    const { orderId, command } = createOrderFrom(event);
    return send(order, orderId, command);
  }

  @On(paymentEvents, 'PaymentProcessed')
  confirm({ data }: PaymentEvent<'PaymentProcessed'>): Send {
    return send(order, data.orderId, { type: 'ConfirmOrder' });
  }

  @On(paymentEvents, 'PaymentDeclined')
  cancelDeclined({ data }: PaymentEvent<'PaymentDeclined'>): Sends {
    const { orderId, attempt, reason, final } = data;
    if (!final) return;
    return send(order, orderId, {
      ...{ type: 'CancelOrder', reason: `payment declined ${attempt} times, at last because: ${reason}` },
    });
  }

  @On(paymentEvents, 'PaymentExpired')
  cancelExpired({ data }: PaymentEvent<'PaymentExpired'>): Send {
    return send(order, data.orderId, { type: 'CancelOrder', reason: 'payment expired' });
  }
}
