import { setTimeout as pause } from 'node:timers/promises';
import { EsError } from '@ledgerline/es-core';
import type { Shop } from '../http/shop.js';
import { type Heads, readHeads, type ReaderProgress, readReactors } from '../progress/readers.js';

/** The process has work to do and nothing moves. */
export class ProcessStandsStill extends EsError {
  constructor(behind: readonly ReaderProgress[]) {
    const where = behind.map(
      ({ reader, topic, partition, failure }) => `${reader} in ${topic}/${partition}${failure ? ` (${failure})` : ''}`,
    );
    super(
      'process-stands-still',
      `the order process stands still: ${where.join('; ')}. When it goes on, importing the file again finishes the rest`,
      true,
    );
  }
}

const LOOK_EVERY_MS = 20;
const LONGEST_PAUSE_MS = 250;
const STANDS_STILL_AFTER_MS = 60_000;
/**
 * From a checkout to the last thing that follows from it there are five reactions. Whatever was wanted before the first
 * round has ended after so many, however much others want meanwhile.
 */
const MOST_ROUNDS = 8;

/**
 * Waits until everything that follows from what is in the logs has happened: the reactors have dealt with all of it, and
 * that led to nothing new. Answers where the logs ended then.
 * @throws ProcessStandsStill when a reactor has stopped, or nothing moved for a minute.
 */
export const untilProcessEnded = async (shop: Shop): Promise<Heads> => {
  let heads = await readHeads(shop);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    await untilDealtWith(heads, shop);
    const after = await readHeads(shop);
    if ([...after].every(([key, ordinal]) => heads.get(key) === ordinal)) return after;
    heads = after;
  }
  return heads;
};

const untilDealtWith = async (heads: Heads, shop: Shop): Promise<void> => {
  let seen = '';
  let since = Date.now();
  for (let ms = LOOK_EVERY_MS; ; ms = Math.min(LONGEST_PAUSE_MS, ms * 2)) {
    const reactors = await readReactors(shop);
    const behind = reactors.filter(
      ({ topic, partition, ordinal }) => ordinal < (heads.get(`${topic}/${partition}`) ?? 0),
    );
    if (behind.length === 0) return;
    const now = JSON.stringify(reactors);
    if (now !== seen) since = Date.now();
    if (behind.some(({ failure }) => failure !== undefined) || Date.now() - since > STANDS_STILL_AFTER_MS)
      throw new ProcessStandsStill(behind);
    seen = now;
    await pause(ms);
  }
};
