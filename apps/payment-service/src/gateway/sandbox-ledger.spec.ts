import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type LedgerEntry, SandboxLedger } from './sandbox-ledger.js';

const charge = (key: string): LedgerEntry => ({
  ...{ kind: 'charge', key, paymentId: 'p', amount: { amount: '1.00', currency: 'GBP' }, method: 'tok_ok' },
  outcome: { outcome: 'processed', reference: `r-${key}` },
});

describe('the ledger of the sandbox', () => {
  let directory: string;
  let path: string;
  let ledger: SandboxLedger;

  const reopen = async (): Promise<void> => {
    await ledger.close();
    ledger = await SandboxLedger.open(path);
  };
  const lines = (): number => readFileSync(path, 'utf8').split('\n').filter(Boolean).length;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ledgerline-ledger-'));
    path = join(directory, 'gateway', 'ledger.ndjson');
    ledger = await SandboxLedger.open(path);
  });
  afterEach(async () => {
    await ledger.close();
    rmSync(directory, { recursive: true });
  });

  it('records once per kind and key, also when asked at the same time', async () => {
    await Promise.all([charge('a'), charge('a'), charge('b')].map((entry) => ledger.record(entry)));
    await ledger.record(charge('a'));
    await ledger.record({ kind: 'refund', key: 'a', paymentId: 'p', amount: { amount: '1.00', currency: 'GBP' } });
    expect(lines()).toBe(3);
  });

  it('knows after a restart what it answered', async () => {
    await ledger.record(charge('a'));
    await reopen();
    await ledger.record(charge('a'));
    expect([ledger.outcomeOf('a'), ledger.outcomeOf('b'), lines()]).toEqual([
      ...[{ outcome: 'processed', reference: 'r-a' }, undefined, 1],
    ]);
  });

  it('forgets a line that a kill cut short, and nothing else', async () => {
    await ledger.record(charge('a'));
    appendFileSync(path, '{"kind":"charge","key":"b"');
    await reopen();
    await ledger.record(charge('b'));
    await reopen();
    expect([ledger.outcomeOf('a'), ledger.outcomeOf('b')]).toMatchObject([{ reference: 'r-a' }, { reference: 'r-b' }]);
  });
});
