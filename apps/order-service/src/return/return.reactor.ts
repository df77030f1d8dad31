import { IdempotencyKeyReused, type Recorded } from '@ledgerline/es-core';
import { reactorMetadata } from '@ledgerline/es-nest';
import type { ReturnAccepted } from '@ledgerline/events';
import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { ORDER_PROCESS } from '../order/create-order.js';
import { Orders } from '../order/orders.js';
import { Returns } from './returns.js';

/** Ends what an order has begun by accepting a return: it is registered, or the order is told that it cannot be. */
@Controller()
export class ReturnReactor {
  constructor(
    private readonly returns: Returns,
    private readonly orders: Orders,
  ) {}

  @EventPattern('ReturnAccepted')
  async register(event: Recorded<ReturnAccepted>): Promise<void> {
    const reason = await this.#refusalOf(event);
    if (reason === undefined) return;
    const { orderId, returnId } = event.data;
    const metadata = reactorMetadata(event, 'ReleaseReturn', ORDER_PROCESS);
    await this.orders.handle(orderId, { type: 'ReleaseReturn', returnId, reason }, metadata);
  }

  /** The id was given to another return at the same time, under this command's id or under another: neither ever changes. */
  async #refusalOf(event: Recorded<ReturnAccepted>): Promise<string | undefined> {
    try {
      const answer = await this.returns.registerAccepted(event);
      return answer.status === 'rejected' ? answer.rejection.code : undefined;
    } catch (error) {
      if (error instanceof IdempotencyKeyReused) return error.code;
      throw error;
    }
  }
}
