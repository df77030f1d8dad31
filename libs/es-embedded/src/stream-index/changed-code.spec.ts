import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from '../fixtures/child.js';
import { scratch } from '../fixtures/scratch.js';

const newDirectory = scratch();
const compiled = newDirectory();

const JAR = `
import { accept, defineAggregate, defineEvents } from '@ledgerline/es-core';
import { worth } from './rules/worth.mjs';
const anything = { '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value }) } };
export const folded = [];
export const jar = defineAggregate({
  category: 'jar',
  events: defineEvents('jars', { CoinAdded: anything }),
  commands: { AddCoin: anything },
  initialState: { pence: 0 },
  decide: { AddCoin: () => accept({ type: 'CoinAdded', data: {} }) },
  evolve: {
    CoinAdded: ({ pence }) => {
      folded.push(pence);
      return { pence: pence + worth() };
    },
  },
});`;

describe('the snapshots of an aggregate', () => {
  const home = newDirectory();
  const data = newDirectory();
  const write = (name: string, text: string): void => writeFileSync(join(home, name), text);
  /** Starts the service anew, lets it record so many events, and answers what it had loaded first. */
  const start = async (count: number): Promise<string> => {
    const args = [data, join(home, 'jar.mjs'), String(count)];
    const child = new Child({ file: './counting.child.mjs', args, compiled });
    await child.end();
    return await child.line('loaded');
  };

  it('are used by the same code, and by no other, however deep the change lies', async () => {
    mkdirSync(join(home, 'rules'));
    mkdirSync(join(home, 'node_modules/@ledgerline'), { recursive: true });
    symlinkSync(
      fileURLToPath(new URL('../../../es-core', import.meta.url)),
      join(home, 'node_modules/@ledgerline/es-core'),
    );
    write('jar.mjs', JAR);
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
