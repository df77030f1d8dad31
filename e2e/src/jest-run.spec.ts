import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJest } from '../../scripts/jest-run.mjs';

describe('a run of specs', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ledgerline-jest-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const runSpecs = (specs: Readonly<Record<string, string>>, patience = {}, settings = {}) => {
    for (const [name, code] of Object.entries(specs)) writeFileSync(join(directory, `${name}.spec.js`), code);
    const config = join(directory, 'jest.config.json');
    const usual = { testMatch: ['**/*.spec.js'], testTimeout: 600_000, maxWorkers: 1 };
    writeFileSync(config, JSON.stringify({ ...usual, ...settings }));
    return runJest(config, { directory, show: false, caseWithin: 300_000, exitWithin: 300_000, ...patience });
  };
  const GOOD = `it('passes', () => undefined)`;

  it('answers how many passed and failed', async () => {
    expect(await runSpecs({ good: GOOD })).toMatchObject({ code: 0, passed: 1, failed: 0 });
    expect(await runSpecs({ bad: `it('fails', () => { throw new Error('no') })` })).toMatchObject({
      ...{ code: 1, passed: 1, failed: 1 },
    });
  });

  it('is given up when a case does not end, names its spec, and fails', async () => {
    const end = await runSpecs(
      { good: GOOD, hangs: `it('hangs', () => new Promise(() => undefined))` },
      { caseWithin: 5_000 },
    );
    expect(end).toMatchObject({ code: 1, failed: 1 });
    expect(end.text).toMatch(/no case has ended for 5 s, and was given up in: \S*hangs\.spec\.js\.$/);
  });

  it('is given up when it does not come to the first spec, and counts nothing of a run before', async () => {
    await runSpecs({ good: GOOD });
    const globalSetup = join(directory, 'hangs.js');
    writeFileSync(globalSetup, 'module.exports = () => new Promise(() => setInterval(() => undefined, 1_000));');
    const end = await runSpecs({ good: GOOD }, { caseWithin: 5_000 }, { globalSetup });
    expect(end).toMatchObject({ code: 1, passed: 0, failed: 1 });
    expect(end.text).toMatch(/no case has ended for 5 s, and was given up in: no spec yet\.$/);
  });

  it('is given up when it does not end though all specs have, and fails though all have passed', async () => {
    const open = `it('leaves a timer', () => void setInterval(() => undefined, 1_000))`;
    const end = await runSpecs({ open }, { exitWithin: 2_000 });
    expect(end).toMatchObject({ code: 1, passed: 1, failed: 1 });
    expect(end.text).toContain('all specs have ended, and Jest has not within 2 s');
  });
});
