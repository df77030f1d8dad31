import { defineEvents } from '@ledgerline/es-core';
import { z } from 'zod';

export const orderEvents = defineEvents('orders.events', { OrderConfirmed: z.object({ orderId: z.string() }) });
