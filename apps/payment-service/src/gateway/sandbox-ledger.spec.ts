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
    expect([await ledger.outcomeOf('a'), await ledger.outcomeOf('b'), lines()]).toEqual([
      ...[{ outcome: 'processed', reference: 'r-a' }, undefined, 1],
    ]);
  });

  it('forgets a line that a kill cut short, and nothing else', async () => {
    await ledger.record(charge('a'));
    appendFileSync(path, '{"kind":"charge","key":"b"');
    await reopen();
    await ledger.record(charge('b'));
    await reopen();
    expect([await ledger.outcomeOf('a'), await ledger.outcomeOf('b')]).toMatchObject([
      { reference: 'r-a' },
      { reference: 'r-b' },
    ]);
  });

  describe('that several processes keep', () => {
    let other: SandboxLedger;
    beforeEach(async () => {
      other = await SandboxLedger.open(path);
    });
    afterEach(() => other.close());

    const declined = (key: string): LedgerEntry => ({
      ...{ kind: 'charge', key, paymentId: 'p', amount: { amount: '1.00', currency: 'GBP' }, method: 'tok_declined' },
      outcome: { outcome: 'declined', reason: 'declined' },
    });

    it('answers what another one recorded, and does not record it again', async () => {
      await other.record(declined('a'));
      expect(await ledger.outcomeOf('a')).toMatchObject({ outcome: 'declined' });
      await other.record(declined('b'));
      expect(await ledger.record(charge('b'))).toEqual(declined('b'));
      expect(lines()).toBe(2);
    });

    it('answers the same on both sides when both record at the same time, also after a restart', async () => {
      const keys = Array.from({ length: 200 }, (_, index) => `key-${index}`);
      const [here, there] = await Promise.all([
        Promise.all(keys.map((key) => ledger.record(charge(key)))),
        Promise.all(keys.map((key) => other.record(declined(key)))),
      ]);
      expect(here).toEqual(there);
      await reopen();
      expect(await Promise.all(keys.map((key) => ledger.record(charge(key))))).toEqual(there);
    });

    it('keeps every line whole, however many are written at once', async () => {
      const long = 'x'.repeat(900);
      const record = (one: SandboxLedger, name: string) =>
        Promise.all(Array.from({ length: 300 }, (_, index) => one.record(charge(`${name}-${index}-${long}`))));
      await Promise.all([record(ledger, 'here'), record(other, 'there')]);
      const keys = readFileSync(path, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as LedgerEntry).key);
      expect(new Set(keys).size).toBe(600);
    });

    it('does not let a line run into one that a kill cut short', async () => {
      appendFileSync(path, '{"kind":"charge","key":"cut');
      await reopen();
      await Promise.all([ledger.record(charge('a')), other.record(charge('b'))]);
      expect(await Promise.all([other.outcomeOf('a'), ledger.outcomeOf('b')])).toMatchObject([
        { reference: 'r-a' },
        { reference: 'r-b' },
      ]);
    });
  });
});
