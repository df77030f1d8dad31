import { describe, expect, it } from '@jest/globals';
import { DEVIATIONS } from './deviations.js';
import { walk } from './walk.js';

/** `PROTOCOL_SEED=n` runs other histories, `PROTOCOL_HISTORIES=n` more of them. */
const SEED = Number(process.env['PROTOCOL_SEED'] ?? 1);
const HISTORIES = Number(process.env['PROTOCOL_HISTORIES'] ?? 20_000);
const HALF = Math.ceil(HISTORIES / 2);

describe('the protocol, on a network that loses, repeats, delays and swaps', () => {
  it(`keeps its promises in ${HISTORIES} histories from seed ${SEED}`, async () => {
    const violated = await Promise.all([walk(SEED, HALF), walk(SEED + HALF, HISTORIES - HALF)]);
    expect(violated).toEqual(['', '']);
  }, 600_000);

  it.each(Object.keys(DEVIATIONS))(
    'is not kept by a machine that %s, which shows within as many histories',
    async (broken) => {
      expect(await walk(SEED, HISTORIES, broken)).toContain('violations');
    },
    600_000,
  );
});
