import type { CommandMetadata, CommandOf, EventOf } from '@ledgerline/es-core';
import { reactionMetadata } from '@ledgerline/es-nest';
import type { cartEvents } from '@ledgerline/events';
import type { order } from './order.aggregate.js';

/** The reactor of this service, whose parts lie beside what they are about. */
export const ORDER_PROCESS = 'order-process';

export interface CreateOrderCommand {
  readonly orderId: string;
  readonly command: CommandOf<typeof order, 'CreateOrder'>;
  readonly metadata: CommandMetadata;
}

/** The one command that follows from a cart's check-out, whoever sends it first; the second one repeats it. */
export const createOrderFrom = (event: EventOf<typeof cartEvents, 'CartCheckedOut'>): CreateOrderCommand => ({
  orderId: event.data.orderId,
  command: { type: 'CreateOrder', ...event.data },
  metadata: reactionMetadata(event, 'CreateOrder', ORDER_PROCESS),
});
