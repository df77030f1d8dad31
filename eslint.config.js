import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { SHOP_NAMES } from './scripts/shop-names.mjs';

// ---- which package may depend on which --------------------------------------------------------------------------

const mayDependOn = {
  'type:core': [],
  'type:events': ['type:core'],
  'type:adapter': ['type:core'],
  'type:backup': ['type:core'],
  'type:testing': ['type:core'],
  'type:nest': ['type:core'],
  'type:nest-projections': ['type:core', 'type:nest'],
  // What the environment names: the one place where adapters are chosen.
  'type:environment': ['type:core', 'type:adapter', 'type:nest'],
  'type:app': ['type:core', 'type:nest', 'type:nest-projections', 'type:events', 'type:backup', 'type:environment'],
  'type:example': ['type:core', 'type:nest', 'type:nest-projections', 'type:adapter', 'type:events'],
  'type:tool': [],
  'type:gate': ['type:core', 'type:events'],
  'type:catalogue': ['type:core', 'type:events', 'type:gate', 'type:nest', 'type:environment', 'type:testing'],
  'type:e2e': [
    ...['type:core', 'type:adapter', 'type:nest', 'type:events', 'type:environment'],
    ...['type:testing', 'type:tool'],
  ],
  'type:benchmark': ['type:core', 'type:adapter', 'type:events', 'type:testing', 'type:tool'],
};

// `es-core` and `es-testing` gain nothing: es-testing is built on es-core, so a spec of es-core that needs the
// in-memory ports lives in es-testing, and one that needs an adapter lives with that adapter.
const specsMayAlsoDependOn = {
  'type:events': ['type:testing'],
  'type:adapter': ['type:testing', 'type:tool'],
  'type:backup': ['type:testing'],
  'type:nest': ['type:testing', 'type:adapter', 'type:tool'],
  'type:nest-projections': ['type:testing', 'type:adapter'],
  'type:app': ['type:testing', 'type:tool'],
  'type:example': ['type:testing'],
};

const boundaries = (alsoAllowed = {}, allow = []) => [
  'error',
  {
    // e2e and benchmarks start the services the way `npm start` does; examples are counted the way `npm run measures` does.
    allow: [
      ...['../../scripts/services.mjs', '../../scripts/jest-run.mjs', '../../../scripts/example-size.mjs'],
      ...allow,
    ],
    allowCircularSelfDependency: false,
    enforceBuildableLibDependency: true,
    depConstraints: Object.entries(mayDependOn).map(([sourceTag, allowed]) => ({
      sourceTag,
      onlyDependOnLibsWithTags: [...allowed, ...(alsoAllowed[sourceTag] ?? [])],
    })),
  },
];

// ---- what may be imported from outside the workspace ------------------------------------------------------------

const deepImport = {
  regex:
    '^@ledgerline/(?!es-core/(?:adapter|generations|privacy|rehearsal|runtime)$|es-nest/(?:extension|fastify|privacy|rehearsal)$)[^/]+/.+',
  message: 'Import a package by one of its entries: what none of them exports is private.',
};
const nestOutsideItsPlace = { regex: '^@nestjs/', message: 'Nest stays in apps/*, examples/* and libs/es-nest*.' };
const runtime = {
  regex: '^(?!\\.{1,2}/)',
  message: 'es-core has no dependency and no runtime: take it in through the Platform port.',
};
const notDomain = {
  regex: '^(?!\\.{1,2}/|@ledgerline/es-core$|@ledgerline/events$|zod$)',
  message: 'Aggregates and projections import the root of es-core, events and zod only.',
};
const notForAdapters = {
  regex: '^@ledgerline/es-core/(?!adapter$)',
  message: 'An adapter is written against the root of es-core and its entry ./adapter.',
};
const restricted = (...patterns) => ['error', { patterns: [deepImport, ...patterns] }];

// ---- what the libraries may know ---------------------------------------------------------------------------------

