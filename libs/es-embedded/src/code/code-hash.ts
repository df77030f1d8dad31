import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { manifestIn, realFile, type Resolved, resolveModule } from './resolve-module.js';

/**
 * What a file may get code or data from: whatever is imported or required by a name that is written out, and every path
 * beside it that is written out (`new URL('./rates.json', import.meta.url)`). One too many does no harm.
 */
const NAMED = /\b(?:from|import|require)\s*\(?\s*(['"])([^'"\n]+)\1|(['"`])(\.{1,2}\/[^'"`\n]+)\3/g;

/** What was read of a file or a package, and what that reaches. */
interface Code {
  /** Says what it is: of a file its content, of a package its version. */
  readonly text: string;
  readonly reaches: readonly Resolved[];
}

/** By path. Kept for as long as a process runs the code that it has loaded. */
export type KnownCode = Map<string, Code>;

/**
 * A hash over the files, as paths or `file:` URLs, and everything that they reach: our own files by their content, wherever they lie;
 * published packages by name and version, with what they depend on; Node by its version.
 */
export const codeHash = (files: readonly string[], known: KnownCode = new Map()): string => {
  const roots = files.map((file) => realFile(file.startsWith('file:') ? fileURLToPath(file) : file));
  return createHash('sha256')
    .update([`node ${process.versions.node}`, ...walk(roots, known)].join('\n'))
    .digest('base64url');
};

/** In the order in which it is found, so that two files that change places are a change. */
const walk = (roots: readonly Resolved[], known: KnownCode): readonly string[] => {
  const found = new Map<string, number>();
  const texts: string[] = [];
  const waiting = [...roots];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const number = found.get(next.path);
    if (number !== undefined) {
      texts.push(`again ${number}`);
      continue;
    }
    found.set(next.path, found.size);
    let code = known.get(next.path);
    if (!code) known.set(next.path, (code = codeAt(next)));
    texts.push(code.text);
    waiting.push(...code.reaches);
  }
  return texts;
};

const codeAt = ({ kind, path }: Resolved): Code => (kind === 'file' ? fileAt(path) : packageAt(path));

const fileAt = (path: string): Code => {
  const content = readFileSync(path, 'utf8');
  const names = [...content.matchAll(NAMED)].map((match) => match[2] ?? match[4] ?? '');
  const hash = createHash('sha256').update(content).digest('base64url');
  return { text: `file ${hash}`, reaches: names.flatMap((name) => resolveModule(name, path) ?? []) };
};

const packageAt = (path: string): Code => {
  const { name, version, dependencies = {} } = manifestIn(path);
  const names = Object.keys(dependencies).sort();
  const from = join(path, 'package.json');
  return { text: `package ${name}@${version}`, reaches: names.flatMap((one) => resolveModule(one, from) ?? []) };
};
