import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type CommandAnswer, type CommandMetadata, EsError, LogUnavailable } from '@ledgerline/es-core';
import type { PartitionedLog } from '@ledgerline/es-core/adapter';
import { RehearsedStore, rehearseTopic, type TopicRehearsal } from '@ledgerline/es-core/rehearsal';
import { fingerprintOf, type Message, type Reaction } from '@ledgerline/es-core/runtime';
import { type jar, jarCatalogue, type JarCommand, type JarEvent, jarReading, type Jars } from './fixtures/coin-jar.js';
import { coinSwapped, oldJarCatalogue, valueTaken } from './fixtures/old-jar.js';
import { type Opened, Workshop } from './fixtures/opened-store.js';
import { TroubledLog } from './fixtures/troubled-log.js';

/** What is done because of coins that were taken. */
type React = (message: Message<JarEvent>, jars: Jars) => Promise<unknown>;

const because = (messageId: string, type: string): CommandMetadata => ({
  ...{ commandId: `${messageId}.${type}`, causationId: messageId, remember: true, reaction: true },
});

/** A reaction that sends this. */
const sends =
  (command: JarCommand, id = 'bank'): React =>
  ({ context }, jars) =>
    jars.handle(id, command, because(context.id, command.type));

/** Coins go from jar 1 to the bank: because of `jar-1@4`, two are added there. */
const TAKEN = 'jar-1@4';
const deposit = sends({ type: 'AddCoins', coins: 2 });

