import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MasterKeys } from '@ledgerline/es-core/adapter';
import { scratch } from '../fixtures/scratch.js';
import { nodeCryptography as cryptography } from '../node-cryptography.js';
import { nodePlatform as platform } from '../node-platform.js';
import { generatedKeyFile, generateKeyFile, hasKeyFile, readKeyFile } from './key-file.js';

const newDirectory = scratch();

describe('the generated key file', () => {
  it('holds one key, for nobody else to read, and is never replaced', () => {
    const directory = join(newDirectory(), 'made');
    expect(hasKeyFile(directory)).toBe(false);
    expect(generateKeyFile(directory, cryptography)).toBe(true);
    const path = generatedKeyFile(directory);
    const text = readFileSync(path, 'utf8');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(MasterKeys.parse(text, { source: path, cryptography, platform }).newestId).toHaveLength(16);
    expect(generateKeyFile(directory, cryptography)).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readdirSync(directory)).toEqual(['master.key']);
  });

  it('says which variable names a file that cannot be read', () => {
    const directory = newDirectory();
    expect(() => readKeyFile(join(directory, 'none'), 'MASTER_KEY_FILE')).toThrow(
      /^MASTER_KEY_FILE names .*none, which cannot be read \(ENOENT\)$/,
    );
    mkdirSync(join(directory, 'key'));
    expect(() => readKeyFile(join(directory, 'key'), 'MASTER_KEY_FILE')).toThrow(/EISDIR/);
  });
});
