import { defineProjection } from '@ledgerline/es-core';
import { z } from 'zod';
import { accountEvents } from './account.js';

/** What a customer sees: the points that are left, and how many orders they came from. */
export const loyaltyCard = defineProjection({
  name: 'loyalty-card',
  revision: 1,
  from: [accountEvents],
  document: z.object({ points: z.int(), orders: z.int(), expireAt: z.string() }),
  on: {
    PointsEarned: {
      document: ({ context }) => context.aggregateId,
      fold: (card, { data }) => ({
        points: (card?.points ?? 0) + data.points,
        orders: (card?.orders ?? 0) + 1,
        expireAt: data.expireAt,
      }),
    },
    PointsRedeemed: {
      document: ({ context }) => context.aggregateId,
      fold: (card, { data }) => card && { ...card, points: card.points - data.points },
    },
    PointsExpired: {
      document: ({ context }) => context.aggregateId,
      fold: (card) => card && { ...card, points: 0 },
    },
  },
});
