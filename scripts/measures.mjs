// What a newcomer has to take in: `npm run -s measures` counts the exported names of every package, the lines of the workspaces without their
// specs, what the examples take, and the places where a library knows the shop. Built packages are counted: `npm run build` first.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesOfEntries } from './entries.mjs';
import { exampleSize } from './example-size.mjs';
import { SHOP_NAMES } from './shop-names.mjs';
import { root } from './workspace.mjs';

const packages = ['apps', 'libs'].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => join(folder, name)),
);

const sources = execFileSync('git', ['ls-files', '*.ts', '*.mts', '*.mjs', '*.js'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file && !/\.spec\.ts$/.test(file));
const textOf = (file) => readFileSync(join(root, file), 'utf8');
const linesBelow = (directory) =>
  sources
    .filter((file) => file.startsWith(`${directory}/`))
    .reduce((lines, file) => lines + textOf(file).split('\n').length - 1, 0);
const shopIn = (directory) =>
  sources
    .filter((file) => file.startsWith(`${directory}/`))
    .reduce((places, file) => places + (textOf(file).match(SHOP_NAMES)?.length ?? 0), 0);

const rows = packages.map((directory) => ({
  package: directory,
  lines: linesBelow(directory),
  exported: namesOfEntries(directory)
    .map(({ entry, names }) => `${entry} ${names.length}`)
    .join(', '),
  ...(directory.startsWith('libs/') && directory !== 'libs/events' && { 'knows the shop': shopIn(directory) }),
}));
console.table(rows);
const examples = readdirSync(join(root, 'examples')).map((example) => ({ example, ...exampleSize(example) }));
console.table(examples.map(({ names, ...size }) => ({ ...size, names: names.length })));
const all = [...new Set(sources.map((file) => file.split('/')[0]))].filter((one) => existsSync(join(root, one)));
console.table(all.map((directory) => ({ directory, lines: linesBelow(directory) })).filter(({ lines }) => lines > 0));
console.log(`${sources.reduce((lines, file) => lines + textOf(file).split('\n').length - 1, 0)} lines without specs`);
