import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Opened, Workshop } from './fixtures/opened-store.js';

const WITHIN_MS = 1_000;

describe('waiting for a position of the own topic', () => {
  let workshop: Workshop;
  beforeEach(() => {
    workshop = new Workshop();
  });
  afterEach(() => workshop.close());

  const add = ({ jars }: Opened, jar: string, coins = 1): Promise<unknown> =>
    workshop.through(jars.handle(jar, { type: 'AddCoins', coins }));
  /** Genesis is 1, so the first event is 2. */
  const waitFor = ({ store }: Opened, ordinal: number): Promise<boolean> =>
    store.waitFor({ topic: store.topic, partition: 0, ordinal }, WITHIN_MS);

  it('ends at once where it is folded, also while the log cannot be read', async () => {
    const here = await workshop.open();
    await add(here, '1');
    here.log.isDown = true;
    await expect(waitFor(here, 2)).resolves.toBe(true);
  });

  it('ends when the own batch is folded that lies in the log already', async () => {
    const here = await workshop.open();
    let answer = (): void => undefined;
    here.log.answerGate = new Promise((resolve) => (answer = resolve));
    const adding = here.jars.handle('1', { type: 'AddCoins', coins: 2 });
    await workshop.time.advance(0);
    expect([workshop.topic.bounds(0).end, here.store.version('jar-1')]).toEqual([3, 0]);
    const seen = waitFor(here, 3).then(() => here.store.version('jar-1'));
    await workshop.time.advance(0);
    answer();
    expect(await workshop.through(seen)).toBe(2);
    await workshop.through(adding);
    // Nobody had to read for it what the answer says already.
    expect(here.store.statistics()).toMatchObject([{ resyncs: 1 }]);
  });

  it.each([true, false])(
    'ends when it is read what another one recorded, preferred here or not: %s',
    async (isPreferred) => {
      const here = await workshop.open({ isPreferred });
      const there = await workshop.open();
      await add(there, '1', 2);
      expect(here.store.version('jar-1')).toBe(0);
      expect(await workshop.through(waitFor(here, 3))).toBe(true);
      expect(here.store.version('jar-1')).toBe(2);
    },
  );

  it('goes on until it comes, also when the log cannot be read for a while', async () => {
    const here = await workshop.open();
    const there = await workshop.open();
    const waiting = waitFor(here, 3);
    await add(there, '1');
    here.log.isDown = true;
    await workshop.time.advance(300);
    await add(there, '1');
    here.log.isDown = false;
    expect(await workshop.through(waiting)).toBe(true);
    expect(here.store.version('jar-1')).toBe(2);
  });

  it('ends without it after the time that was given, and leaves nothing behind', async () => {
    const here = await workshop.open();
    const before = workshop.time.waiting;
    const waiting = waitFor(here, 2);
    await workshop.time.advance(WITHIN_MS - 1);
    const late = waitFor(here, 2);
    await workshop.time.advance(1);
    await expect(waiting).resolves.toBe(false);
    await add(here, '1');
    await expect(late).resolves.toBe(true);
    await workshop.time.advance(WITHIN_MS);
    expect(workshop.time.waiting).toBe(before);
  });

  it('does not hold up commands', async () => {
    const here = await workshop.open();
    const waiting = waitFor(here, 99);
    for (let n = 1; n <= 20; n += 1) await add(here, '1');
    expect(here.store.version('jar-1')).toBe(20);
    expect(await workshop.through(waiting)).toBe(false);
  });

  it('is of no use for a position of another topic, whose events change nothing here', async () => {
    const { store } = await workshop.open();
    await expect(store.waitFor({ topic: 'others', partition: 7, ordinal: 99 }, WITHIN_MS)).resolves.toBe(true);
  });

  it('ends with the store, and with the log that lost what had been read', async () => {
    const closed = await workshop.open();
    const waiting = waitFor(closed, 99);
    await workshop.through(closed.store.close());
    await expect(waiting).resolves.toBe(false);
    await expect(waitFor(closed, 99)).resolves.toBe(false);
    const here = await workshop.open();
    await add(here, '1', 3);
    workshop.topic.loseTail(0, 2);
    await expect(workshop.through(waitFor(here, 99))).rejects.toMatchObject({ code: 'log-diverged' });
    await expect(waitFor(here, 99)).rejects.toMatchObject({ code: 'log-diverged' });
  });
});
