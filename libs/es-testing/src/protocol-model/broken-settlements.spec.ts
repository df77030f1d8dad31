import { describe, expect, it } from '@jest/globals';
import { BROKEN_SETTLEMENTS } from './broken-settlements.js';
import { runHistory } from './history.js';
import { NEVER_ANSWERED, violationsOf } from './judge.js';
import type { Settling } from './machine.js';

const SEED = Number(process.env['PROTOCOL_SEED'] ?? 1);
const HISTORIES = 20_000;

/** What a broken writer does wrong, but for being slow: that alone would not tell what is broken. */
const wrongsOf = async (seed: number, settling: Settling): Promise<readonly string[]> =>
  violationsOf(await runHistory(seed, settling)).filter((violation) => violation !== NEVER_ANSWERED);

describe('the protocol model', () => {
  it.each(Object.entries(BROKEN_SETTLEMENTS))(
    'notices a writer that %s',
    async (_, settling) => {
      let wrongs: readonly string[] = [];
      for (let seed = SEED; seed < SEED + HISTORIES && wrongs.length === 0; seed += 1)
        wrongs = await wrongsOf(seed, settling);
      expect(wrongs).not.toEqual([]);
    },
    600_000,
  );
});
