import { setTimeout } from 'node:timers/promises';
import { seededRandom, specSeed } from '@ledgerline/es-testing';
import { Child } from '../fixtures/child.js';
import { scratch } from '../fixtures/scratch.js';
import { openEmbeddedReadModels } from '../read-models/open-embedded-read-models.js';
import { openEmbeddedIndex } from '../stream-index/open-embedded-index.js';

const KILLS = 12;
const newDirectory = scratch();

const last = (child: Child, what: string): number =>
  Number(child.lines.findLast((line) => line.startsWith(`${what} `))?.split(' ')[1] ?? 0);

/** The last batch of the index; every event up to it is there, and none behind it. */
const indexed = async (directory: string): Promise<number> => {
  const index = await openEmbeddedIndex({
    directory,
    service: 'parcels',
    onRebuild: (reason) => {
      throw new Error(reason);
    },
  });
  const ordinal = index.readerState(0)?.ordinal ?? 0;
  for (let i = 0; i < 20; i += 1) {
    expect(index.version(`parcel-${i}`)).toBe(ordinal);
    expect([...index.events(`parcel-${i}`, 1, Infinity)].map(({ version }) => version)).toEqual(
      Array.from({ length: ordinal }, (_, n) => n + 1),
    );
  }
  await index.close();
  return ordinal;
};

/** The last batch of the read models; all documents are of it, and so are the entries of their indexes. */
const folded = async (directory: string): Promise<number> => {
  const store = await openEmbeddedReadModels({ directory });
  const documents = await store.find('parcels', {});
  const batch = Number(documents[0]?.document?.['batch'] ?? 0);
  expect(documents.map(({ document }) => document?.['batch'])).toEqual(documents.map(() => batch));
  const byParity = await store.find('parcels', { filter: { parity: batch % 2 } });
  expect(byParity).toEqual(documents);
  expect(await store.find('parcels', { filter: { parity: 1 - (batch % 2) } })).toEqual([]);
  expect(await store.find('parcels', { sort: [['batch', -1]], limit: 100 })).toEqual(documents);
  await store.close();
  return batch;
};

describe(`an index and read models whose process is killed ${KILLS} times (seed ${specSeed})`, () => {
  it('hold everything that was stored, whole batches, and index entries that fit the documents', async () => {
    const random = seededRandom(specSeed);
    const directory = newDirectory();
    const compiled = newDirectory();
    let [lastIndexed, lastFolded] = [0, 0];
    for (let run = 0; run < KILLS; run += 1) {
      const args = [directory, String(lastIndexed), String(lastFolded)];
      const child = new Child({ file: 'folding.child.mjs', args, compiled });
      await child.line('ready');
      child.say('go');
      await setTimeout(random() * 200);
      await child.kill();
      expect(child.lines.filter((line) => /^(refused|rebuilt)/.test(line))).toEqual([]);
      const stored = [await indexed(directory), await folded(directory)] as const;
      expect(stored[0]).toBeGreaterThanOrEqual(Math.max(lastIndexed, last(child, 'indexed')));
      expect(stored[1]).toBeGreaterThanOrEqual(Math.max(lastFolded, last(child, 'folded')));
      [lastIndexed, lastFolded] = stored;
    }
    expect(Math.min(lastIndexed, lastFolded)).toBeGreaterThan(KILLS);
  }, 60_000);
});
