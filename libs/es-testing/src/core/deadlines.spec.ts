import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { accept, defineAggregate, LogUnavailable } from '@ledgerline/es-core';
import { DEADLINES_NOTE, type Preference } from '@ledgerline/es-core/runtime';
import { loan, loanEvents } from './fixtures/library-loan.js';
import { Library, type RunOptions } from './fixtures/loan-bench.js';
import { Workshop } from './fixtures/opened-store.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const EXPIRED = ['BookLent', 'LoanExpired'];

describe('the deadlines of an aggregate', () => {
  let workshop: Workshop;
  let libraries: Library[];
  beforeEach(() => {
    workshop = new Workshop({ topic: loanEvents.topic });
    libraries = [];
  });
  afterEach(async () => {
    for (const library of libraries) await library.close();
    expect(workshop.time.waiting).toBe(0);
  });

  const open = async (options: RunOptions = {}): Promise<Library> => {
    const library = await Library.open(workshop, options);
    libraries.push(library);
    return library;
  };
  const dueAt = (inMs: number): string => new Date(workshop.time.now() + inMs).toISOString();
  const pass = (ms: number): Promise<void> => workshop.time.advance(ms);

  it('have their command given within a second of their time and not before, once', async () => {
    const library = await open();
    await library.lend('1', MINUTE);
    const { time: lentAt = '' } = library.recordedOf('1')[0] ?? {};
    await pass(10 * MINUTE);
    const [, end] = library.recordedOf('1');
    const lateness = Date.parse(end?.time ?? '') - Date.parse(lentAt) - MINUTE;
    expect(library.eventsOf('1')).toEqual(EXPIRED);
    expect(lateness).toBeGreaterThanOrEqual(0);
    expect(lateness).toBeLessThanOrEqual(SECOND);
    expect(library.given).toHaveLength(1);
  });

  it('have their command say that it follows from the event that set them', async () => {
    const library = await open();
    await library.lend('1', MINUTE);
    await pass(2 * MINUTE);
    const [lent, end] = library.recordedOf('1');
    expect(end).toMatchObject({
      ...{ commandId: 'loan-1@1.ExpireLoan', causationId: 'loan-1@1', correlationId: lent?.correlationId },
      actor: 'system:loan-expiry',
    });
  });

  it('are moved by a later event, and cleared by null', async () => {
    const library = await open();
    await library.lend('moved', MINUTE);
    await library.lend('cleared', MINUTE);
    await library.renew('moved', 5 * MINUTE);
    await library.bringBack('cleared');
    await pass(4 * MINUTE);
    expect(library.given).toEqual([]);
    await pass(2 * MINUTE);
    expect(library.given.map(({ metadata }) => metadata.commandId)).toEqual(['loan-moved@2.ExpireLoan']);
    expect(library.eventsOf('moved')).toEqual(['BookLent', 'LoanRenewed', 'LoanExpired']);
    expect(library.eventsOf('cleared')).toEqual(['BookLent', 'BookReturned']);
  });

  it('survive a restart, also where they became due while nobody was there', async () => {
    const first = await open();
    await first.lend('1', MINUTE);
    await first.lend('2', 10 * MINUTE);
    await first.close();
    await pass(5 * MINUTE);
    const second = await open({ index: first.index });
    await pass(SECOND);
    expect([second.eventsOf('1'), second.eventsOf('2')]).toEqual([EXPIRED, ['BookLent']]);
    await pass(5 * MINUTE);
    expect(second.eventsOf('2')).toEqual(EXPIRED);
  });

  it('survive the loss of the note: the log is read again, and what has ended is not given again', async () => {
    const first = await open();
    await first.lend('ended', MINUTE);
    await first.lend('back', MINUTE);
    await first.bringBack('back');
    await pass(2 * MINUTE);
    await first.lend('1', MINUTE);
    await first.close();
    const second = await open();
    await pass(2 * MINUTE);
    expect(second.given.map(({ stream }) => stream)).toEqual(['loan-1']);
    expect(second.eventsOf('1')).toEqual(EXPIRED);
  });

  it('are worked out again from the log by code that was changed', async () => {
    const deadlines = { ExpireLoan: { LoanRenewed: () => null } };
    const before = defineAggregate({ ...loan, deadlines });
    const first = await open({ aggregate: before });
    await first.lend('1', MINUTE);
    await pass(5 * MINUTE);
    await first.close();
    expect(first.given).toEqual([]);
    const platform = { ...workshop.platform, codeOf: () => 'the next release' };
    const second = await open({ index: first.index, platform });
    await pass(SECOND);
    expect(second.eventsOf('1')).toEqual(EXPIRED);
  });

  it('go on where the note says, which is written before the end and at times before it', async () => {
    const library = await open();
    await library.lend('1', MINUTE);
    await pass(11 * SECOND);
    const note = JSON.parse(library.index.note(DEADLINES_NOTE) ?? '') as Record<string, unknown>;
    expect(note).toMatchObject({ states: [{ ordinal: 2 }], open: [{ stream: 'loan-1', command: 'ExpireLoan' }] });
    await pass(50 * SECOND);
    await library.close();
    expect(JSON.parse(library.index.note(DEADLINES_NOTE) ?? '')).toMatchObject({ states: [{ ordinal: 3 }], open: [] });
  });

  it('have their command given by the preferred writer alone, and by the next one when it moves', async () => {
    let preferred = 'a';
    const preferenceOf = (name: string): Preference => ({
      ...{ isMine: () => preferred === name, onChange: () => () => undefined },
    });
    const [a, b] = [await open({ preference: preferenceOf('a') }), await open({ preference: preferenceOf('b') })];
    await a.lend('1', MINUTE);
    await a.lend('2', 10 * MINUTE);
    await pass(5 * MINUTE);
    preferred = 'b';
    await pass(6 * MINUTE);
    expect([a, b].map(({ given }) => given.map(({ stream }) => stream))).toEqual([['loan-1'], ['loan-2']]);
    expect([a.eventsOf('1'), b.eventsOf('2')]).toEqual([EXPIRED, EXPIRED]);
  });

  // One is looked at again when it was read, of the other one it was waited for that.
  it.each([60, 61])('are not taken for due after %d s while an event that moves them is not read yet', async (s) => {
    const library = await open();
    await library.lend('1', s * SECOND);
    await pass(10 * SECOND);
    library.log.isDown = true;
    // What it waits for already it is still given.
    await library.lend('2', 60 * MINUTE);
    await library.renew('1', 5 * MINUTE);
    await pass(2 * MINUTE);
    library.log.isDown = false;
    await pass(2 * MINUTE);
    expect(library.given).toEqual([]);
    await pass(2 * MINUTE);
    expect(library.given.map(({ metadata }) => metadata.commandId)).toEqual(['loan-1@2.ExpireLoan']);
  });

  it('have a command that is rejected given again, later each time, until it is accepted', async () => {
    const { now } = workshop.platform;
    const library = await open({ platform: { ...workshop.platform, now: () => now() + 2 * MINUTE } });
    await library.lend('1', 2 * MINUTE);
    await pass(100 * SECOND);
    // At once, and then 1, 3, 7, 15, 31 and 63 seconds later.
    expect(library.rejections).toEqual(Array(7).fill({ code: 'loan-not-due' }));
    await pass(2 * MINUTE);
    expect(library.eventsOf('1')).toEqual(EXPIRED);
    const { length } = library.given;
    await pass(10 * MINUTE);
    expect(library.given).toHaveLength(length);
  });

  it('have a command that failed given again', async () => {
    const library = await open();
    await library.lend('1', MINUTE);
    library.fails = new LogUnavailable('it is away');
    await pass(70 * SECOND);
    expect(library.eventsOf('1')).toEqual(['BookLent']);
    expect(library.troubles).toContain(library.fails);
    library.fails = undefined;
    await pass(MINUTE);
    expect(library.eventsOf('1')).toEqual(EXPIRED);
  });

  it('end with a command that is accepted and records nothing', async () => {
    const lent = { type: 'BookLent', data: { dueAt: dueAt(MINUTE) } } as const;
    const aggregate = defineAggregate({
      ...loan,
      decide: (_loan, { type }) => (type === 'LendBook' ? accept(lent) : accept()),
    });
    const library = await open({ aggregate });
    await library.lend('1', MINUTE);
    await pass(10 * MINUTE);
    expect(library.given).toHaveLength(1);
    expect(library.eventsOf('1')).toEqual(['BookLent']);
  });

  it('are given by the hundred', async () => {
    const library = await open();
    const ids = Array.from({ length: 450 }, (_, i) => String(i));
    for (const id of ids) await library.lend(id, MINUTE);
    await pass(2 * MINUTE);
    for (const id of ids) expect(library.eventsOf(id)).toEqual(EXPIRED);
    expect(library.given).toHaveLength(450);
  });

  it('wait while a clock is set back', async () => {
    const library = await open();
    await library.lend('1', MINUTE);
    workshop.moveClock(-30 * SECOND);
    await pass(80 * SECOND);
    expect(library.given).toEqual([]);
    await pass(20 * SECOND);
    expect(library.eventsOf('1')).toEqual(EXPIRED);
  });

  it.each(['tomorrow', '2026-01-01T12:00:00', '2026-01-01'])(
    'stop with an error that names the event where it sets what is no time with its zone: %s',
    async (dueAt) => {
      const library = await open();
      await workshop.through(library.loans.handle('1', { type: 'LendBook', dueAt }));
      await pass(SECOND);
      const { failure } = library.runner;
      expect(failure).toMatchObject({ code: 'deadline-invalid', retriable: false });
      expect(String(failure)).toContain(`the deadline of ExpireLoan is "${dueAt}" by BookLent loan-1@1`);
    },
  );

  it('are refused of a command that needs fields', () => {
    const { LendBook, ...others } = loan.commands;
    expect(() =>
      defineAggregate({ ...loan, commands: { ...others, LendBook, ExpireLoan: LendBook } as never }),
    ).toThrow('loan: ExpireLoan has a deadline, so it must do without fields that somebody fills in');
  });
});
