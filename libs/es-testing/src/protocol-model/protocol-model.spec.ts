import { describe, expect, it } from '@jest/globals';
import { runHistory } from './history.js';
import { violationsOf } from './judge.js';

/** `PROTOCOL_SEED=n` runs other histories, `PROTOCOL_HISTORIES=n` more of them. */
const SEED = Number(process.env['PROTOCOL_SEED'] ?? 1);
const HISTORIES = Number(process.env['PROTOCOL_HISTORIES'] ?? 20_000);

describe('the protocol, on a network that loses, repeats, delays and swaps', () => {
  it(`keeps its promises in ${HISTORIES} histories from seed ${SEED}`, async () => {
    for (let seed = SEED; seed < SEED + HISTORIES; seed += 1) {
      const violations = violationsOf(await runHistory(seed));
      expect({ seed, violations }).toEqual({ seed, violations: [] });
    }
  }, 600_000);
});
