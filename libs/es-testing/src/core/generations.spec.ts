import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { formatPosition, type Projection } from '@ledgerline/es-core';
import type { ReadModelStore } from '@ledgerline/es-core/adapter';
import type { Generations } from '@ledgerline/es-core/generations';
import { memoryReadModelStore } from '../memory/memory-read-model-store.js';
import { forgetfulStore, handleOn, mortalStore } from './fixtures/faulty-store.js';
import { TroubledLog } from './fixtures/troubled-log.js';
import { GenerationHosts, KEEP_PREVIOUS_MS, pagesOf } from './fixtures/generation-hosts.js';
import { refolded } from './fixtures/jar-projections.js';

describe('the generations of a projection', () => {
  let hosts: GenerationHosts;
  let store: ReadModelStore;

  const advance = (ms = 3_000): Promise<void> => hosts.workshop.time.advance(ms);
  const states = async (host: Generations): Promise<string[]> =>
    (await host.list(new Map())).map(
      ({ state, revision, number, isReadOnly }) => `${state} r${revision}-g${number}${isReadOnly ? ' still' : ''}`,
    );
  const expectReplayed = async (host: Generations, revision: number): Promise<void> => {
    expect(await hosts.documents(store, host.collection)).toEqual(hosts.replay(pagesOf(revision)));
  };
  /** As `r1` made it; then code of revision 2 starts. */
  const deployed = async (): Promise<Generations> => {
    await hosts.fill();
    const first = await hosts.start(store);
    await advance();
    await hosts.stop(first);
    return hosts.start(store, pagesOf(2));
  };

  beforeEach(async () => {
    [hosts, store] = [new GenerationHosts(), memoryReadModelStore()];
    await hosts.open();
  });
  afterEach(async () => {
    await hosts.close();
    expect(hosts.workshop.time.waiting).toBe(0);
  });

  it('begin with one that is live at once', async () => {
    await hosts.fill();
    const host = await hosts.start(store);
    expect([host.collection, await states(host)]).toEqual(['jar-pages-r1-g1', ['live r1-g1']]);
    await advance();
    await expectReplayed(host, 1);
  });

  it('are filled beside the live one by other code, and switched when all is applied', async () => {
    const host = await deployed();
    expect([host.collection, await states(host)]).toEqual(['jar-pages-r1-g1', ['live r1-g1 still', 'filling r2-g2']]);
    await expectReplayed(host, 1);
    await hosts.fill(1);
    await advance();
    expect([host.collection, await states(host)]).toEqual(['jar-pages-r2-g2', ['live r2-g2', 'previous r1-g1 still']]);
    await hosts.fill(1);
    await advance();
    await expectReplayed(host, 2);
  });

  it('say how far one is that is filled', async () => {
    const host = await deployed();
    const heads = new Map(host.status().map(({ topic, partition }) => [`${topic}/${partition}`, 1_000]));
    await advance(10);
    const [filling] = (await host.list(heads)).filter(({ state }) => state === 'filling');
    expect(filling?.progress).toEqual({ percent: 0, eventsPerSecond: 1_000, secondsLeft: 2 });
  });

  it('are switched to again where the deployment went back, once they are as far', async () => {
    const host = await deployed();
    await advance();
    await hosts.stop(host);
    await hosts.fill(1);
    const back = await hosts.start(store, pagesOf(1));
    await advance();
    expect(await states(back)).toEqual(['live r1-g1', 'previous r2-g2 still']);
    await expectReplayed(back, 1);
  });

  it('are rolled back by a person, and not switched to again before a rebuild', async () => {
    const host = await deployed();
    await advance();
    await hosts.workshop.through(host.rollback());
    expect([host.collection, await states(host)]).toEqual(['jar-pages-r1-g1', ['live r1-g1 still', 'previous r2-g2']]);
    await hosts.fill(1);
    await hosts.stop(host);
    const again = await hosts.start(store, pagesOf(2));
    await advance(KEEP_PREVIOUS_MS + 5_000);
    expect(await states(again)).toEqual(['live r1-g1 still', 'previous r2-g2']);
    expect(await hosts.documents(store, 'jar-pages-r2-g2')).toEqual(hosts.replay(pagesOf(2)));
    await hosts.workshop.through(again.rebuild());
    await advance();
    expect(await states(again)).toEqual(['live r2-g3', 'previous r1-g1 still']);
    expect((await store.collections()).toSorted()).toEqual(['jar-pages-r1-g1', 'jar-pages-r2-g3']);
  });

  it('change places again at the second rollback', async () => {
    const host = await deployed();
    await advance();
    await hosts.workshop.through(host.rollback());
    await hosts.fill(1);
    await hosts.workshop.through(host.rollback());
    await advance();
    expect(await states(host)).toEqual(['live r2-g2', 'previous r1-g1 still']);
    await expectReplayed(host, 2);
  });

  it('know when there is none to roll back to', async () => {
    const host = await hosts.start(store);
    await expect(host.rollback()).rejects.toMatchObject({ code: 'no-previous-generation', retriable: false });
  });

  it('are rebuilt while the live one goes on, once however often that is asked for', async () => {
    await hosts.fill();
    const host = await hosts.start(store);
    await advance();
    await hosts.workshop.through(Promise.all([host.rebuild(), host.rebuild()]));
    await hosts.fill(1);
    await advance();
    await expectReplayed(host, 1);
    expect(await states(host)).toEqual(['live r1-g2', 'previous r1-g1 still']);
    await hosts.workshop.through(host.rollback());
    await hosts.fill(1);
    await advance();
    expect(await states(host)).toEqual(['live r1-g1', 'previous r1-g2']);
    await expectReplayed(host, 1);
  });

  it('let those who wait go on waiting through a switch, and positions never go back', async () => {
    await hosts.fill();
    const host = await hosts.start(store);
    await advance();
    const [place] = host.status();
    if (!place) throw new Error('there are two partitions');
    const waiting = host.waitFor({ ...place, ordinal: place.ordinal + 1 }, 60_000);
    void host.rebuild();
    let seen = host.status().map(({ ordinal }) => ordinal);
    const first = host.collection;
    for (let i = 0; i < 200; i += 1) {
      await advance(20);
      const now = host.status().map(({ ordinal }) => ordinal);
      expect(now.every((ordinal, at) => ordinal >= (seen[at] ?? 0))).toBe(true);
      seen = now;
      if (i % 20 === 0) await hosts.fill(1);
    }
    expect(host.collection).not.toBe(first);
    expect(await hosts.workshop.through(waiting)).toBe(true);
  });

  it('give up the previous one after its time', async () => {
    const host = await deployed();
    await advance();
    await advance(KEEP_PREVIOUS_MS - 10_000);
    expect(await store.collections()).toContain('jar-pages-r1-g1');
    await advance(20_000);
    expect([await states(host), await store.collections()]).toEqual([['live r2-g2'], ['jar-pages-r2-g2']]);
  });

  it('clear away what was made before there were generations, and nothing of other projections', async () => {
    const kept = ['jar-pages-2-r1-g1', 'jar-pages', 'other-jar-pages-r1'];
    for (const name of [...kept, 'jar-pages-r1', 'jar-pages-r12']) await store.ensure({ name, indexes: [] });
    await hosts.start(store);
    await advance();
    expect((await store.collections()).toSorted()).toEqual([...kept, 'jar-pages-r1-g1'].toSorted());
  });

  it('agree where several processes keep them', async () => {
    await hosts.fill();
    const [one, two] = await Promise.all([hosts.start(handleOn(store)), hosts.start(handleOn(store))]);
    await advance();
    await hosts.workshop.through(Promise.all([one.rebuild(), two.rebuild()]));
    await hosts.fill();
    await advance();
    for (const host of [one, two]) {
      expect([host.collection, await states(host)]).toEqual([
        'jar-pages-r1-g2',
        ['live r1-g2', 'previous r1-g1 still'],
      ]);
      await expectReplayed(host, 1);
    }
  });

  it('answer in a process that cannot follow, too, once the documents that it answered from are given up', async () => {
    await hosts.fill();
    const log = new TroubledLog(hosts.workshop.topic);
    const [one, two] = [await hosts.start(handleOn(store)), await hosts.start(handleOn(store), pagesOf(1), log)];
    await advance();
    for (const partition of [0, 1]) log.awayIn.add(partition);
    await hosts.workshop.through(one.rebuild());
    await advance();
    expect([one.collection, two.collection]).toEqual(['jar-pages-r1-g2', 'jar-pages-r1-g1']);
    await advance(KEEP_PREVIOUS_MS);
    expect(await store.collections()).toEqual(['jar-pages-r1-g2']);
    expect([one.collection, two.collection]).toEqual(['jar-pages-r1-g2', 'jar-pages-r1-g2']);
  });

  it('begin anew under another number when somebody drops the collection, said once', async () => {
    await hosts.fill();
    const host = await hosts.start(store);
    await advance();
    await store.drop(host.collection);
    await hosts.fill(1);
    await advance();
    expect(await states(host)).toEqual(['live r1-g2']);
    await expectReplayed(host, 1);
    await hosts.stop(host);
    await store.drop('jar-pages-r1-g2');
    const again = await hosts.start(store);
    await advance();
    expect(await states(again)).toEqual(['live r1-g3']);
    await expectReplayed(again, 1);
    expect(hosts.troubles).toEqual([
      expect.objectContaining({ facts: { collection: 'jar-pages-r1-g1' } }),
      expect.objectContaining({ facts: { collection: 'jar-pages-r1-g2' } }),
    ]);
  });

  it('begin anew also where nothing is recorded after the collection was dropped, said once', async () => {
    await hosts.fill();
    const host = await hosts.start(store);
    await advance();
    await store.drop(host.collection);
    await advance();
    expect(await states(host)).toEqual(['live r1-g2']);
    await expectReplayed(host, 1);
    expect(hosts.troubles).toEqual([expect.objectContaining({ facts: { collection: 'jar-pages-r1-g1' } })]);
  });

  describe('whose record somebody removes', () => {
    let forgetful: ReturnType<typeof forgetfulStore>;

    /** Of what is stored one document is wrong: nothing of it may be answered again. */
    const damaged = async (): Promise<Generations> => {
      forgetful = forgetfulStore(store);
      await hosts.fill();
      const host = await hosts.start(forgetful);
      await advance();
      const { revision = 0, positions = {} } = (await store.load(host.collection, ['jar-1'])).get('jar-1') ?? {};
      const wrong = { id: 'jar-1', document: { coins: 99 }, positions, expectedRevision: revision };
      expect(await store.write(host.collection, [wrong])).toEqual([]);
      return host;
    };
    const expectAnew = async (host: Generations): Promise<void> => {
      expect(await states(host)).toEqual(['live r1-g2']);
      await expectReplayed(host, 1);
      expect(await store.collections()).toEqual(['jar-pages-r1-g2']);
    };

    it('begin anew while they are kept', async () => {
      const host = await damaged();
      forgetful.forget();
      await advance();
      await expectAnew(host);
    });

    it('begin anew at the next start, under a number that nothing has that lies there', async () => {
      await hosts.stop(await damaged());
      forgetful.forget();
      const again = await hosts.start(forgetful);
      await advance();
      await expectAnew(again);
    });

    it('begin anew where the collections are gone, too', async () => {
      const host = await damaged();
      forgetful.forget();
      for (const name of await store.collections()) await store.drop(name);
      await advance();
      await expectAnew(host);
    });

    it('begin anew when a rebuild is asked for', async () => {
      const host = await damaged();
      forgetful.forget();
      await hosts.workshop.through(host.rebuild());
      await advance();
      expect((await states(host))[0]).toBe('live r1-g2');
      await expectReplayed(host, 1);
    });
  });

  it('refuse a record that somebody has edited, and name the field', async () => {
    await store.saveRecord('jar-pages', { nextNumber: 0, discards: [] }, 0);
    await expect(hosts.start(store)).rejects.toMatchObject({ code: 'unreadable', facts: { field: 'nextNumber' } });
  });

  describe('with an event that the fold cannot take', () => {
    const poisoned = (revision: number, isBad: (id: string) => boolean): Projection =>
      refolded(pagesOf(revision), ({ fold }) => ({
        fold(page, event, id) {
          if (id === 'jar-1' && isBad(event.context.id)) throw new Error('poison');
          return fold(page, event, id);
        },
      }));
    const because = { reason: 'typed twice', actor: 'ann' };
    /** The position of the event because of which the live document is parked. */
    const parkedBy = async (host: Generations, id: string): Promise<string> => {
      const { parked } = (await store.load(host.collection, [id])).get(id) ?? {};
      if (!parked) throw new Error(`${id} is not parked`);
      return formatPosition(parked.event);
    };

    it('hold one back that is filled and has more parked documents, until there are no more', async () => {
      const first = await hosts.start(store);
      await hosts.fill();
      await advance();
      await hosts.stop(first);
      let isBad = true;
      const host = await hosts.start(
        store,
        poisoned(2, () => isBad),
      );
      await advance();
      const [, filling] = await host.list(new Map());
      expect(filling).toMatchObject({ state: 'filling', number: 2, heldBack: true, parked: 1 });
      expect(host.collection).toBe('jar-pages-r1-g1');
      isBad = false;
      await hosts.workshop.through(host.retry('jar-pages-r2-g2', 'jar-1'));
      await advance();
      expect(await states(host)).toEqual(['live r2-g2', 'previous r1-g1 still']);
      await expectReplayed(host, 2);
    });

    it('go on without what was discarded, in every generation and every later fold', async () => {
      const bad: string[] = [];
      const projection = poisoned(1, (id) => (bad.length === 0 ? (bad.push(id), true) : bad.includes(id)));
      await hosts.fill();
      const host = await hosts.start(store, projection);
      await advance();
      const [parked] = await store.parked(host.collection, { limit: 9 });
      expect(parked).toMatchObject({ id: 'jar-1', document: undefined, parked: { reason: 'poison' } });
      const discard = { position: await parkedBy(host, 'jar-1'), ...because };
      const done = await hosts.workshop.through(host.discard(host.collection, 'jar-1', discard));
      expect(done).toMatchObject({ id: 'jar-1', document: { coins: 1 } });
      expect(host.record.discards).toMatchObject([{ ...because, document: 'jar-1' }]);
      expect(host.record.discards[0]?.position).toMatch(/^test\.events\/\d@\d+$/);
      await hosts.workshop.through(host.discard(host.collection, 'jar-1', discard));
      expect(host.record.discards).toHaveLength(1);
      await hosts.fill(1);
      await hosts.workshop.through(host.rebuild());
      await advance();
      expect(await states(host)).toEqual(['live r1-g2', 'previous r1-g1 still']);
      expect(await store.countParked(host.collection)).toBe(0);
      expect(await hosts.documents(store, host.collection)).toEqual(hosts.replay(host.projection));
      expect(hosts.troubles).toEqual([expect.objectContaining({ code: 'document-parked' })]);
    });

    it('go on without the event that was seen, and not without the next one when that is asked for again', async () => {
      const projection = refolded(pagesOf(1), () => ({
        fold: () => {
          throw new Error('poison');
        },
      }));
      await hosts.fill();
      const host = await hosts.start(store, projection);
      await advance();
      const discard = { position: await parkedBy(host, 'jar-1'), ...because };
      const parked = await hosts.workshop.through(host.discard(host.collection, 'jar-1', discard));
      const next = await parkedBy(host, 'jar-1');
      expect(next).not.toBe(discard.position);
      expect(await hosts.workshop.through(host.discard(host.collection, 'jar-1', discard))).toEqual(parked);
      expect(await parkedBy(host, 'jar-1')).toBe(next);
      expect(host.record.discards).toEqual([expect.objectContaining(discard)]);
    });
  });

  it('go on after a kill at any call of the store', async () => {
    await hosts.fill();
    for (let diesAt = 1; ; diesAt += 1) {
      store = memoryReadModelStore();
      const first = await hosts.start(store);
      await advance(1_000);
      await hosts.stop(first);
      const mortal = mortalStore(store, diesAt);
      const killed = hosts.make(mortal, pagesOf(2));
      await hosts.workshop.through(killed.start().catch((error: unknown) => hosts.troubles.push(error)));
      await advance(3_000);
      const survived = !mortal.isDead;
      await hosts.stop(killed);
      const next = await hosts.start(store, pagesOf(2));
      await advance(3_000);
      expect({ diesAt, states: await states(next) }).toEqual({
        ...{ diesAt, states: ['live r2-g2', 'previous r1-g1 still'] },
      });
      await expectReplayed(next, 2);
      expect((await store.collections()).toSorted()).toEqual(['jar-pages-r1-g1', 'jar-pages-r2-g2']);
      await hosts.stop(next);
      if (survived) break;
    }
  });
});
