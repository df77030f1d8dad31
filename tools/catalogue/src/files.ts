import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asyncApi } from './async-api.js';
import type { Catalogue } from './catalogue.js';
import { page } from './page/page.js';

/** Contents by path. */
export type Files = ReadonlyMap<string, string>;

/** All that is made of the catalogue. */
export const filesOf = (catalogue: Catalogue): Files =>
  new Map([
    ['asyncapi.json', json(asyncApi(catalogue))],
    ['index.html', page(catalogue)],
    ...catalogue.events.flatMap(({ versions }) =>
      versions.map(({ storedName, schema }) => [`schemas/${storedName}.json`, json(schema)] as const),
    ),
  ]);

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** Paths in the directory that are missing, differ, or are no part of the catalogue any more. */
export const staleIn = (directory: string, files: Files): readonly string[] => {
  const present = pathsIn(directory);
  const isCurrent = (path: string): boolean =>
    present.includes(path) && readFileSync(join(directory, path), 'utf8') === files.get(path);
  return [...new Set([...files.keys(), ...present])].filter((path) => !isCurrent(path)).sort();
};

/** Afterwards the directory holds these files and no others. */
export const writeFiles = (directory: string, files: Files): void => {
  for (const path of pathsIn(directory)) if (!files.has(path)) rmSync(join(directory, path));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
};

const pathsIn = (directory: string): readonly string[] =>
  existsSync(directory)
    ? readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1))
    : [];
