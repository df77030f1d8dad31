// The names of the libraries are few and final: fails when an entry exports more than its budget or hides its list behind
// `export *`, or when two entries of a package export one name. Built packages are looked at.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesOfEntries } from './entries.mjs';
import { root } from './workspace.mjs';

/** How many names an entry may have; those that promise nothing to users have no budget. */
const MOST = {
  'libs/es-core': { '.': 80, './adapter': 60 },
  'libs/es-nest': { '.': 40 },
  'libs/es-nest-projections': { '.': 25 },
};

const problemsOf = (directory, budgets) => {
  const entries = namesOfEntries(directory);
  const missing = Object.keys(budgets).filter((name) => !entries.some(({ entry }) => entry === name));
  const placeOf = new Map();
  const problems = entries.flatMap(({ entry, source, names }) => {
    const twice = names.filter((name) => placeOf.has(name));
    for (const name of names) placeOf.set(name, entry);
    return [
      ...(names.length > budgets[entry] ? [`exports ${names.length} names, and ${budgets[entry]} is the most`] : []),
      ...(/^export \*/m.test(readFileSync(source, 'utf8')) ? ['says `export *`: list the names'] : []),
      ...twice.map((name) => `exports ${name}, as ${placeOf.get(name)} does: choose one`),
    ].map((problem) => `${directory} ${entry} ${problem}`);
  });
  return [...problems, ...missing.map((entry) => `${directory} ${entry} is not there: run npm run build`)];
};

const libraries = readdirSync(join(root, 'libs')).map((name) => `libs/${name}`);
const problems = libraries.flatMap((directory) => problemsOf(directory, MOST[directory] ?? {}));
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log('Every entry keeps to its budget.');
