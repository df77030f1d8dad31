import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { filesOf, staleIn, writeFiles } from './files.js';
import { catalogueOf } from './read-catalogue.js';
import { shop, shopCode, versionOf } from './shop.js';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const root = process.cwd();
const directory = join(root, 'docs/catalogue');
const files = filesOf(catalogueOf(shopCode(root), shop, versionOf(root)));
const stale = staleIn(directory, files);

if (!values.check) {
  writeFiles(directory, files);
  process.stdout.write(stale.length === 0 ? 'docs/catalogue was up to date.\n' : `Written: ${stale.join(', ')}.\n`);
} else if (stale.length > 0) {
  process.stderr.write(
    `docs/catalogue is not up to date: ${stale.join(', ')}.\nRun \`npm run catalogue\` and commit what it writes.\n`,
  );
  process.exitCode = 1;
} else {
  process.stdout.write(`docs/catalogue is up to date: ${files.size} files.\n`);
}
