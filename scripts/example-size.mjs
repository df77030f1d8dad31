import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.mjs';

const IMPORTS = /^import [^;]*;\n/gm;
const NAMES = /^import (?:type )?\{([^}]*)\} from '@ledgerline\/es-[^']*';/gm;

/** Written by `nest new`, and by nobody else. */
const MAIN = 'main.ts';

/**
 * What one has to write and to know for an example, its specs aside: lines that are neither blank nor imports, without and with its
 * `main.ts`, and the names of the library that are imported.
 */
export const exampleSize = (example) => {
  const directory = join(root, 'examples', example, 'src');
  const files = readdirSync(directory).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
  const textOf = (file) => readFileSync(join(directory, file), 'utf8');
  const linesOf = (some) =>
    some.flatMap((file) => textOf(file).replace(IMPORTS, '').split('\n')).filter((line) => line.trim() !== '').length;
  const names = files.flatMap((file) => [...textOf(file).matchAll(NAMES)].flatMap(([, list = '']) => list.split(',')));
  return {
    lines: linesOf(files.filter((file) => file !== MAIN)),
    linesWithMain: linesOf(files),
    names: [...new Set(names.map((name) => name.replace(/^\s*type /, '').trim()).filter(Boolean))].sort(),
  };
};
