import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';

/** What an import leads to: a file of our own, or a package that somebody else published under a version. */
export interface Resolved {
  readonly kind: 'file' | 'package';
  /** Of the file, or of the package's directory; no link. */
  readonly path: string;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly main?: string;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * What `specifier` means in the file `from`; undefined for what is none, and for Node's own. As Node does it, but for what runs from its
 * sources, where `./a.js` is `./a.ts` and a package of the workspace has a `source`.
 */
export const resolveModule = (specifier: string, from: string): Resolved | undefined => {
  if (/^\.{0,2}\//.test(specifier)) return fileAt(resolve(dirname(from), specifier));
  if (isBuiltin(specifier)) return undefined;
  const [name, subpath] = packageIn(specifier);
  const directory = directoryOf(name, dirname(from));
  if (directory === undefined) return undefined;
  // Of the workspace: npm links to it, and it changes without a new version.
  return directory.includes(`${sep}node_modules${sep}`)
    ? { kind: 'package', path: directory }
    : fileAt(entryOf(directory, subpath, from.endsWith('.ts') ? 'source' : 'default'));
};

export const realFile = (path: string): Resolved => ({ kind: 'file', path: realpathSync(path) });

export const manifestIn = (directory: string): Manifest =>
  JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;

/** What a path may leave out, for those who bundle or use CommonJS. */
const ENDINGS = ['', '.ts', '.js', '.mts', '.mjs', '.cts', '.cjs', '.json', '/index.ts', '/index.js'];

const fileAt = (path: string): Resolved | undefined => {
  const found = [path.replace(/\.([cm]?)js$/, '.$1ts'), ...ENDINGS.map((ending) => path + ending)].find(
    (candidate) => existsSync(candidate) && statSync(candidate).isFile(),
  );
  return found === undefined ? undefined : realFile(found);
};

/** `['@scope/name', './sub/path']` of `@scope/name/sub/path`. */
const packageIn = (specifier: string): readonly [string, string] => {
  const parts = specifier.split('/');
  const name = parts.splice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  return [name, ['.', ...parts].join('/')];
};

const directoryOf = (name: string, from: string): string | undefined => {
  for (let directory = from; ; directory = dirname(directory)) {
    const candidate = join(directory, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (directory === dirname(directory)) return undefined;
  }
};

const entryOf = (directory: string, subpath: string, condition: string): string => {
  const { exports, main = 'index.js' } = manifestIn(directory);
  const target = targetIn(exports, subpath, condition) ?? (subpath === '.' ? main : subpath);
  return join(directory, target);
};

const targetIn = (exports: unknown, subpath: string, condition: string): string | undefined => {
  if (typeof exports === 'string') return subpath === '.' ? exports : undefined;
  if (!isRecord(exports)) return undefined;
  const entry = subpath in exports ? exports[subpath] : subpath === '.' ? exports : undefined;
  if (typeof entry === 'string') return entry;
  if (!isRecord(entry)) return undefined;
  return [condition, 'import', 'default'].map((name) => entry[name]).find((target) => typeof target === 'string');
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
