import type { Recorded } from '@ledgerline/es-core';
import { reactorMetadata } from '@ledgerline/es-nest';
import type { CartCheckedOut, PaymentDeclined, PaymentExpired, PaymentProcessed } from '@ledgerline/events';
import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { createOrderFrom, ORDER_PROCESS } from './create-order.js';
import { Orders } from './orders.js';

/**
 * The order's part of the order process. A command that a rule forbids leaves its verdict in the log; whoever has to act on
 * that (the payment of an order that cannot be confirmed goes back) reads it there.
 */
@Controller()
export class OrderReactor {
  constructor(private readonly orders: Orders) {}

  @EventPattern('CartCheckedOut')
  async create(event: Recorded<CartCheckedOut>): Promise<void> {
    const { orderId, command, metadata } = createOrderFrom(event);
    await this.orders.handle(orderId, command, metadata);
  }

  @EventPattern('PaymentProcessed')
  async confirm(event: Recorded<PaymentProcessed>): Promise<void> {
    const metadata = reactorMetadata(event, 'ConfirmOrder', ORDER_PROCESS);
    await this.orders.handle(event.data.orderId, { type: 'ConfirmOrder' }, metadata);
  }

  @EventPattern('PaymentDeclined')
  async cancelDeclined(event: Recorded<PaymentDeclined>): Promise<void> {
    const { orderId, attempt, reason, final } = event.data;
    if (final) await this.#cancel(orderId, event, `payment declined ${attempt} times, at last because: ${reason}`);
  }

  @EventPattern('PaymentExpired')
  async cancelExpired(event: Recorded<PaymentExpired>): Promise<void> {
    await this.#cancel(event.data.orderId, event, 'payment expired');
  }

  async #cancel(orderId: string, event: Recorded, reason: string): Promise<void> {
    const metadata = reactorMetadata(event, 'CancelOrder', ORDER_PROCESS);
    await this.orders.handle(orderId, { type: 'CancelOrder', reason }, metadata);
  }
}
