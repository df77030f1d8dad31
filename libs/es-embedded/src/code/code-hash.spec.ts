import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { scratch } from '../fixtures/scratch.js';
import { nodePlatform } from '../node-platform.js';
import { codeHash } from './code-hash.js';

const newDirectory = scratch();

/** A service that was built, in a workspace: its decider, a helper, a package of the workspace, and published ones. */
const files = {
  'app/dist/parcels.js': `import { decider } from './decider.js'; import '@shop/events';`,
  'app/dist/controller.js': `import { parcels } from './parcels.js';`,
  'app/dist/decider.js': `import { add } from "./money/add.js";\nimport {\n  z,\n} from '@shop/events';\nexport const decider = {};`,
  'app/dist/money/add.js': `export { round } from '../money/round.js'; export const add = (a, b) => a + b;`,
  'app/dist/money/round.js': `import Big from 'big'; const rates = new URL('./rates.json', import.meta.url);`,
  'app/dist/money/rates.json': '{"GBP":2}',
  'events/package.json': JSON.stringify({
    ...{ name: '@shop/events', version: '0.1.0' },
    exports: { '.': { source: './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' } },
  }),
  'events/dist/index.js': `export * from './created.js'; import('node:path');`,
  'events/dist/created.js': `import { add } from './index.js'; export const upcast = (data) => data;`,
  'events/src/index.ts': `export * from './created.js';`,
  'events/src/created.ts': `export const upcast = (data: unknown): unknown => data;`,
  'node_modules/big/package.json': '{"name":"big","version":"1.0.0","dependencies":{"tiny":"*","big":"*"}}',
  'node_modules/big/index.js': 'module.exports = 1;',
  'node_modules/tiny/package.json': '{"name":"tiny","version":"3.0.0"}',
};

const workspace = (over: Readonly<Record<string, string>> = {}): string => {
  const root = newDirectory();
  for (const [name, text] of Object.entries({ ...files, ...over })) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  mkdirSync(join(root, 'node_modules/@shop'));
  symlinkSync(join(root, 'events'), join(root, 'node_modules/@shop/events'));
  return root;
};

const hashIn = (root: string, file = 'app/dist/parcels.js'): string => codeHash([pathToFileURL(join(root, file)).href]);

describe('the hash over the code of a fold', () => {
  const before = hashIn(workspace());

  it('is the same wherever the same code lies', () => {
    expect(hashIn(workspace())).toBe(before);
    expect(before).toHaveLength(43);
  });

  it.each([
    ['a helper of the decider', { 'app/dist/money/add.js': `${files['app/dist/money/add.js']}//` }],
    ['a helper of a helper', { 'app/dist/money/round.js': `${files['app/dist/money/round.js']}//` }],
    ['data that a helper reads', { 'app/dist/money/rates.json': '{"GBP":3}' }],
    [
      'an upcaster in a package of the workspace',
      { 'events/dist/created.js': `import './index.js'; export const upcast = 1;` },
    ],
    [
      'the version of a published package',
      { 'node_modules/big/package.json': '{"name":"big","version":"1.0.1","dependencies":{"tiny":"*"}}' },
    ],
    ['the version of what that depends on', { 'node_modules/tiny/package.json': '{"name":"tiny","version":"3.0.1"}' }],
    [
      'which of two files is which',
      {
        'app/dist/money/add.js': files['app/dist/money/round.js'],
        'app/dist/money/round.js': files['app/dist/money/add.js'],
      },
    ],
  ])('changes with %s', (_what, over) => {
    expect(hashIn(workspace(over))).not.toBe(before);
  });

  it.each([
    ['what only imports it', { 'app/dist/controller.js': 'export {};' }],
    ['the sources of what was built', { 'events/src/created.ts': 'export {};' }],
    ['the files of a published package', { 'node_modules/big/index.js': 'module.exports = 2;' }],
  ])('does not change with %s', (_what, over) => {
    expect(hashIn(workspace(over))).toBe(before);
  });

  it('follows the sources where they are what runs', () => {
    const sources = {
      'app/src/decider.ts': `import type { A } from './helper.js'; import { upcast } from '@shop/events';`,
      'app/src/helper.ts': 'export type A = 1;',
    };
    const hash = (over: object): string => hashIn(workspace({ ...sources, ...over }), 'app/src/decider.ts');
    expect(hash({ 'app/src/helper.ts': 'export type A = 2;' })).not.toBe(hash({}));
    expect(hash({ 'events/src/created.ts': 'export {};' })).not.toBe(hash({}));
    expect(hash({ 'events/dist/created.js': 'export {};' })).toBe(hash({}));
  });

  it('is over the file itself where all is bundled into it', () => {
    const root = workspace({ 'bundle/main.js': 'const decider = 1;' });
    const bundled = hashIn(root, 'bundle/main.js');
    writeFileSync(join(root, 'bundle/main.js'), 'const decider = 2;');
    expect(hashIn(root, 'bundle/main.js')).not.toBe(bundled);
  });

  it('is made of what is there, and fails where the code is not', () => {
    const root = workspace();
    rmSync(join(root, 'app/dist/parcels.js'));
    expect(() => hashIn(root)).toThrow(/ENOENT/);
  });

  it('of this library is made at once', () => {
    const files = [import.meta.url];
    expect(nodePlatform.codeOf(files)).toBe(codeHash(files));
    const began = performance.now();
    nodePlatform.codeOf(files);
    expect(performance.now() - began).toBeLessThan(200);
  });
});