describe('a rehearsal of reactions', () => {
  let workshop: Workshop;
  let opened: Opened;

  beforeEach(async () => {
    workshop = new Workshop();
    opened = await workshop.open();
    await opened.jars.handle('1', { type: 'AddCoins', coins: 3 });
    await opened.jars.handle('1', { type: 'TakeCoins', coins: 2 });
    await record('bank', { type: 'AddCoins', coins: 2 });
  });
  afterEach(() => workshop.close());

  const record = (id: string, command: JarCommand, cause = TAKEN): Promise<CommandAnswer<typeof jar>> =>
    opened.jars.handle(id, command, because(cause, command.type));

  const rehearse = (
    react: React,
    {
      catalogue = jarCatalogue,
      log = new TroubledLog(workshop.topic) as PartitionedLog,
      isEffect = false,
      wants = ['CoinsTaken'],
    } = {},
  ): Promise<TopicRehearsal> => {
    const { platform } = workshop;
    const { logId } = opened.store;
    const store = new RehearsedStore(log, platform);
    const jars = workshop.jarsOf(store);
    const reaction: Reaction = {
      react: async (message) => void (await react(message as Message<JarEvent>, jars)),
      ...(isEffect && { effect: { settledBy: ['CoinAdded'] } }),
    };
    const reactionsTo = (type: string): readonly Reaction[] => (wants.includes(type) ? [reaction] : []);
    const oldJar = {
      ...jarReading(oldJarCatalogue),
      rehearse: { CoinAdded: () => [1, 2, 3].map((coins) => ({ type: 'AddCoins', coins }) as const) },
    };
    return rehearseTopic({
      ...{ log, logId, platform, aggregates: [oldJar], settings: {} },
      reactions: { store, sources: [{ log, logId, catalogue, reactionsTo }] },
    });
  };
  const summaryOf = ({ findings, reactions, notRehearsed }: TopicRehearsal): unknown => [
    findings.map(({ type, stream, position, detail }) => `${type} ${stream} ${position}: ${detail}`),
    [reactions, notRehearsed],
  ];

  it('finds nothing where they send what they sent, and writes nothing', async () => {
    const before = workshop.topic.bounds(0);
    expect(summaryOf(await rehearse(deposit))).toEqual([[], [1, 0]]);
    expect(workshop.topic.bounds(0)).toEqual(before);
  });

  it.each([
    ['another value', sends({ type: 'AddCoins', coins: 3 }), 'leads to it with other data: coins'],
    ['a new field', sends({ type: 'AddCoins', coins: 2, note: 'new' }), 'leads to it with other data: note'],
    ['another command', sends({ type: 'EmptyJar' }), 'leads to EmptyJar (jar-bank) instead'],
    ['it to another stream', sends({ type: 'AddCoins', coins: 2 }, '2'), 'leads to AddCoins (jar-2) instead'],
    ['nothing', () => Promise.resolve(), 'leads to nothing instead'],
  ])('names a command of which they send %s now', async (_, react, detail) => {
    const { findings } = await rehearse(react);
    expect(findings).toEqual([
      {
        ...{
          problem: 'reaction-changed',
          type: 'AddCoins',
          stream: 'jar-bank',
          version: 1,
          position: 'test.events/0@6',
        },
        detail: `CoinsTaken ${TAKEN} ${detail}`,
      },
    ]);
  });

  it('says only that a command has other words where the recorded one cannot be told', async () => {
    await record('bank', { type: 'TakeCoins', coins: 9 });
    const both: React = async (...given) => {
      await deposit(...given);
      await sends({ type: 'TakeCoins', coins: 8 })(...given);
    };
    expect((await rehearse(both)).findings.map(({ type, detail }) => [type, detail])).toEqual([
      ['TakeCoins', `CoinsTaken ${TAKEN} leads to it in other words`],
    ]);
  });

  it('lets them go on as they did, by what their commands were answered', async () => {
    await record('bank', { type: 'TakeCoins', coins: 9 });
    await record('bin', { type: 'EmptyJar' });
    const seen: unknown[] = [];
    const react: React = async ({ context: { id } }, jars) => {
      const added = await jars.handle('bank', { type: 'AddCoins', coins: 2 }, because(id, 'AddCoins'));
      seen.push(added.status === 'accepted' && added.events().map(({ context }) => context.version));
      const refused = await jars.handle('bank', { type: 'TakeCoins', coins: 9 }, because(id, 'TakeCoins'));
      seen.push(refused.status === 'rejected' && refused.rejection);
      const emptied = await jars.handle('bin', { type: 'EmptyJar' }, because(id, 'EmptyJar'));
      seen.push(emptied.status === 'accepted' && emptied.events());
    };
    expect(summaryOf(await rehearse(react))).toEqual([[], [3, 0]]);
    expect(seen).toEqual([[1, 2], { code: 'not-enough-coins', reason: 'there are 2' }, []]);
  });

  it('shows them streams as they are at the end of the log', async () => {
    await opened.jars.handle('bank', { type: 'TakeCoins', coins: 1 });
    const seen: unknown[] = [];
    const react: React = async (message, jars) => {
      if (message.context.id !== TAKEN) return;
      await jars.ensureUpToDate('bank');
      seen.push(jars.stateOf('bank'), jars.stateOf('bank', { version: 1 }).state);
      await deposit(message, jars);
    };
    expect(summaryOf(await rehearse(react))).toEqual([[], [1, 0]]);
    expect(seen).toEqual([{ state: { coins: 1 }, version: 3 }, { coins: 1 }]);
  });

  it('names what fails of them, by the message', async () => {
    const fails: React = () => Promise.reject(new TypeError('total is undefined'));
    expect(summaryOf(await rehearse(fails))).toEqual([
      [`CoinsTaken jar-1 test.events/0@5: what follows from it fails: total is undefined`],
      [0, 1],
    ]);
  });

  it.each([
    ['effects', deposit, { isEffect: true }, [0, 1]],
    ['what takes a running service', () => Promise.reject(new EsError('away', 'not here', true)), {}, [0, 1]],
    [
      'what looks at a stream without catching up with it',
      (_, jars) => Promise.resolve(jars.stateOf('bank')),
      {},
      [0, 1],
    ],
    ['messages to which nothing is recorded yet', deposit, { wants: ['CoinAdded'] }, [0, 5]],
  ] as readonly [string, React, object, unknown][])(
    'counts %s, and finds nothing in them',
    async (_, react, over, counts) => {
      expect(summaryOf(await rehearse(react, over))).toEqual([[], counts]);
    },
  );

  it('leaves messages to whoever owns their topic that it cannot read', async () => {
    await opened.store.append('jar-3', 0, [valueTaken(5)]);
    expect(summaryOf(await rehearse(deposit, { catalogue: jarCatalogue }))).toMatchObject([expect.anything(), [1, 1]]);
  });

  it('knows that what was stored as one event has led to what follows from each that it is now', async () => {
    const { jars } = opened;
    await opened.store.append('jar-3', 0, [coinSwapped]);
    await record('bank', { type: 'AddCoins', coins: 1 }, 'jar-3@1');
    await jars.handle('bin', { type: 'EmptyJar' }, because('jar-3@1', 'EmptyJar'));
    const react: React = ({ type, context, data }, to) =>
      type !== 'CoinsTaken'
        ? context.stream === 'jar-3'
          ? sends({ type: 'EmptyJar' }, 'bin')({ type, context, data } as never, to)
          : Promise.resolve()
        : sends({ type: 'AddCoins', coins: (data as { coins: number }).coins })({ type, context, data }, to);
    const wants = ['CoinAdded', 'CoinsTaken'];
    expect(summaryOf(await rehearse(react, { catalogue: oldJarCatalogue, wants }))).toEqual([[], [3, 0]]);
  });

  it('misses nothing that was recorded because of a message under an id that does not derive from it', async () => {
    await opened.jars.handle('2', { type: 'AddCoins', coins: 7 }, { commandId: 'by-hand', causationId: TAKEN });
    expect(summaryOf(await rehearse(deposit))).toEqual([[], [1, 0]]);
  });

  it('compares no command with what somebody else has sent under its id, or whose personal fields are sealed', async () => {
    for (const [id, causationId] of [['2'], ['3', 'jar-9@1']] as const)
      await opened.jars.handle(
        id,
        { type: 'AddCoins', coins: 7 },
        { commandId: 'by-hand', ...(causationId && { causationId }) },
      );
    const fingerprint = `${fingerprintOf(workshop.platform, {})}.sealed`;
    await opened.store.submit({
      ...{ stream: 'jar-2', commandId: `${TAKEN}.TakeCoins`, commandType: 'TakeCoins', fingerprint },
      metadata: because(TAKEN, 'TakeCoins'),
      fold: { initialState: undefined, evolve: () => undefined, revision: '' },
      decide: () => ({ events: [jarCatalogue.encode({ type: 'CoinsTaken', data: { coins: 1 } })] }),
    });
    const statuses: string[] = [];
    const react: React = async (message, jars) => {
      if (message.context.id !== TAKEN) return;
      await deposit(message, jars);
      await sends({ type: 'TakeCoins', coins: 1 }, '2')(message, jars);
      const metadata = { ...because(TAKEN, 'AddCoins'), commandId: 'by-hand' };
      for (const jar of ['2', '3'])
        statuses.push((await jars.handle(jar, { type: 'AddCoins', coins: 1 }, metadata)).status);
    };
    expect(summaryOf(await rehearse(react))).toEqual([[], [1, 3]]);
    expect(statuses).toEqual(['accepted', 'accepted']);
  });

  it('ends where the log is away, and takes that for no reaction of theirs', async () => {
    const log = new TroubledLog(workshop.topic);
    const react: React = async (_message, jars) => {
      log.isDown = true;
      await jars.ensureUpToDate('bank').finally(() => (log.isDown = false));
    };
    await expect(rehearse(react, { log })).rejects.toThrow(LogUnavailable);
  });
});
