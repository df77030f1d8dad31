import { type EventOf, send } from '@ledgerline/es-core';
import { On, Reactor } from '@ledgerline/es-nest';
import { orderEvents } from '@ledgerline/events';
import { account } from './account.js';

/** A point for each whole unit of what was paid, whatever its currency. */
@Reactor('earning', { from: 'start' })
export class EarningReactor {
  @On(orderEvents, 'OrderConfirmed')
  earn({ data: { customerId, orderId, total } }: EventOf<typeof orderEvents, 'OrderConfirmed'>) {
    const points = Math.floor(Number(total));
    return points > 0 ? send(account, customerId, { type: 'EarnPoints', points, orderId }) : [];
  }
}
