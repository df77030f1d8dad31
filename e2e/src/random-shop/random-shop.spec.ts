import { jest } from '@jest/globals';
import * as core from '@ledgerline/es-core/runtime';
import { seeds } from './seeds.js';

let isLookedUp = true;
const outcomesIn: typeof core.outcomesIn = (options) =>
  isLookedUp ? core.outcomesIn(options) : { isRecorded: () => Promise.resolve(false) };
jest.unstable_mockModule('@ledgerline/es-core/runtime', () => ({ ...core, outcomesIn }));
const { runSeed } = await import('./run-seed.js');

/** Of a shop that loses everything but its logs in the end. */
const LOSES_ALL = 2;

describe('a shop whose services are killed and lose what they keep, beside a gateway that forgets', () => {
  it.each(seeds({ usually: 3 }))(
    'moves money once, ends every order and reads as a replay (seed %i)',
    async (seed) => {
      const end = await runSeed({ seed });
      expect(end).toEqual({ ...end, violations: [] });
    },
    120_000,
  );

  it(`is found out where reactors do not look up what was settled (seed ${LOSES_ALL})`, async () => {
    isLookedUp = false;
    const { violations } = await runSeed({ seed: LOSES_ALL, wellWithinMs: 1_000 });
    expect(violations).toContainEqual(expect.stringMatching(/^attempt .* was charged 2 times$/));
  }, 120_000);
});
