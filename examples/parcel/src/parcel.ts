import { accept, defineAggregate, defineEvents, reject } from '@ledgerline/es-core';
import { z } from 'zod';

export const parcelEvents = defineEvents('parcels.events', {
  ParcelShipped: z.object({ carrier: z.string() }),
  ParcelDelivered: z.object({ signedBy: z.string().optional() }),
});

type ParcelState = { readonly status: 'packed' | 'shipped' | 'delivered' };

export const parcel = defineAggregate({
  category: 'parcel',
  events: parcelEvents,
  commands: {
    ShipParcel: z.object({ carrier: z.string().min(1) }),
    DeliverParcel: z.object({ signedBy: z.string().optional() }),
  },
  internal: ['DeliverParcel'],
  initialState: { status: 'packed' } as ParcelState,
  decide: {
    ShipParcel: ({ status }, { carrier }) =>
      status === 'packed' ? accept({ type: 'ParcelShipped', data: { carrier } }) : reject('already-shipped'),
    DeliverParcel: ({ status }, { signedBy }) =>
      status === 'shipped' ? accept({ type: 'ParcelDelivered', data: { signedBy } }) : reject('not-on-its-way'),
  },
  evolve: { ParcelShipped: () => ({ status: 'shipped' }), ParcelDelivered: () => ({ status: 'delivered' }) },
});
