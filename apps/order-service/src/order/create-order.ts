import type { CommandMetadata, Recorded, Wish } from '@ledgerline/es-core';
import { reactorMetadata } from '@ledgerline/es-nest';
import type { CartCheckedOut } from '@ledgerline/events';
import type { CreateOrder } from './order.commands.js';

/** Actor of the commands that follow from events. */
export const ORDER_PROCESS = 'order-process';

export interface CreateOrderCommand {
  readonly orderId: string;
  readonly command: Wish<CreateOrder>;
  readonly metadata: CommandMetadata;
}

/** The one command that follows from a cart's check-out, whoever sends it first; the second one repeats it. */
export const createOrderFrom = (event: Recorded<CartCheckedOut>): CreateOrderCommand => ({
  orderId: event.data.orderId,
  command: { type: 'CreateOrder', ...event.data },
  metadata: reactorMetadata(event, 'CreateOrder', ORDER_PROCESS),
});
