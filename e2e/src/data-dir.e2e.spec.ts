import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@ledgerline/es-testing';
import { startServices } from '../../scripts/services.mjs';
import { es, NpmStart } from './index.js';

describe('a DATA_DIR that is a file', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'ledgerline-e2e-'));
  const DATA_DIR = join(scratch, 'a-file');
  const env = { ...process.env, DATA_DIR };
  const message = `the data directory must be one that can be made, read and written: ${DATA_DIR} is a file`;

  beforeAll(() => writeFileSync(DATA_DIR, 'of somebody'));
  afterAll(() => rmSync(scratch, { recursive: true }));

  it.each(['order-service', 'payment-service', 'projection-service'] as const)(
    'ends the %s with one line that says so',
    async (name) => {
      const lines: string[] = [];
      const running = startServices({ env, only: [name], onLog: (_, line) => void lines.push(line) });
      expect(await running.firstEnd).toMatchObject({ code: 1 });
      await eventually(() => expect(lines).toEqual([`${name}: ${message}`]));
    },
  );

  it('ends `npm start` with one line that says so', async () => {
    const { code, stderr } = await new NpmStart(env).ended;
    expect([code, stderr]).toEqual([1, `${message}\n`]);
  });

  it('ends `es verify` with one line that says so', async () => {
    const { code, stdout, stderr } = await es(env, 'verify', '--json');
    expect([code, stderr]).toEqual([1, `es: ${message}\n`]);
    expect(JSON.parse(stdout)).toEqual({ error: { code: 'data-dir-unusable', message: `${message}` } });
  });
});
