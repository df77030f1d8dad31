import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandHandler, LogMisconfigured } from '@ledgerline/es-core';
import { type SealedCommand, SubjectForgotten } from '@ledgerline/es-core/privacy';
import type { AggregateStore, CommandHost, ForwardedCommand, Preference } from '@ledgerline/es-core/runtime';
import { jar } from './fixtures/coin-jar.js';
import { type Opened, Workshop } from './fixtures/opened-store.js';

/** A preference that a spec moves as it likes. */
class Assignment implements Preference {
  readonly #listeners = new Set<() => void>();

  constructor(private mine: boolean) {}

  isMine(): boolean {
    return this.mine;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  move(mine: boolean): void {
    this.mine = mine;
    for (const listener of this.#listeners) listener();
  }
}

describe('several instances on one topic', () => {
  let workshop: Workshop;
  beforeEach(() => {
    workshop = new Workshop();
  });
  afterEach(() => workshop.close());

  const add = ({ jars }: Opened, jar: string, coins = 1): Promise<unknown> =>
    workshop.through(jars.handle(jar, { type: 'AddCoins', coins }));
  const told = ({ store }: Opened): string[] => {
    const ids: string[] = [];
    store.onCommit((_partition, commit) => ids.push(...commit.map(({ id }) => id)));
    return ids;
  };

  it('answers what others recorded once it was asked to be fresh, and at once where it is preferred', async () => {
    const mine = new Assignment(true);
    const here = await workshop.open({ preference: mine });
    const there = await workshop.open();
    await add(there, '1', 2);
    await workshop.through(here.jars.ensureUpToDate('1'));
    expect(here.jars.stateOf('1').version).toBe(0);
    mine.move(false);
    await workshop.through(here.jars.ensureUpToDate('1'));
    expect(here.jars.stateOf('1').version).toBe(2);
  });

  it('is told of what others record, for as long as they are expected to', async () => {
    const mine = new Assignment(false);
    const here = await workshop.open({ preference: mine });
    const there = await workshop.open();
    const ids = told(here);
    await add(there, '1');
    await workshop.time.advance(100);
    expect(ids).toEqual(['jar-1@1']);
    mine.move(true);
    await workshop.time.advance(100);
    await add(there, '1');
    await workshop.time.advance(1_000);
    expect(ids).toEqual(['jar-1@1']);
    mine.move(false);
    await workshop.time.advance(100);
    await add(there, '1');
    await workshop.time.advance(100);
    expect(ids).toEqual(['jar-1@1', 'jar-1@2', 'jar-1@3']);
  });

  it('goes on looking when the log could not be read for a while', async () => {
    const here = await workshop.open({ isPreferred: false });
    const there = await workshop.open();
    const ids = told(here);
    here.log.isDown = true;
    await add(there, '1');
    await workshop.time.advance(5_000);
    expect(ids).toEqual([]);
    here.log.isDown = false;
    await workshop.time.advance(5_000);
    expect(ids).toEqual(['jar-1@1']);
  });

  it.each([new LogMisconfigured('test.events', ['this principal may not see the topic']), new TypeError('a bug')])(
    'goes on looking, later each time, and says why, when that fails for another reason: %s',
    async (failure) => {
      const here = await workshop.open({ isPreferred: false });
      const there = await workshop.open();
      const ids = told(here);
      await workshop.time.advance(1_000);
      here.log.boundsFail = failure;
      await add(there, '1');
      await workshop.time.advance(1_000);
      await add(there, '1');
      await workshop.time.advance(60_000);
      expect(new Set(here.troubles)).toEqual(new Set([failure]));
      expect(here.troubles.length).toBeGreaterThan(5);
      expect(here.troubles.length).toBeLessThan(20);
      here.log.boundsFail = undefined;
      await workshop.time.advance(10_000);
      expect(ids).toEqual(['jar-1@1', 'jar-1@2']);
    },
  );

  it('tells who waits to be fresh that the log lost what had been read, and that the store was closed', async () => {
    const here = await workshop.open({ isPreferred: false });
    await add(here, '1', 3);
    workshop.topic.loseTail(0, 2);
    const fresh = await workshop.through(
      Promise.allSettled([here.jars.ensureUpToDate('1'), here.jars.ensureUpToDate('1')]),
    );
    expect(fresh).toMatchObject([{ reason: { code: 'log-diverged' } }, { reason: { code: 'log-diverged' } }]);
    await workshop.through(here.store.close());
    await expect(here.jars.ensureUpToDate('1')).rejects.toMatchObject({ code: 'log-diverged' });
    const other = await workshop.open({ isPreferred: false });
    await workshop.through(other.store.close());
    await expect(other.jars.ensureUpToDate('1')).rejects.toMatchObject({ code: 'outcome-unknown' });
  });

  describe('that hand commands over', () => {
    /** The store, and what it hands over to `decide`. */
    const forwarding = ({ store }: Opened, decide: AggregateStore['forward']): AggregateStore => ({
      ...{
        submit: (s) => store.submit(s),
        ensureUpToDate: (s) => store.ensureUpToDate(s),
        isMine: (s) => store.isMine(s),
      },
      ...{
        version: (s) => store.version(s),
        versionAt: (s, t) => store.versionAt(s, t),
        load: (s, f, v) => store.load(s, f, v),
      },
      ...{ stateOf: (s, f, v) => store.stateOf(s, f, v), positionOf: (s, o) => store.positionOf(s, o) },
      ...(decide && { forward: decide }),
    });

    it('answers what was decided there, over JSON, and repeats it wherever it is asked', async () => {
      const there = await workshop.open();
      const here = await workshop.open({ isPreferred: false });
      const seen: ForwardedCommand[] = [];
      const jars = workshop.jarsOf(
        forwarding(here, async (_stream, command) => {
          seen.push(command);
          const wire = JSON.parse(JSON.stringify(command)) as ForwardedCommand;
          return JSON.parse(JSON.stringify(await there.jars.decideHere(wire))) as never;
        }),
      );
      const who = { actor: 'ann', correlationId: 'visit', causationId: 'ticket-7' };
      const metadata = { commandId: 'c1', ...who };
      const answer = await workshop.through(jars.handle('1', { type: 'AddCoins', coins: 2 }, metadata));
      expect(answer).toMatchObject({ status: 'accepted', version: 2, repeated: false, position: 'test.events/0@3' });
      expect([...there.store.read('jar-1')]).toMatchObject([metadata, metadata]);
      expect(answer.status === 'accepted' && answer.events().map(({ type }) => type)).toEqual([
        'CoinAdded',
        'CoinAdded',
      ]);
      expect(seen).toMatchObject([{ category: 'jar', id: '1', metadata: { commandId: 'c1' } }]);
      const repeated = await workshop.through(
        here.jars.handle('1', { type: 'AddCoins', coins: 2 }, { commandId: 'c1' }),
      );
      expect(repeated).toMatchObject({ version: 2, repeated: true });
    });

    it('decides a command here when nobody else does, under the id that it was handed over with', async () => {
      const here = await workshop.open({ isPreferred: false });
      const ids: string[] = [];
      const jars = workshop.jarsOf(
        forwarding(here, (_stream, { metadata }) => {
          ids.push(metadata.commandId);
          return ids.length === 1 ? Promise.resolve({ status: 'not-forwarded' }) : undefined;
        }),
      );
      for (const version of [1, 2])
        expect(await workshop.through(jars.handle('1', { type: 'AddCoins', coins: 1 }))).toMatchObject({ version });
      expect([...here.store.read('jar-1')].map(({ commandId }) => commandId)).toEqual(ids);
    });

    it('seals personal fields before the command leaves, and sends nothing where they cannot be sealed', async () => {
      const here = await workshop.open({ isPreferred: false });
      const seen: ForwardedCommand[] = [];
      const store = forwarding(here, (_stream, command) => {
        seen.push(command);
        return Promise.resolve({ status: 'not-forwarded' });
      });
      const seal = <C extends object>(subject: string, command: C): Promise<SealedCommand<C>> =>
        Promise.resolve(
          subject === 'gone'
            ? { command, fingerprint: 'f.', refusal: new SubjectForgotten(subject) }
            : { command: { ...command, note: 'sealed' }, fingerprint: 'f.of-the-note' },
        );
      const personalJar = { ...jar, personal: { AddCoins: ({ note }: { readonly note?: string }) => note } };
      const jars = new CommandHandler(personalJar, { store, platform: workshop.platform, personal: { seal } });
      const add = (note: string): Promise<unknown> =>
        workshop.through(jars.handle('1', { type: 'AddCoins', coins: 1, note }, { commandId: note }));
      await add('ann');
      await expect(add('gone')).rejects.toMatchObject({ code: 'subject-forgotten' });
      expect(seen).toMatchObject([{ command: { note: 'sealed' }, fingerprint: 'f.of-the-note' }]);
      expect([...here.store.read('jar-1')]).toMatchObject([{ data: '{"note":"sealed"}' }]);
    });

    it('tells the store of every aggregate that may be asked', async () => {
      const hosts: CommandHost[] = [];
      const { store } = await workshop.open();
      const jars = workshop.jarsOf({
        ...forwarding({ store } as Opened, undefined),
        host: (one) => void hosts.push(one),
      });
      expect(hosts).toEqual([jars]);
    });
  });
});
