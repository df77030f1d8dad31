import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../fixtures/child.js';
import { scratch } from '../fixtures/scratch.js';

const newDirectory = scratch();
const compiled = newDirectory();

const DECIDER = `
import { worth } from './rules/worth.mjs';
export const folded = [];
export const decider = {
  initialState: { pence: 0 },
  decide: () => ({ events: [{ type: 'CoinAdded', data: {} }] }),
  evolve: ({ pence }) => {
    folded.push(pence);
    return { pence: pence + worth() };
  },
};`;

describe('the snapshots of a decider', () => {
  const home = newDirectory();
  const data = newDirectory();
  const write = (name: string, text: string): void => writeFileSync(join(home, name), text);
  /** Starts the service anew, lets it record so many events, and answers what it had loaded first. */
  const start = async (count: number): Promise<string> => {
    const args = [data, join(home, 'decider.mjs'), String(count)];
    const child = new Child({ file: './counting.child.mjs', args, compiled });
    await child.end();
    return await child.line('loaded');
  };

  it('are used by the same code, and by no other, however deep the change lies', async () => {
    mkdirSync(join(home, 'rules'));
    write('decider.mjs', DECIDER);
    write('rules/worth.mjs', 'export const worth = () => 1;');
    expect(await start(450)).toBe('loaded {"pence":0} folding 0');
    // A snapshot at every 100 events.
    expect(await start(0)).toBe('loaded {"pence":450} folding 50');
    write('rules/worth.mjs', 'export const worth = () => 2;');
    expect(await start(0)).toBe('loaded {"pence":900} folding 450');
    // What was made anew is stored, though nothing was recorded since.
    expect(await start(0)).toBe('loaded {"pence":900} folding 0');
    write('rules/worth.mjs', 'export const worth = () => 1;');
    expect(await start(0)).toBe('loaded {"pence":450} folding 450');
  });
});
