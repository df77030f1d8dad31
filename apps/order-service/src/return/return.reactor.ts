import { type EventOf, IdempotencyKeyReused, send, type Sends } from '@ledgerline/es-core';
import { On, Reactor } from '@ledgerline/es-nest';
import { orderEvents } from '@ledgerline/events';
import { ORDER_PROCESS } from '../order/create-order.js';
import { order } from '../order/order.aggregate.js';
import { ReturnRegistration } from './return-registration.js';

type ReturnAccepted = EventOf<typeof orderEvents, 'ReturnAccepted'>;

/** Ends what an order has begun by accepting a return: it is registered, or the order is told that it cannot be. */
@Reactor(ORDER_PROCESS, { from: 'start' })
export class ReturnReactor {
  constructor(private readonly registration: ReturnRegistration) {}

  @On(orderEvents, 'ReturnAccepted')
  async register(event: ReturnAccepted): Promise<Sends> {
    const reason = await this.#refusalOf(event);
    if (reason === undefined) return;
    const { orderId, returnId } = event.data;
    return send(order, orderId, { type: 'ReleaseReturn', returnId, reason });
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
