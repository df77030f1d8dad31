import { Lease } from './lease.js';

describe('a lease', () => {
  let now: number;
  let lease: Lease;
  beforeEach(() => {
    now = 1_000;
    lease = new Lease(5_000, () => now);
  });

  const at = (ms: number): Lease => {
    now = ms;
    return lease;
  };

  it('holds from the first heartbeat until so long after the last one was sent', () => {
    expect(lease.term).toBeUndefined();
    at(1_400).renew(1_000);
    expect([at(5_999).term, at(6_000).term]).toEqual([1, undefined]);
    at(6_000).renew(5_500);
    expect(at(10_499).term).toBe(2);
  });

  it('is one term for as long as no moment was without it', () => {
    at(1_000).renew(1_000);
    for (let ms = 2_000; ms < 60_000; ms += 4_000) at(ms + 900).renew(ms);
    expect(lease.term).toBe(1);
  });

  it('is another term after a halt that outlasted it, also where the heartbeat after it was faster than any look', () => {
    at(1_000).renew(1_000);
    at(6_500).renew(6_400);
    expect(lease.term).toBe(2);
  });

  it('does not hold by an answer that came too late, and not shorter for answers out of order', () => {
    at(9_000).renew(3_000);
    expect(lease.term).toBeUndefined();
    at(9_000).renew(8_900);
    at(9_000).renew(8_000);
    expect(at(13_800).term).toBe(lease.term);
    expect(lease.term).toBeDefined();
  });

  it('ends when it is told to', () => {
    at(1_000).renew(1_000);
    lease.end();
    expect(lease.term).toBeUndefined();
    lease.renew(1_000);
    expect(lease.term).toBe(2);
  });
});
