import { accept, defineAggregate, defineEvents, reject, setting } from '@ledgerline/es-core';
import { z } from 'zod';

const points = z.int().positive();

export const accountEvents = defineEvents('loyalty.events', {
  PointsEarned: z.object({ points, orderId: z.string(), expireAt: z.string() }),
  PointsRedeemed: z.object({ points }),
  PointsExpired: z.object({ points }),
});

export interface AccountState {
  readonly points: number;
  readonly expireAt: string;
}

/** A customer's points. They expire together, when nothing was earned for long enough. */
export const account = defineAggregate({
  category: 'account',
  events: accountEvents,
  commands: {
    EarnPoints: z.object({ points, orderId: z.string() }),
    RedeemPoints: z.object({ points }),
    ExpirePoints: z.object({}),
  },
  internal: ['EarnPoints', 'ExpirePoints'],
  context: { keptMs: setting<number>('pointsKeptMs') },
  initialState: { points: 0, expireAt: '' } as AccountState,
  decide: {
    EarnPoints: (_account, { points, orderId, at }, { keptMs }) =>
      accept({ type: 'PointsEarned', data: { points, orderId, expireAt: later(at, keptMs) } }),
    RedeemPoints: (account, { points }) =>
      points > account.points
        ? reject('not-enough-points', `there are ${account.points} points`)
        : accept({ type: 'PointsRedeemed', data: { points } }),
    ExpirePoints: ({ points, expireAt }, { at }) => {
      if (points === 0) return accept();
      return at < expireAt ? reject('points-not-due') : accept({ type: 'PointsExpired', data: { points } });
    },
  },
  evolve: {
    PointsEarned: (account, { data }) => ({ points: account.points + data.points, expireAt: data.expireAt }),
    PointsRedeemed: (account, { data }) => ({ ...account, points: account.points - data.points }),
    PointsExpired: (account) => ({ ...account, points: 0 }),
  },
  deadlines: { ExpirePoints: { PointsEarned: ({ data }) => data.expireAt } },
});

const later = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();
