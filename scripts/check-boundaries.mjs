// The boundary rule is silently skipped where eslint runs without nx's project graph. So plant violations, lint them the
// way CI does, and insist that each is found, by the rule that should find it.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { endOnSignal, lint, root } from './workspace.mjs';

const PLANTED = [
  {
    what: 'es-core depends on nothing',
    file: 'libs/es-core/src/planted-violation.ts',
    source: "export * from '@ledgerline/es-embedded';\n",
    rule: '@nx/enforce-module-boundaries',
  },
  {
    what: 'an adapter imports no app',
    file: 'libs/es-embedded/src/planted-violation.ts',
    source: "export * from '@ledgerline/order-service';\n",
    rule: '@nx/enforce-module-boundaries',
  },
  {
    what: 'no deep import into another package',
    file: 'libs/es-embedded/src/planted-deep-import.ts',
    source: "export * from '@ledgerline/es-core/src/index.js';\n",
    rule: 'no-restricted-imports',
  },
  {
    what: 'an adapter imports the root of es-core and ./adapter only',
    file: 'libs/es-embedded/src/planted-runtime.ts',
    source: "export { Writer } from '@ledgerline/es-core/runtime';\n",
    rule: 'no-restricted-imports',
  },
  {
    what: 'a decider imports es-core and events only',
    file: 'libs/es-embedded/src/planted-violation.decider.ts',
    source: "export { readFileSync } from 'node:fs';\n",
    rule: 'no-restricted-imports',
  },
  {
    what: 'es-nest imports no adapter',
    file: 'libs/es-nest/src/planted-violation.ts',
    source: "export * from '@ledgerline/es-embedded';\n",
    rule: '@nx/enforce-module-boundaries',
  },
  {
    what: 'an adapter imports no other one',
    file: 'libs/es-kafka/src/planted-violation.ts',
    source: "export * from '@ledgerline/es-embedded';\n",
    rule: '@nx/enforce-module-boundaries',
  },
  {
    what: 'a library does not name the shop, not even in a comment',
    file: 'libs/es-nest/src/planted-shop-name.ts',
    source: '/** As the order-service has it. */\nexport const PORT = 3001;\n',
    rule: 'shop/no-names',
  },
];

const removePlanted = () => {
  for (const { file } of PLANTED) rmSync(join(root, file), { force: true });
};

const plant = () => {
  for (const { file, source } of PLANTED) {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), source);
  }
};

/** eslint prints a line with a file's full name and then its findings, one or more lines each. */
const findingsOf = (output, file) => {
  const lines = stripVTControlCharacters(output).split('\n');
  const start = lines.indexOf(join(root, file));
  if (start < 0) return '';
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith(root) || line.startsWith('✖'));
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join('\n');
};

// The planted files do not compile either: lint alone.
const lintPlanted = () =>
  lint(
    PLANTED.map(({ file }) => file),
    { show: false },
  );

endOnSignal(removePlanted);
try {
  plant();
  const { code, text } = await lintPlanted();
  const missed = PLANTED.filter(({ file, rule }) => !findingsOf(text, file).includes(rule));
  for (const { what, file, rule } of missed) console.error(`Not found by ${rule}: ${what} (${file})`);
  if (missed.length > 0) console.error(text);
  if (code === 0) console.error('Lint succeeded on planted violations.');
  if (missed.length > 0 || code === 0) process.exitCode = 1;
  else console.log(`All ${PLANTED.length} planted violations were found.`);
} finally {
  removePlanted();
}
