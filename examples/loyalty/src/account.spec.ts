import { describe, it } from '@jest/globals';
import { given, givenProjection, recorded } from '@ledgerline/es-testing';
import { account } from './account.js';
import { loyaltyCard } from './loyalty-card.js';

const expireAt = '2027-01-01T00:00:00.000Z';
const earned = { type: 'PointsEarned', data: { points: 15, orderId: 'o-1', expireAt } } as const;
const redeemed = { type: 'PointsRedeemed', data: { points: 5 } } as const;
const expired = { type: 'PointsExpired', data: { points: 10 } } as const;

describe('an account', () => {
  it('earns points, which expire when nothing follows', () => {
    const context = { keptMs: 365 * 86_400_000 };
    given(account).when({ type: 'EarnPoints', points: 15, orderId: 'o-1' }, { context }).then(earned);
    given(account, earned, redeemed)
      .when({ type: 'ExpirePoints', at: '2026-12-31T23:59:59.999Z' })
      .thenRejected('points-not-due');
    given(account, earned, redeemed)
      .when({ type: 'ExpirePoints', at: expireAt })
      .then(expired)
      .thenState({ points: 0, expireAt });
    given(account, earned, redeemed, expired).when({ type: 'ExpirePoints', at: expireAt }).thenNothing();
  });

  it('redeems no more points than there are', () => {
    given(account, earned).when({ type: 'RedeemPoints', points: 5 }).then(redeemed);
    given(account, earned).when({ type: 'RedeemPoints', points: 16 }).thenRejected('not-enough-points');
  });
});

describe('the card of a customer', () => {
  it('says what is left', () => {
    const all = [earned, redeemed].map((event) => recorded(event, { stream: 'account-12347' }));
    givenProjection(loyaltyCard, ...all).thenOnly({ 12347: { points: 10, orders: 1, expireAt } });
  });
});
