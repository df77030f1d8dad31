import { describe, expect, it } from '@jest/globals';
import { LogUnavailable } from '@ledgerline/es-core';
import type { ReactorStatus } from '@ledgerline/es-core/runtime';
import { degradedReactions } from './degraded-reactions.js';

const status: ReactorStatus = { topic: 'parcels.events', partition: 3, ordinal: 7, underWay: 1, parked: 0 };
const oldest = { stream: 'parcel-7', type: 'ParcelCreated', time: '2026-01-01T00:00:00.000Z', since: 1_000 };

describe('what a service says of reactions that stand still', () => {
  it('is nothing while all is well', () => {
    expect(degradedReactions([status, { ...status, oldest }], 30_000)).toEqual([]);
  });

  it.each([
    [{ parked: 2 }, 'holds 2 of its streams: GET /parked names them; retry or discard each'],
    [{ failure: new LogUnavailable('it is gone') }, 'has stopped: the log is not available: it is gone'],
    [{ oldest }, 'has been dealing with ParcelCreated in parcel-7 for 30 s: it is still under way'],
    [
      { oldest: { ...oldest, failure: new Error('the bank is closed') } },
      'has been dealing with ParcelCreated in parcel-7 for 30 s: the bank is closed',
    ],
  ])('names the partition, and what to do: %j', (more, sentence) => {
    expect(degradedReactions([{ ...status, ...more }], 31_000)).toEqual([
      `the reactor on parcels.events/3 ${sentence}`,
    ]);
  });
});
