import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { staleIn, writeFiles } from './files.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'catalogue-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const files = new Map([
  ['index.html', 'page'],
  ['schemas/Paid.v1.json', '{}'],
]);

it('is stale where a file is missing, differs, or is left over', () => {
  expect(staleIn(directory, files)).toEqual(['index.html', 'schemas/Paid.v1.json']);
  writeFiles(directory, files);
  expect(staleIn(directory, files)).toEqual([]);
  writeFileSync(join(directory, 'index.html'), 'edited');
  writeFileSync(join(directory, 'schemas/Lost.v1.json'), '{}');
  expect(staleIn(directory, files)).toEqual(['index.html', 'schemas/Lost.v1.json']);
});

it('leaves nothing of an earlier catalogue', () => {
  writeFiles(directory, new Map([...files, ['schemas/Lost.v1.json', '{}']]));
  writeFiles(directory, files);
  expect(existsSync(join(directory, 'schemas/Lost.v1.json'))).toBe(false);
  expect(staleIn(directory, files)).toEqual([]);
});

it('is wholly stale where there is no directory yet', () => {
  expect(staleIn(join(directory, 'none'), files)).toHaveLength(2);
});
