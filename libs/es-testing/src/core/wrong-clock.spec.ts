import { afterEach, describe, expect, it } from '@jest/globals';
import { type Opened, Workshop, type WorkshopOptions } from './fixtures/opened-store.js';

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
const start = Date.parse('2026-01-01T00:00:00.000Z');

describe('an instance whose clock is wrong', () => {
  let workshop: Workshop;
  const opened = async (options: WorkshopOptions): Promise<Opened> => {
    workshop = new Workshop(options);
    return workshop.open();
  };
  const give = (to: Opened, id = '1', commandId = `c${(given += 1)}`) =>
    workshop.through(to.jars.handle(id, { type: 'AddCoins', coins: 1 }, { commandId }));
  const timesOf = (of: Opened, stream: string) =>
    [...of.store.read(stream)].map(({ time }) => Date.parse(time) - start);
  const refused = (skewMs: number) => ({
    ...{ code: 'clock-skewed', retriable: true },
    facts: { skewMs: expect.closeTo(skewMs, -1) as unknown as number, limitMs: 60_000 },
  });
  let given = 0;

  afterEach(() => workshop.close());

  describe.each([{ logHasClock: true }, { logHasClock: false }])('on a log (%j)', (options) => {
    it.each([YEAR, -YEAR, 60_001, -60_001])(
      'records nothing once it has jumped by %i ms, and goes on when it is right',
      async (jump) => {
        const shop = await opened(options);
        await give(shop);
        await workshop.time.advance(HOUR);
        workshop.moveClock(jump);
        await expect(give(shop, '1', 'late')).rejects.toMatchObject(refused(jump));
        expect(shop.store.clockSkew).toMatchObject(refused(jump));
        workshop.moveClock(-jump);
        expect(shop.store.clockSkew).toBeUndefined();
        await workshop.time.advance(HOUR);
        expect(await give(shop, '1', 'late')).toMatchObject({ status: 'accepted', repeated: false });
        await workshop.time.advance(HOUR);
        await give(shop, '2');
        expect([timesOf(shop, 'jar-1'), timesOf(shop, 'jar-2')]).toEqual([[0, 2 * HOUR], [3 * HOUR]]);
      },
    );

    it.each([59_000, -59_000])('goes on with one that is off by %i ms', async (jump) => {
      const shop = await opened(options);
      await give(shop);
      workshop.moveClock(jump);
      expect(await give(shop)).toMatchObject({ status: 'accepted' });
    });

    it('is behind from its start: records nothing', async () => {
      const before = await opened(options);
      await workshop.time.advance(YEAR);
      await give(before);
      workshop.moveClock(-YEAR);
      const after = await workshop.open();
      expect(after.store.clockSkew).toMatchObject(refused(-YEAR));
      await expect(give(after)).rejects.toMatchObject(refused(-YEAR));
      workshop.moveClock(YEAR);
      expect(await give(after)).toMatchObject({ status: 'accepted' });
    });

    it('makes no difference to what was decided before: it is answered once the clock is right', async () => {
      const shop = await opened(options);
      await give(shop, '1', 'once');
      workshop.moveClock(YEAR);
      await expect(give(shop, '1', 'once')).rejects.toMatchObject({ code: 'clock-skewed' });
      workshop.moveClock(-YEAR);
      expect(await give(shop, '1', 'once')).toMatchObject({ repeated: true });
    });
  });

  describe('on a log that has a clock', () => {
    it('is ahead from its start: not even the first command is recorded with its time', async () => {
      workshop = new Workshop({ logHasClock: true });
      const right = await workshop.open();
      workshop.moveClock(YEAR);
      const wrong = await workshop.open();
      await expect(give(wrong)).rejects.toMatchObject(refused(YEAR));
      expect(wrong.store.clockSkew).toMatchObject(refused(YEAR));
      workshop.moveClock(-YEAR);
      await workshop.time.advance(HOUR);
      expect(await give(right)).toMatchObject({ status: 'accepted' });
      const times = workshop.counted(right.store.logId).map(({ time }) => Date.parse(time) - start);
      expect(times.at(-1)).toBeGreaterThanOrEqual(HOUR);
      expect(Math.max(...times)).toBeLessThan(HOUR + 60_000);
    });

    it('is asked once, with a record that says nothing, however many commands come', async () => {
      const shop = await opened({ logHasClock: true });
      workshop.moveClock(YEAR);
      for (let i = 0; i < 10; i += 1) await expect(give(shop)).rejects.toMatchObject({ code: 'clock-skewed' });
      await workshop.through(shop.store.checkClock());
      expect(workshop.counted(shop.store.logId).map(({ kind }) => kind)).toEqual(['genesis', 'barrier']);
    });

    it("was right, and the log's wrong: goes on once that is right, without another start", async () => {
      const shop = await opened({ logHasClock: true });
      const { clock } = workshop.topic;
      let off = HOUR;
      Object.assign(workshop.topic, { clock: () => (clock?.() ?? 0) + off });
      await expect(give(shop)).rejects.toMatchObject(refused(-HOUR));
      off = 0;
      await workshop.time.advance(29_000);
      await expect(give(shop)).rejects.toMatchObject({ code: 'clock-skewed' });
      await workshop.time.advance(1_000);
      expect(await give(shop)).toMatchObject({ status: 'accepted' });
    });

    it('is treated as on a log without one where the topic keeps the time of the sender', async () => {
      const before = await opened({ logHasClock: true });
      await workshop.time.advance(YEAR);
      await give(before);
      Object.assign(workshop.topic, { clock: () => undefined });
      workshop.moveClock(-YEAR);
      await expect(give(await workshop.open())).rejects.toMatchObject(refused(-YEAR));
      workshop.moveClock(YEAR);
      const right = await workshop.open();
      expect(await give(right)).toMatchObject({ status: 'accepted' });
      workshop.moveClock(YEAR);
      await expect(give(right)).rejects.toMatchObject(refused(YEAR));
    });

    it('is found out about before the first command and not at the start, which needs no log that takes appends', async () => {
      const shop = await opened({ logHasClock: true });
      expect(workshop.counted(shop.store.logId).map(({ kind }) => kind)).toEqual(['genesis']);
      await give(shop);
      expect(workshop.counted(shop.store.logId).map(({ kind }) => kind)).toEqual(['genesis', 'barrier', 'event']);
    });

    it('believes the log where the uptime stood still, as that of a machine that was halted', async () => {
      const shop = await opened({ logHasClock: true });
      await give(shop);
      // The log's clock goes on by an hour, and so does the machine's when it is set right; its uptime knows nothing of it.
      const { clock } = workshop.topic;
      Object.assign(workshop.topic, { clock: () => (clock?.() ?? 0) + HOUR });
      workshop.moveClock(HOUR);
      expect(shop.store.clockSkew).toBeDefined();
      await workshop.through(shop.store.checkClock());
      expect(shop.store.clockSkew).toBeUndefined();
      expect(await give(shop)).toMatchObject({ status: 'accepted' });
    });
  });

  describe('on a log in which a time lies ahead', () => {
    /** As releases wrote that did not look at the clock. */
    const spoiled = async (options: WorkshopOptions): Promise<void> => {
      workshop = new Workshop(options);
      workshop.moveClock(YEAR);
      const careless = await workshop.open({ limits: { maxClockSkewMs: 2 * YEAR } });
      await give(careless);
      await workshop.through(careless.store.close());
      workshop.moveClock(-YEAR);
    };

    it('goes on where the log says that the clock is right: with that time, and says which partition it is', async () => {
      await spoiled({ logHasClock: true });
      const shop = await workshop.open();
      expect(await give(shop, '2')).toMatchObject({ status: 'accepted' });
      expect(timesOf(shop, 'jar-2')).toEqual([YEAR]);
      expect(shop.store.timesAhead()).toEqual([{ partition: 0, time: '2027-01-01T00:00:00.000Z' }]);
    });

    it('cannot tell it from a clock that is behind where the log has none, until the limit says so', async () => {
      await spoiled({});
      await expect(give(await workshop.open())).rejects.toMatchObject(refused(-YEAR));
      const allowed = await workshop.open({ limits: { maxClockSkewMs: 2 * YEAR } });
      expect(await give(allowed, '2')).toMatchObject({ status: 'accepted' });
    });
  });

  it('tells whoever handed the command over before that nothing is known, for a copy may be recorded elsewhere', async () => {
    const shop = await opened({});
    await give(shop);
    workshop.moveClock(YEAR);
    const submission = {
      ...{ stream: 'jar-1', commandId: 'x', commandType: 'Append', fingerprint: 'f', metadata: {}, withdraws: 'h1' },
      ...{ fold: { initialState: undefined, evolve: () => undefined, revision: '' }, decide: () => ({ events: [] }) },
    };
    await expect(workshop.through(shop.store.submit(submission))).rejects.toMatchObject({
      ...{ code: 'outcome-unknown', cause: { code: 'clock-skewed' } },
    });
  });
});
