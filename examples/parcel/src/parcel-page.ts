import { defineProjection } from '@ledgerline/es-core';
import { z } from 'zod';
import { parcelEvents } from './parcel.js';

export const parcelPage = defineProjection({
  name: 'parcel-page',
  revision: 1,
  from: [parcelEvents],
  document: z.object({ status: z.enum(['shipped', 'delivered']), carrier: z.string() }),
  on: {
    ParcelShipped: { document: (e) => e.context.aggregateId, fold: (_, e) => ({ ...e.data, status: 'shipped' }) },
    ParcelDelivered: {
      document: (e) => e.context.aggregateId,
      fold: (page) => page && { ...page, status: 'delivered' },
    },
  },
});
