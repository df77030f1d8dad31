import { type EventOf, send } from '@ledgerline/es-core';
import { Effect, On, Reactor } from '@ledgerline/es-nest';
import { orderEvents } from './order.events.js';
import { parcel, parcelEvents } from './parcel.js';
import { Courier } from './courier.js';

@Reactor('shipping', { from: 'start' })
export class ShippingReactor {
  constructor(private readonly courier: Courier) {}

  @On(orderEvents, 'OrderConfirmed')
  ship({ data }: EventOf<typeof orderEvents, 'OrderConfirmed'>) {
    return send(parcel, data.orderId, { type: 'ShipParcel', carrier: 'post' });
  }

  @Effect(parcelEvents, 'ParcelShipped', { settledBy: 'ParcelDelivered' })
  async deliver({ context, data }: EventOf<typeof parcelEvents, 'ParcelShipped'>) {
    const signedBy = await this.courier.deliver(context.id, data.carrier);
    return send(parcel, context.aggregateId, { type: 'DeliverParcel', signedBy });
  }
}
