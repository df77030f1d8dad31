import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandAnswer } from '@ledgerline/es-core';
import { coins, type jar, type JarCommand } from './fixtures/coin-jar.js';
import { type Opened, Workshop } from './fixtures/opened-store.js';

/** What a caller sees, and has to see again. */
const seen = (answer: CommandAnswer<typeof jar>): unknown => ({
  ...{ status: answer.status, version: answer.version, position: answer.position },
  ...(answer.status === 'accepted' ? { events: answer.events() } : { rejection: answer.rejection }),
});

const add: JarCommand = { type: 'AddCoins', coins: 2 };
const take: JarCommand = { type: 'TakeCoins', coins: 5 };
const empty: JarCommand = { type: 'EmptyJar' };

describe('a command id', () => {
  let workshop: Workshop;
  let opened: Opened;

  beforeEach(async () => {
    workshop = new Workshop();
    opened = await workshop.open();
  });
  afterEach(() => workshop.close());

  /** Ways in which a store may have come to know what it knows. */
  const memories: readonly (readonly [string, () => Promise<Opened>])[] = [
    ['from memory', () => Promise.resolve(opened)],
    [
      'from the index',
      async () => {
        await workshop.time.advance(1_000);
        return opened;
      },
    ],
    [
      'after the store was opened again',
      async () => {
        await workshop.close();
        return workshop.open({ index: opened.index });
      },
    ],
    ['after the index was deleted and made again', () => workshop.open()],
    ['by another store on the log', () => workshop.open({ isPreferred: false })],
  ];

  it.each(memories)('is answered as the first time %s', async (_, remembering) => {
    const first = await opened.jars.handle('1', add, { commandId: 'c1' });
    await opened.jars.handle('1', { type: 'AddCoins', coins: 4 }, { commandId: 'c2' });
    const { jars, log } = await remembering();
    log.appends.length = 0;
    const again = await workshop.through(jars.handle('1', add, { commandId: 'c1' }));
    expect(again.repeated).toBe(true);
    expect(seen(again)).toEqual(seen(first));
    expect(log.appends).toEqual([]);
  });

  it.each(memories)('of a remembered rejection is answered the same for ever %s', async (_, remembering) => {
    const first = await opened.jars.handle('1', take, { commandId: 'c1', remember: true });
    await opened.jars.handle('1', { type: 'AddCoins', coins: 9 });
    const { jars } = await remembering();
    const again = await workshop.through(jars.handle('1', take, { commandId: 'c1', remember: true }));
    expect(first).toMatchObject({ status: 'rejected', repeated: false, version: 0, position: 'test.events/0@2' });
    expect(seen(again)).toEqual(seen(first));
  });

  it.each(memories)('that recorded nothing, remembered, is answered the same for ever %s', async (_, remembering) => {
    const first = await opened.jars.handle('1', empty, { commandId: 'c1', remember: true });
    await opened.jars.handle('1', add);
    const { jars } = await remembering();
    const again = await workshop.through(jars.handle('1', empty, { commandId: 'c1', remember: true }));
    expect(first).toMatchObject({ status: 'accepted', repeated: false, version: 0 });
    expect(again).toMatchObject({ status: 'accepted', repeated: true, version: 0 });
    expect(seen(again)).toEqual(seen(first));
  });

  it.each(memories)('used again for another command is refused %s', async (_, remembering) => {
    await opened.jars.handle('1', add, { commandId: 'c1' });
    const { jars, store } = await remembering();
    const other = jars.handle('1', { type: 'AddCoins', coins: 3 }, { commandId: 'c1' });
    await expect(workshop.through(other)).rejects.toMatchObject({ code: 'idempotency-key-reused', retriable: false });
    expect(store.version('jar-1')).toBe(2);
  });

  it.each(memories)(
    'of a reaction is answered as the first time %s, whatever it says by now',
    async (_, remembering) => {
      const reaction = { commandId: 'jar-9@1.AddCoins', remember: true, reaction: true };
      const first = await opened.jars.handle('1', add, reaction);
      const refused = { ...reaction, commandId: 'jar-9@1.TakeCoins' };
      const rejected = await opened.jars.handle('1', { type: 'TakeCoins', coins: 9 }, refused);
      const { jars, store } = await remembering();
      const [again, otherwise] = await workshop.through(
        Promise.all([jars.handle('1', { ...add, coins: 3 }, reaction), jars.handle('1', take, refused)]),
      );
      expect([seen(again), seen(otherwise)]).toEqual([seen(first), seen(rejected)]);
      expect([store.version('jar-1'), store.statistics()[0]?.differing]).toEqual([2, 2]);
    },
  );

  it('is known within one batch already', async () => {
    const asked = [add, add, { ...add, coins: 3 }].map((command) =>
      opened.jars.handle('1', command, { commandId: 'c1' }),
    );
    const [first, again, other] = await Promise.allSettled(asked);
    expect(first).toMatchObject({ value: { repeated: false, version: 2 } });
    expect(again).toMatchObject({ value: { repeated: true, version: 2, position: 'test.events/0@3' } });
    expect(other).toMatchObject({ reason: { code: 'idempotency-key-reused' } });
  });

  it('is for the same command in whatever order its fields were written', async () => {
    await opened.jars.handle('1', { type: 'AddCoins', coins: 2 }, { commandId: 'c1' });
    const again = await opened.jars.handle('1', { coins: 2, type: 'AddCoins' }, { commandId: 'c1' });
    expect(again).toMatchObject({ status: 'accepted', repeated: true });
  });

  it('of a rejected person is decided anew', async () => {
    expect(await opened.jars.handle('1', take, { commandId: 'c1' })).toMatchObject({ status: 'rejected' });
    await opened.jars.handle('1', { type: 'AddCoins', coins: 5 });
    expect(await opened.jars.handle('1', take, { commandId: 'c1' })).toMatchObject({
      status: 'accepted',
      repeated: false,
    });
  });

  it('of a rejection that was not to be remembered is decided anew, and of any other answered the same', async () => {
    const unless = (code: string) => ({ commandId: code, remember: { unless: [code] } });
    const [exempted, other] = [unless('not-enough-coins'), { ...unless('jar-empty'), commandId: 'c2' }];
    for (const metadata of [exempted, other])
      expect(await opened.jars.handle('1', take, metadata)).toMatchObject({ status: 'rejected', repeated: false });
    await opened.jars.handle('1', { type: 'AddCoins', coins: 5 });
    expect(await opened.jars.handle('1', take, other)).toMatchObject({ status: 'rejected', repeated: true });
    expect(await opened.jars.handle('1', take, exempted)).toMatchObject({ status: 'accepted', repeated: false });
  });

  it('is known per stream', async () => {
    await opened.jars.handle('1', add, { commandId: 'c1' });
    expect(await opened.jars.handle('2', add, { commandId: 'c1' })).toMatchObject({ repeated: false, version: 2 });
  });

  it('goes before the expected version: who repeats gets the first answer', async () => {
    const metadata = { commandId: 'c1', expectedVersion: 0 };
    const first = await opened.jars.handle('1', add, metadata);
    expect(seen(await opened.jars.handle('1', add, metadata))).toEqual(seen(first));
  });

  it('makes a command count once although every answer of the log is lost', async () => {
    opened.log.losesAnswers = true;
    const asked = ['c1', 'c2', 'c1'].map((commandId) => opened.jars.handle('1', add, { commandId }));
    const answers = await workshop.through(Promise.all(asked));
    expect(answers.map(({ version, repeated }) => [version, repeated])).toEqual([
      ...[
        [2, false],
        [4, false],
        [2, true],
      ],
    ]);
    expect(
      workshop
        .counted(opened.store.logId)
        .map(({ commandId }) => commandId)
        .slice(1),
    ).toEqual([...['c1', 'c1', 'c2', 'c2']]);
  });

  it('of an append tells other events apart', async () => {
    await opened.store.append('jar-1', 0, coins(1), { commandId: 'a1' });
    await expect(opened.store.append('jar-1', 0, coins(2), { commandId: 'a1' })).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
  });
});
