import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CodePlace } from '@ledgerline/es-core';
import { manifestIn, resolveModule } from './resolve-module.js';

/**
 * What a file may get code or data from: whatever is imported or required by a name that is written out, and every path
 * beside it that is written out (`new URL('./rates.json', import.meta.url)`). One too many does no harm.
 */
const NAMED = /\b(?:from|import|require)\s*\(?\s*(['"])([^'"\n]+)\1|(['"`])(\.{1,2}\/[^'"`\n]+)\3/g;

interface SourceFile {
  readonly hash: string;
  readonly named: readonly string[];
}

/** The files that were read, for as long as a process runs the code that it has loaded. */
export type SourceFiles = Map<string, SourceFile>;

/**
 * A hash over the modules' files and everything that they reach: our own files by their content, wherever they lie;
 * published packages by name and version, with what they depend on; Node by its version.
 */
export const codeHash = ({ from, modules }: CodePlace, files: SourceFiles = new Map()): string => {
  const walk = new CodeWalk(files);
  for (const module of modules) walk.reach(module, fileURLToPath(from));
  return walk.hash();
};

class CodeWalk {
  /** Files and packages by the order in which they were found: two files that change places are a change. */
  readonly #found = new Map<string, number>();
  readonly #parts: string[] = [`node ${process.versions.node}`];
  #waiting: { readonly specifier: string; readonly from: string }[] = [];

  constructor(private readonly files: SourceFiles) {}

  /** Where a named module is none, all is bundled into the file that names it: then that counts. */
  reach(module: string, from: string): void {
    if (!this.#take(module, from)) this.#read(from);
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) this.#take(next.specifier, next.from);
  }

  hash(): string {
    return createHash('sha256').update(this.#parts.join('\n')).digest('base64url');
  }

  #take(specifier: string, from: string): boolean {
    const resolved = resolveModule(specifier, from);
    if (!resolved) return false;
    if (resolved.kind === 'file') this.#read(resolved.path);
    if (resolved.kind === 'package') this.#version(resolved.directory);
    return true;
  }

  #read(path: string): void {
    if (this.#isKnown(path)) return;
    const { hash, named } = this.#file(path);
    this.#parts.push(`file ${hash}`);
    for (const specifier of named) this.#waiting.push({ specifier, from: path });
  }

  #version(directory: string): void {
    if (this.#isKnown(directory)) return;
    const { name, version, dependencies = {} } = manifestIn(directory);
    this.#parts.push(`package ${name}@${version}`);
    const from = `${directory}/package.json`;
    for (const specifier of Object.keys(dependencies).sort()) this.#waiting.push({ specifier, from });
  }

  /** What was found before is named by its number, so that an import that leads elsewhere now shows. */
  #isKnown(path: string): boolean {
    const known = this.#found.get(path);
    if (known === undefined) this.#found.set(path, this.#found.size);
    else this.#parts.push(`again ${known}`);
    return known !== undefined;
  }

  #file(path: string): SourceFile {
    let file = this.files.get(path);
    if (!file) this.files.set(path, (file = sourceFile(readFileSync(path, 'utf8'))));
    return file;
  }
}

const sourceFile = (text: string): SourceFile => ({
  hash: createHash('sha256').update(text).digest('base64url'),
  named: [...text.matchAll(NAMED)].map((match) => match[2] ?? match[4] ?? ''),
});
