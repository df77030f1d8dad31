import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { accept, defineAggregate, defineEvents } from '@ledgerline/es-core';
import { rehearseTopic, type TopicRehearsal } from '@ledgerline/es-core/rehearsal';
import { coins, jar, jarEvents, jarReading, schemaBy } from './fixtures/coin-jar.js';
import { coinSwapped, coinsGrabbed, lidOpened, oldJarCatalogue } from './fixtures/old-jar.js';
import { type Opened, Workshop } from './fixtures/opened-store.js';
import { TroubledLog } from './fixtures/troubled-log.js';

/** How many coins were added the events do not say one by one: all that it may be is guessed. */
const rehearsedJar = defineAggregate({
  ...jar,
  rehearse: {
    CoinAdded: () => [1, 2, 3].map((coins) => ({ type: 'AddCoins', coins }) as const),
    CoinsTaken: ({ data: { coins } }) => [{ type: 'EmptyJar' }, { type: 'TakeCoins', coins }],
  },
});

describe('a rehearsal of a topic', () => {
  let workshop: Workshop;
  let opened: Opened;

  const rehearse = (over: Partial<typeof rehearsedJar> = {}): Promise<TopicRehearsal> =>
    rehearseTopic({
      ...{ log: new TroubledLog(workshop.topic), logId: opened.store.logId, platform: workshop.platform },
      aggregates: [{ ...rehearsedJar, ...over }],
      settings: {},
    });
  const found = ({ findings }: TopicRehearsal): unknown =>
    findings.map(({ problem, stream, version, position }) => [problem, stream, version, position]);

  beforeEach(async () => {
    workshop = new Workshop();
    opened = await workshop.open();
    const { jars } = opened;
    await jars.handle('1', { type: 'AddCoins', coins: 3 });
    await jars.handle('1', { type: 'TakeCoins', coins: 1 });
    await jars.handle('2', { type: 'AddCoins', coins: 1, note: 'secret' });
    await jars.handle('2', { type: 'TakeCoins', coins: 5 }, { commandId: 'c', remember: true });
    await jars.handle('2', { type: 'EmptyJar' });
    await jars.handle('2', { type: 'EmptyJar' }, { commandId: 'd', remember: true });
  });
  afterEach(() => workshop.close());

  it('finds nothing where nothing has changed, says what it could not decide again, and writes nothing', async () => {
    const before = workshop.topic.bounds(0);
    expect(await rehearse()).toEqual({
      ...{ topic: 'test.events', events: 6, skipped: 0, findingsCount: 0, findings: [] },
      // Of the two that are undecided the command cannot be told: it had a note, or was rejected for how much it wanted.
      ...{ decisions: 4, undecided: 2, reactions: 0, notRehearsed: 0 },
    });
    expect(workshop.topic.bounds(0)).toEqual(before);
  });

  it('says which command is decided otherwise by now', async () => {
    const never = await rehearse({ decide: () => accept() });
    expect(found(never)).toEqual([
      ['decision-changed', 'jar-1', 1, 'test.events/0@2'],
      ['decision-changed', 'jar-1', 4, 'test.events/0@5'],
      ['decision-changed', 'jar-2', 2, 'test.events/0@8'],
    ]);
    expect(never.findings[1]?.detail).toBe('it was CoinsTaken, and is nothing');
    const more = await rehearse({ decide: () => accept({ type: 'CoinsTaken', data: { coins: 7 } }) });
    expect(more.findings.map(({ detail }) => detail)).toEqual([
      'it was CoinAdded, CoinAdded, CoinAdded, and is CoinsTaken',
      ...Array<string>(2).fill('it is decided with other data: coins'),
      'it was nothing, and is CoinsTaken',
    ]);
    const fails = await rehearse({ decide: () => { throw new Error('a bug'); } }); // prettier-ignore
    expect(fails.findings[0]?.detail).toBe('it fails: a bug');
  });

  it('says what cannot be read any more, and nothing of what comes behind it', async () => {
    const strict = schemaBy<never>(() => ({ issues: [{ message: 'no' }] }));
    const events = defineEvents('test.events', { ...jarEvents.definitions, CoinsTaken: strict });
    await opened.jars.handle('1', { type: 'AddCoins', coins: 2 });
    const rehearsal = await rehearse({ events });
    expect(found(rehearsal)).toEqual([
      ['unreadable', 'jar-1', 4, 'test.events/0@5'],
      ['unreadable', 'jar-2', 2, 'test.events/0@8'],
    ]);
    expect(rehearsal).toMatchObject({ events: 8, skipped: 2, findingsCount: 2 });
    expect(rehearsal.findings[0]).toMatchObject({ type: 'CoinsTaken.v1', detail: 'CoinsTaken.v1 cannot be read' });
  });

  it('says what is not known at all, or what the fold cannot take', async () => {
    const none = defineEvents('test.events', {}).catalogue;
    expect((await rehearse({ events: jarReading(none).events })).findings[0]).toMatchObject({
      problem: 'unknown',
      detail: 'unknown-type',
    });
    expect((await rehearse({ category: 'cup' })).findings[0]).toMatchObject({ problem: 'unknown', version: 1 });
    const fragile = await rehearse({ evolve: () => { throw new Error('a bug'); } }); // prettier-ignore
    expect(found(fragile)).toEqual([
      ['fold-failed', 'jar-1', 1, 'test.events/0@2'],
      ['fold-failed', 'jar-2', 1, 'test.events/0@6'],
    ]);
  });

  it('leads what was recorded before its events were changed to today, and measures no decision by it', async () => {
    await opened.store.append('jar-3', 0, [...coins(2), lidOpened, coinsGrabbed(1)]);
    await opened.store.append('jar-3', 4, [coinSwapped]);
    expect(await rehearse({ events: jarReading(oldJarCatalogue).events })).toMatchObject({ events: 11, findings: [] });
  });

  it('keeps data out of what it says', async () => {
    const rehearsal = await rehearse({ decide: () => accept({ type: 'CoinAdded', data: { note: 'other' } }) });
    expect(JSON.stringify(rehearsal)).not.toMatch(/secret|other"/);
  });

  it('is no matter of how many commits a stream has', async () => {
    const { jars } = opened;
    for (let i = 0; i < 50; i += 1) await jars.handle('9', { type: 'AddCoins', coins: 1 });
    expect(await rehearse()).toMatchObject({ events: 56, decisions: 54, findingsCount: 0 });
  });
});
