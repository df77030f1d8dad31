import type { EventOf } from '@ledgerline/es-core';
import { type AggregateOf, InjectAggregate, reactorMetadata } from '@ledgerline/es-nest';
import type { cartEvents, paymentEvents } from '@ledgerline/events';
import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
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
@Controller()
export class OrderReactor {
  constructor(@InjectAggregate(order) private readonly orders: AggregateOf<typeof order>) {}

  @EventPattern('CartCheckedOut')
  async create(event: EventOf<typeof cartEvents, 'CartCheckedOut'>): Promise<void> {
    const { orderId, command, metadata } = createOrderFrom(event);
    await this.orders.send(orderId, command, metadata);
  }

  @EventPattern('PaymentProcessed')
  async confirm(event: PaymentEvent<'PaymentProcessed'>): Promise<void> {
    const metadata = reactorMetadata(event, 'ConfirmOrder', ORDER_PROCESS);
    await this.orders.send(event.data.orderId, { type: 'ConfirmOrder' }, metadata);
  }

  @EventPattern('PaymentDeclined')
  async cancelDeclined(event: PaymentEvent<'PaymentDeclined'>): Promise<void> {
    const { orderId, attempt, reason, final } = event.data;
    if (final) await this.#cancel(orderId, event, `payment declined ${attempt} times, at last because: ${reason}`);
  }

  @EventPattern('PaymentExpired')
  async cancelExpired(event: PaymentEvent<'PaymentExpired'>): Promise<void> {
    await this.#cancel(event.data.orderId, event, 'payment expired');
  }

  async #cancel(
    orderId: string,
    event: PaymentEvent<'PaymentDeclined' | 'PaymentExpired'>,
    reason: string,
  ): Promise<void> {
    const metadata = reactorMetadata(event, 'CancelOrder', ORDER_PROCESS);
    await this.orders.send(orderId, { type: 'CancelOrder', reason }, metadata);
  }
}
