import { type EventOf, IdempotencyKeyReused } from '@ledgerline/es-core';
import { type AggregateOf, InjectAggregate, reactorMetadata } from '@ledgerline/es-nest';
import type { orderEvents } from '@ledgerline/events';
import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { ORDER_PROCESS } from '../order/create-order.js';
import { order } from '../order/order.aggregate.js';
import { ReturnRegistration } from './return-registration.js';

type ReturnAccepted = EventOf<typeof orderEvents, 'ReturnAccepted'>;

/** Ends what an order has begun by accepting a return: it is registered, or the order is told that it cannot be. */
@Controller()
export class ReturnReactor {
  constructor(
    private readonly registration: ReturnRegistration,
    @InjectAggregate(order) private readonly orders: AggregateOf<typeof order>,
  ) {}

  @EventPattern('ReturnAccepted')
  async register(event: ReturnAccepted): Promise<void> {
    const reason = await this.#refusalOf(event);
    if (reason === undefined) return;
    const { orderId, returnId } = event.data;
    const metadata = reactorMetadata(event, 'ReleaseReturn', ORDER_PROCESS);
    await this.orders.send(orderId, { type: 'ReleaseReturn', returnId, reason }, metadata);
  }

  /** The id was given to another return at the same time, under this command's id or under another: neither ever changes. */
  async #refusalOf(event: ReturnAccepted): Promise<string | undefined> {
    try {
      const answer = await this.registration.registerAccepted(event);
      return answer.status === 'rejected' ? answer.rejection.code : undefined;
    } catch (error) {
      if (error instanceof IdempotencyKeyReused) return error.code;
      throw error;
    }
  }
}
