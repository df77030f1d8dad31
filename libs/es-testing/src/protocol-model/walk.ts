import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** The first history that broke a promise, as JSON `{ seed, violations }`; empty when none did. */
export const walk = async (first: number, histories: number, broken = ''): Promise<string> => {
  const compiled = await mkdtemp(join(tmpdir(), 'ledgerline-walk-'));
  try {
    const sources = ['--conditions=source', '--import', pathOf('../../../../scripts/from-sources.mjs')];
    const args = [
      '--max-semi-space-size=32',
      ...sources,
      pathOf('walk.child.mjs'),
      String(first),
      String(histories),
      broken,
    ];
    const env = { ...process.env, NODE_OPTIONS: '', COMPILED_SOURCES: compiled };
    return (await promisify(execFile)(process.execPath, args, { env })).stdout;
  } finally {
    await rm(compiled, { recursive: true });
  }
};
