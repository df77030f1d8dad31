import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));

/** The directories of all packages. */
export const packages = ['apps', 'libs', 'tools', 'examples']
  .filter((parent) => existsSync(join(root, parent)))
  .flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(parent, name)))
  .concat('e2e', 'benchmarks')
  .filter((directory) => existsSync(join(root, directory, 'package.json')));

const swc = {
  swcrc: false,
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, verbatimModuleSyntax: true },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

const project = (directory, tier) => ({
  displayName: basename(directory),
  rootDir: join(root, directory),
  roots: ['<rootDir>/src'],
  testEnvironment: 'node',
  // Libraries are run from their sources, so a spec never sees a stale build.
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  ...tier,
});

/**
 * Jest's settings for one tier of specs (told by suffix) in every package. A worker keeps the modules of all the specs that it has run
 * until it ends (with V8's modules Jest lets go of none), so one that has grown large makes room for another.
 */
export const specTier = (tier, settings = {}) => ({
  workerIdleMemoryLimit: '1500MB',
  ...settings,
  projects: packages.map((directory) => project(directory, tier)),
});