/** In names, texts and comments alike. */
const noShopNames = {
  meta: { type: 'problem', messages: { shop: '`{{name}}` is of the shop: libraries know nothing of it.' } },
  create: (context) => ({
    Program() {
      for (const [line, text] of context.sourceCode.lines.entries())
        for (const { 0: name, index } of text.matchAll(SHOP_NAMES))
          context.report({ loc: { line: line + 1, column: index }, messageId: 'shop', data: { name } });
    },
  }),
};

// ---- style ------------------------------------------------------------------------------------------------------

const style = {
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/await-thenable': 'error',
  'no-throw-literal': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
  ],
  'no-restricted-syntax': [
    'error',
    { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' },
    { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
  ],
  'no-console': 'error',
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'prefer-const': 'error',
};

// Services of others send commands with a plain Nest client: so do the end-to-end specs.
const nestClients = ['e2e/src/**/*.ts'];
const nestSources = [
  ...['apps/*/src/**/*.ts', 'examples/*/src/**/*.ts'],
  ...['libs/es-nest/src/**/*.ts', 'libs/es-nest-projections/src/**/*.ts'],
];

export default tseslint.config(
  { ignores: ['**/dist', '**/node_modules', '.nx', '**/coverage', '.data'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  prettier,
  { files: ['**/*.js', '**/*.mjs'], languageOptions: { globals: globals.node } },

  { files: ['**/*.ts'], extends: [tseslint.configs.recommended], rules: style },
  {
    files: ['**/*.ts'],
    // One program for all packages: one for each, specs apart, took four times as long.
    languageOptions: { parserOptions: { project: './tsconfig.lint.json', tsconfigRootDir: import.meta.dirname } },
  },

  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(),
      'no-restricted-imports': restricted(nestOutsideItsPlace),
    },
  },
  // A class that Nest injects must stay a value import: its metadata is read at run time.
  {
    files: nestSources,
    rules: { 'no-restricted-imports': restricted(), '@typescript-eslint/consistent-type-imports': 'off' },
  },
  { files: nestClients, rules: { 'no-restricted-imports': restricted() } },
  { files: ['libs/es-core/src/**/*.ts'], rules: { 'no-restricted-imports': restricted(runtime) } },
  {
    files: ['libs/es-{embedded,kafka,mongodb}/src/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/src/fixtures/**'],
    rules: { 'no-restricted-imports': restricted(nestOutsideItsPlace, notForAdapters) },
  },
  {
    files: ['**/*.decider.ts', '**/*.projection.ts', 'apps/**/*.aggregate.ts'],
    rules: {
      'no-restricted-imports': restricted(notDomain),
      'no-restricted-globals': ['error', 'process', 'Buffer', 'console', 'fetch', 'setTimeout', 'setInterval'],
    },
  },
  {
    // Fixtures are compiled with the specs, and never built.
    files: ['**/*.spec.ts', '**/src/fixtures/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': boundaries(specsMayAlsoDependOn) },
  },
  {
    // Nothing is built on a service; these describe them, and run them in one process.
    files: ['tools/catalogue/src/shop.ts', 'e2e/src/{in-process,random-shop}/*.ts'],
    rules: { '@nx/enforce-module-boundaries': boundaries({}, ['^@ledgerline/[a-z]+-service$']) },
  },
  {
    files: ['libs/**/*.{ts,mjs}'],
    ignores: ['libs/events/**'],
    plugins: { shop: { rules: { 'no-names': noShopNames } } },
    rules: { 'shop/no-names': 'error' },
  },
  { files: ['libs/es-core/src/**/*.spec.ts'], rules: { 'no-restricted-imports': restricted(nestOutsideItsPlace) } },
  // Their output is for a person at a terminal.
  { files: ['apps/cli/src/**/*.ts', 'benchmarks/src/**/*.ts'], rules: { 'no-console': 'off' } },
);
