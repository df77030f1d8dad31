import type { Filter, JsonObject } from '@ledgerline/es-core';
import {
  DocumentRefused,
  type DocumentWrite,
  Furthest,
  type ReadModelStore,
  type StoredDocument,
  wellFormedJson,
} from '@ledgerline/es-core/adapter';
import { memoryReadModelStore } from '../../memory/memory-read-model-store.js';
import { turns } from '../contract.js';
import type { ReadModelStoreHarness } from '../store-harness.js';
import type { Broken } from './prove-contract.js';

type Breaks = (store: ReadModelStore) => Partial<ReadModelStore>;

const overridden = (inner: ReadModelStore, breaks: Breaks): ReadModelStore => ({
  ensure: (collection) => inner.ensure(collection),
  load: (collection, ids) => inner.load(collection, ids),
  write: (collection, writes) => inner.write(collection, writes),
  find: (collection, query) => inner.find(collection, query),
  drop: (collection) => inner.drop(collection),
  checkpoints: (collection) => inner.checkpoints(collection),
  saveCheckpoint: (collection, key, state) => inner.saveCheckpoint(collection, key, state),
  parked: (collection, query) => inner.parked(collection, query),
  countParked: (collection) => inner.countParked(collection),
  furthest: (collection) => inner.furthest(collection),
  record: (name) => inner.record(name),
  saveRecord: (name, value, expectedRevision) => inner.saveRecord(name, value, expectedRevision),
  collections: () => inner.collections(),
  close: () => inner.close(),
  ...breaks(inner),
});

/** A store in memory; what `breaks` answers takes the place of its methods, in each of two handles and after opening it again. */
export const openStore = (breaks: Breaks = () => ({}), reopened: Breaks = breaks): Promise<ReadModelStoreHarness> => {
  const inner = memoryReadModelStore();
  return Promise.resolve({
    store: overridden(inner, breaks),
    another: () => Promise.resolve(overridden(inner, breaks)),
    reopen: () => Promise.resolve(overridden(inner, reopened)),
    dispose: () => inner.close(),
  });
};

/** Writes although another revision was expected. */
const force = async (store: ReadModelStore, collection: string, writes: readonly DocumentWrite[]): Promise<void> => {
  const stored = await store.load(
    collection,
    writes.map(({ id }) => id),
  );
  await store.write(
    collection,
    writes.map((one) => ({ ...one, expectedRevision: stored.get(one.id)?.revision ?? 0 })),
  );
};

const ROUND_TRIP = 'gives back what was written, with its positions and revision 1';
const STALE = 'leaves a document as it is when the write expected none, or another revision';
const ONE_WINS = 'lets exactly one of several writes of the same revision win';
const ANOTHER_WINS = 'lets exactly one of several writes through two handles win';
const TOMBSTONE = 'keeps a tombstone with its positions, loads it and never finds it';
const SOME_REFUSED = 'writes the others when some are refused, and answers those';
const OPERATORS = 'finds by every operator, and compares only values of one type';
const DOTTED = 'finds by dotted fields, $and and $or';
const SORTS = 'sorts numbers as numbers, strings by code unit, and nothing first';
const SORTS_SEVERAL = 'sorts by several fields in order of weight, ties by id';
const PAGES_BY_ID = 'pages through the documents by id';
const BY_ID = 'gives the documents by id when nothing is said about the order';
const DROPS = 'drops a collection with its documents and checkpoints, and makes it anew';
const CHECKPOINTS = 'keeps a checkpoint for each partition of each collection';
const FORWARD = 'moves a checkpoint forward only, within one log';
const LOST = 'refuses writes and checkpoints of a collection that is not there, and makes none';
const RECORDS = 'replaces a record as a whole, and only from the revision that was expected';
const PARKS = 'gives a parked document back as it was parked, and finds it as it last was';
const PARKS_TOMBSTONES = 'parks a document that is not there, and one that is a tombstone: listed, never found';
const ENDS_PARKING = 'ends the parking by a write without it, and replaces it by a write with it';
const PARKED_PAGES = 'lists parked documents page by page, in the order of their ids by code unit';
const FURTHEST = 'tells the furthest that any document has applied or missed, of each partition';
const PARKED_APART = 'counts and lists the parked documents of one collection, none where there is none';
const REOPENED = 'holds everything after it was closed and opened again';
const ENSURED = 'keeps what a collection holds when it is ensured again, also with other indexes';

const broken = (name: string, caughtBy: string, breaks: Breaks): Broken<ReadModelStoreHarness> => {
  return { name, caughtBy, open: () => openStore(breaks) };
};
const writing = (change: (write: DocumentWrite) => DocumentWrite): Breaks => {
  return (store) => ({ write: (collection, writes) => store.write(collection, writes.map(change)) });
};
const finding = (change: (found: readonly StoredDocument[]) => readonly StoredDocument[]): Breaks => {
  return (store) => ({ find: async (collection, query) => change(await store.find(collection, query)) });
};
const filtering = (change: (filter: Filter) => Filter): Breaks => {
  return (store) => ({
    find: (collection, { filter = {}, ...query }) => store.find(collection, { ...query, filter: change(filter) }),
  });
};
const grouped = <T>(values: readonly T[], keyOf: (value: T) => unknown): ReadonlyMap<unknown, T[]> => {
  const groups = new Map<unknown, T[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
};
const isCondition = (condition: Filter[string]): condition is { readonly [operator: string]: never } =>
  typeof condition === 'object' && condition !== null && !Array.isArray(condition);
/** Takes one operator for another. */
const mistaking = (operator: string, ...others: readonly string[]): Breaks =>
  filtering((filter) =>
    Object.fromEntries(
      Object.entries(filter).map(([field, condition]) => {
        if (!isCondition(condition) || !(operator in condition)) return [field, condition];
        const { [operator]: operand, ...rest } = condition;
        return [field, Object.assign(rest, ...others.map((other) => ({ [other]: operand })))];
      }),
    ),
  );

const CONTENT = 'gives back every text, number and name that a document may hold';
const REFUSED = 'refuses a document that it could not give back, names the field, and writes nothing';
const CONTENT_OF_RECORDS = 'gives back every text, number and name that a record may hold, and refuses others';
/** The document as another way of writing it down gives it back. */
const writtenAs = (rewritten: (json: string) => string): Breaks =>
  writing(({ document, ...write }) => ({
    ...write,
    document: document && (JSON.parse(rewritten(JSON.stringify(document))) as JsonObject),
  }));
/** Writes the others where one is refused. */
const leavingOut: Breaks = (store) => ({
  write: async (collection, writes) => {
    const conflicts: string[] = [];
    for (const write of writes)
      try {
        conflicts.push(...(await store.write(collection, [write])));
      } catch (error) {
        if (!(error instanceof DocumentRefused) || writes.length === 1) throw error;
      }
    return conflicts;
  },
});

export const BROKEN_STORES: readonly Broken<ReadModelStoreHarness>[] = [
  broken(
    'has no name that begins with a dollar',
    CONTENT,
    writtenAs((json) => json.replaceAll('"$', '"')),
  ),
  broken(
    'has no __proto__',
    CONTENT,
    writtenAs((json) => json.replaceAll('"__proto__":', '"proto":')),
  ),
  broken(
    'has integers of 32 bits',
    CONTENT,
    writtenAs((json) => json.replaceAll('2147483648', '-2147483648')),
  ),
  broken(
    'makes one form of text',
    CONTENT,
    writtenAs((json) => json.normalize()),
  ),
  broken(
    'has no U+0000',
    'gives back any document',
    writtenAs((json) => json.replaceAll('\\u0000', '')),
  ),
  broken(
    'stores U+FFFD for half of a surrogate pair',
    REFUSED,
    writtenAs((json) => wellFormedJson(json)),
  ),
  broken('writes the others where one is refused', REFUSED, leavingOut),
  broken('looks at no record before it saves it', CONTENT_OF_RECORDS, (store) => ({
    saveRecord: (name, value, revision) =>
      store.saveRecord(name, JSON.parse(wellFormedJson(JSON.stringify(value))) as JsonObject, revision),
  })),
  broken('fails on a call that asks for nothing', 'loads nothing where nothing was written', (store) => ({
    load: (collection, ids) => (ids.length === 0 ? Promise.reject(new Error('no ids')) : store.load(collection, ids)),
  })),
  broken(
    'loses positions',
    ROUND_TRIP,
    writing((write) => ({ ...write, positions: {} })),
  ),
  broken(
    'stores text as Latin-1',
    ROUND_TRIP,
    writing((write) => {
      const json = Buffer.from(JSON.stringify(write.document ?? {}), 'latin1').toString('latin1');
      return { ...write, document: write.document && (JSON.parse(json) as typeof write.document) };
    }),
  ),
  broken('begins with revision 0', ROUND_TRIP, (store) => ({
    load: async (collection, ids) =>
      new Map(
        [...(await store.load(collection, ids))].map(([id, one]) => [id, { ...one, revision: one.revision - 1 }]),
      ),
  })),
  broken('pays no heed to the case of ids', 'takes any id of printable characters for what it is', (store) => ({
    load: async (collection, ids) => {
      const found = await store.load(
        collection,
        ids.map((id) => id.toLowerCase()),
      );
      return new Map(ids.flatMap((id) => found.get(id.toLowerCase()) ?? []).map((one) => [one.id, one]));
    },
    write: (collection, writes) =>
      store.write(
        collection,
        writes.map((one) => ({ ...one, id: one.id.toLowerCase() })),
      ),
  })),
  broken(
    'merges a document into the one before',
    'replaces a document as a whole and counts its revisions',
    (store) => ({
      write: async (collection, writes) => {
        const stored = await store.load(
          collection,
          writes.map(({ id }) => id),
        );
        const merged = writes.map((one) => {
          return { ...one, document: one.document && { ...stored.get(one.id)?.document, ...one.document } };
        });
        return store.write(collection, merged);
      },
    }),
  ),
  broken('pays no heed to the expected revision', STALE, (store) => ({
    write: async (collection, writes) => force(store, collection, writes).then(() => []),
  })),
  broken('writes over a document where none was expected', STALE, (store) => ({
    write: async (collection, writes) => {
      await force(
        store,
        collection,
        writes.filter(({ expectedRevision }) => expectedRevision === 0),
      );
      return store.write(
        collection,
        writes.filter(({ expectedRevision }) => expectedRevision > 0),
      );
    },
  })),
  broken(
    'makes a document where one was expected',
    'does not make a document when the write expected one',
    (store) => ({
      write: async (collection, writes) => {
        const stored = await store.load(
          collection,
          writes.map(({ id }) => id),
        );
        return store.write(
          collection,
          writes.map((one) => (stored.has(one.id) ? one : { ...one, expectedRevision: 0 })),
        );
      },
    }),
  ),
  broken('does not say which writes were refused', STALE, (store) => ({
    write: async (collection, writes) => store.write(collection, writes).then(() => []),
  })),
  broken('says all writes were refused when some are', SOME_REFUSED, (store) => ({
    write: async (collection, writes) => {
      const conflicts = await store.write(collection, writes);
      return conflicts.length === 0 ? [] : writes.map(({ id }) => id);
    },
  })),
  broken('stops at the first write that is refused', SOME_REFUSED, (store) => ({
    write: async (collection, writes) => {
      for (const one of writes) if ((await store.write(collection, [one])).length > 0) return [one.id];
      return [];
    },
  })),
  broken('looks at the revision first and writes later', ONE_WINS, (store) => ({
    write: async (collection, writes) => {
      const stored = await store.load(
        collection,
        writes.map(({ id }) => id),
      );
      const good = writes.filter(({ id, expectedRevision }) => (stored.get(id)?.revision ?? 0) === expectedRevision);
      await turns(1);
      await force(store, collection, good);
      return writes.filter((one) => !good.includes(one)).map(({ id }) => id);
    },
  })),
  broken('compares revisions within its own handle', ANOTHER_WINS, (store) => {
    const revisions = new Map<string, number>();
    return {
      write: async (collection, writes) => {
        const good = writes.filter(({ id, expectedRevision }) => (revisions.get(id) ?? 0) <= expectedRevision);
        for (const { id, expectedRevision } of good) revisions.set(id, expectedRevision + 1);
        await force(store, collection, good);
        return writes.filter((one) => !good.includes(one)).map(({ id }) => id);
      },
    };
  }),
  broken('takes at most 100 writes of a call', 'takes 500 documents in one call', (store) => ({
    write: (collection, writes) => store.write(collection, writes.slice(0, 100)),
  })),
  broken('does not load tombstones', TOMBSTONE, (store) => ({
    load: async (collection, ids) =>
      new Map([...(await store.load(collection, ids))].filter(([, { document }]) => document !== undefined)),
  })),
  broken('finds tombstones', TOMBSTONE, (store) => {
    const gone = new Map<string, StoredDocument>();
    return {
      write: async (collection, writes) => {
        const conflicts = await store.write(collection, writes);
        for (const one of writes) if (!one.document) gone.set(one.id, { ...one, document: undefined, revision: 1 });
        return conflicts;
      },
      find: async (collection, query) => [...gone.values(), ...(await store.find(collection, query))],
    };
  }),
  broken(
    'takes a tombstone for a document that is not there',
    'counts revisions on through a tombstone: it is there, and may come back',
    (store) => ({
      write: async (collection, writes) => {
        const stored = await store.load(
          collection,
          writes.map(({ id }) => id),
        );
        const revisionOf = ({ id, expectedRevision }: DocumentWrite): number => {
          const old = stored.get(id);
          return old && !old.document && expectedRevision === 0 ? old.revision : expectedRevision;
        };
        return store.write(
          collection,
          writes.map((one) => ({ ...one, expectedRevision: revisionOf(one) })),
        );
      },
    }),
  ),
  broken(
    'finds everything',
    OPERATORS,
    filtering(() => ({})),
  ),
  broken('takes $gte for $gt', OPERATORS, mistaking('$gte', '$gt')),
  broken('takes $gt for $gte', OPERATORS, mistaking('$gt', '$gte')),
  broken('takes $lte for $lt', OPERATORS, mistaking('$lte', '$lt')),
  broken('takes $lt for $lte', OPERATORS, mistaking('$lt', '$lte')),
  broken('pays no heed to $ne', OPERATORS, mistaking('$ne')),
  broken('pays no heed to $in', OPERATORS, mistaking('$in')),
  broken('does not take a missing field for null', OPERATORS, (store) => ({
    find: async (collection, query) => {
      const wanted = Object.entries(query.filter ?? {}).flatMap(([field, value]) => (value === null ? [field] : []));
      const found = await store.find(collection, query);
      return found.filter(({ document }) => wanted.every((field) => document && field in document));
    },
  })),
  broken(
    'compares text with numbers',
    OPERATORS,
    filtering((filter) => {
      return typeof filter.n === 'string' ? { $or: [filter, { n: Number(filter.n) }] } : filter;
    }),
  ),
  broken(
    'takes a dotted field for a name',
    DOTTED,
    filtering((filter) =>
      Object.fromEntries(Object.entries(filter).map(([field, value]) => [field.replace('.', '\u0000'), value])),
    ),
  ),
  broken(
    'takes $or for $and',
    DOTTED,
    filtering(({ $or, ...filter }) => ($or ? { ...filter, $and: $or } : filter)),
  ),
  broken(
    'takes $or for everything',
    DOTTED,
    filtering(({ $or: _, ...filter }) => filter),
  ),
  broken(
    'pays no heed to $and',
    DOTTED,
    filtering(({ $and: _, ...filter }) => filter),
  ),
  broken('does not sort', SORTS, (store) => ({
    find: (collection, { filter = {}, limit }) =>
      store.find(collection, limit === undefined ? { filter } : { filter, limit }),
  })),
  broken('sorts upwards only', SORTS, (store) => ({
    find: (collection, { sort = [], ...query }) =>
      store.find(collection, { ...query, sort: sort.map(([field]) => [field, 1] as const) }),
  })),
  broken('sorts by the first field only', SORTS_SEVERAL, (store) => ({
    find: (collection, { sort = [], ...query }) => store.find(collection, { ...query, sort: sort.slice(0, 1) }),
  })),
  broken('limits first and sorts then', SORTS, (store) => ({
    find: async (collection, { limit, ...query }) => {
      const first = await store.find(collection, { filter: query.filter ?? {} });
      const kept = new Set(first.slice(0, limit).map(({ id }) => id));
      return (await store.find(collection, query)).filter(({ id }) => kept.has(id));
    },
  })),
  broken('pays no heed to the limit', SORTS, (store) => ({
    find: (collection, { limit: _, ...query }) => store.find(collection, query),
  })),
  broken('begins every page anew', PAGES_BY_ID, (store) => ({
    find: (collection, { after: _, ...query }) => store.find(collection, query),
  })),
  broken('begins a page with the last document of the page before', PAGES_BY_ID, (store) => ({
    find: async (collection, { after, limit, ...query }) => {
      const all = await store.find(collection, query);
      return all.filter(({ id }) => after === undefined || id >= after).slice(0, limit);
    },
  })),
  broken('takes a page out of the first documents', PAGES_BY_ID, (store) => ({
    find: async (collection, { after, ...query }) => {
      const first = await store.find(collection, query);
      return first.filter(({ id }) => after === undefined || id > after);
    },
  })),
  broken('sorts text as people of a place do', SORTS, (store) => ({
    find: async (collection, query) => {
      const found = [...(await store.find(collection, query))];
      const textOf = ({ document }: StoredDocument) => (typeof document?.v === 'string' ? document.v : undefined);
      return found.sort((a, b) => (textOf(a) ?? '').localeCompare(textOf(b) ?? '', 'en'));
    },
  })),
  broken('gives ties in the order in which they were written', SORTS_SEVERAL, (store) => {
    const written: string[] = [];
    return {
      write: (collection, writes) => {
        written.push(...writes.map(({ id }) => id));
        return store.write(collection, writes);
      },
      find: async (collection, { limit, sort = [], ...query }) => {
        const found = [...(await store.find(collection, { ...query, sort }))];
        const fields = sort.map(([field]) => field);
        const keyOf = ({ document }: StoredDocument) =>
          JSON.stringify(fields.map((field) => document?.[field.split('.')[0] ?? '']));
        const groups = grouped(found, keyOf);
        const inOrder = (a: StoredDocument, b: StoredDocument) => written.indexOf(a.id) - written.indexOf(b.id);
        return [...groups.values()].flatMap((ties) => ties.sort(inOrder)).slice(0, limit);
      },
    };
  }),
  broken(
    'gives ties downwards when it sorts downwards',
    'pages through ties by a filter on what came last',
    (store) => ({
      find: async (collection, { limit, ...query }) => {
        const found = await store.find(collection, query);
        const totals = grouped(found, ({ document }) => document?.total);
        return [...totals.values()].flatMap((ties) => ties.reverse()).slice(0, limit);
      },
    }),
  ),
  broken(
    'gives the last document first',
    BY_ID,
    finding((found) => [...found].reverse()),
  ),
  broken(
    'finds a document by what it held before',
    'finds a document by what it holds now, and not by what it held before',
    (store) => {
      const stale = memoryReadModelStore();
      return {
        ensure: async (collection) => {
          await stale.ensure(collection);
          await store.ensure(collection);
        },
        write: async (collection, writes) => {
          await stale.write(
            collection,
            writes.filter(({ expectedRevision }) => expectedRevision === 0),
          );
          return store.write(collection, writes);
        },
        find: async (collection, query) => {
          const found = await store.find(collection, query);
          return found.length > 0 ? found : stale.find(collection, query);
        },
      };
    },
  ),
  broken('knows of no collections', 'has no collections at first, and lists those that were made', () => ({
    collections: () => Promise.resolve([]),
  })),
  broken('empties a collection that is ensured again', ENSURED, (store) => ({
    ensure: async (collection) => {
      await store.drop(collection.name);
      await store.ensure(collection);
    },
  })),
  broken(
    'drops all collections whose names begin alike',
    'keeps collections apart whose names begin alike',
    (store) => ({
      drop: async (name) => {
        for (const collection of await store.collections())
          if (collection.startsWith(name)) await store.drop(collection);
      },
    }),
  ),
  broken('keeps checkpoints when a collection is dropped', DROPS, (store) => ({
    drop: async (collection) => {
      const checkpoints = await store.checkpoints(collection);
      await store.drop(collection);
      await store.ensure({ name: collection, indexes: [] });
      for (const [key, state] of checkpoints) await store.saveCheckpoint(collection, key, state);
    },
  })),
  broken('fails to drop a collection that is not there', DROPS, (store) => ({
    drop: async (collection) => {
      if (!(await store.collections()).includes(collection)) throw new Error(`there is no ${collection}`);
      await store.drop(collection);
    },
  })),
  broken('keeps one checkpoint for a collection', CHECKPOINTS, (store) => ({
    saveCheckpoint: (collection, _, state) => store.saveCheckpoint(collection, 'all', state),
  })),
  broken('shares checkpoints between collections', CHECKPOINTS, (store) => ({
    saveCheckpoint: (_, key, state) => store.saveCheckpoint('parcels-r1', key, state),
    checkpoints: () => store.checkpoints('parcels-r1'),
  })),
  broken('moves a checkpoint back', FORWARD, () => {
    const kept = new Map<string, Parameters<ReadModelStore['saveCheckpoint']>[2]>();
    return {
      saveCheckpoint: (_, key, state) => Promise.resolve(void kept.set(key, state)),
      checkpoints: () => Promise.resolve(kept),
    };
  }),
  broken('keeps a checkpoint of another log that was further', FORWARD, (store) => ({
    saveCheckpoint: async (collection, key, state) => {
      const stored = (await store.checkpoints(collection)).get(key);
      if (!stored || stored.ordinal <= state.ordinal) await store.saveCheckpoint(collection, key, state);
    },
  })),
  broken('makes a collection that is not there by a write', LOST, (store) => ({
    write: async (collection, writes) => {
      await store.ensure({ name: collection, indexes: [] });
      return store.write(collection, writes);
    },
  })),
  broken('does not look where nothing is to be written', LOST, (store) => ({
    write: (collection, writes) => (writes.length === 0 ? Promise.resolve([]) : store.write(collection, writes)),
  })),
  broken('makes a collection that is not there by a checkpoint', LOST, (store) => ({
    saveCheckpoint: async (collection, key, state) => {
      await store.ensure({ name: collection, indexes: [] });
      await store.saveCheckpoint(collection, key, state);
    },
  })),
  broken('takes a collection that is not there for a conflict', LOST, (store) => ({
    write: async (collection, writes) =>
      (await store.collections()).includes(collection) ? store.write(collection, writes) : writes.map(({ id }) => id),
  })),
  broken(
    'remembers in its own handle which collections there are',
    'refuses writes and checkpoints of a collection that was dropped through another handle',
    (store) => {
      const known = new Set<string>();
      return {
        ensure: async (collection) => {
          known.add(collection.name);
          await store.ensure(collection);
        },
        drop: async (collection) => {
          known.delete(collection);
          await store.drop(collection);
        },
        write: async (collection, writes) => {
          if (known.has(collection)) await store.ensure({ name: collection, indexes: [] });
          return store.write(collection, writes);
        },
      };
    },
  ),
  broken(
    'does not park',
    PARKS,
    writing(({ parked: _, ...write }) => write),
  ),
  broken('does not find parked documents', PARKS, (store) => ({
    find: async (collection, query) => (await store.find(collection, query)).filter(({ parked }) => !parked),
  })),
  broken('does not load why a document is parked', PARKS, (store) => ({
    load: async (collection, ids) =>
      new Map([...(await store.load(collection, ids))].map(([id, { parked: _, ...one }]) => [id, one])),
  })),
  broken(
    'keeps how far a parked document was read as text',
    PARKS,
    writing(({ parked, ...write }) => ({
      ...write,
      ...(parked && {
        parked: JSON.parse(
          JSON.stringify(parked, (_, v: unknown) => (typeof v === 'number' ? `${v}` : v)),
        ) as typeof parked,
      }),
    })),
  ),
  broken('does not list tombstones that are parked', PARKS_TOMBSTONES, (store) => ({
    parked: async (collection, query) =>
      (await store.parked(collection, query)).filter(({ document }) => document !== undefined),
  })),
  broken('keeps a document parked for ever', ENDS_PARKING, (store) => ({
    write: async (collection, writes) => {
      const stored = await store.load(
        collection,
        writes.map(({ id }) => id),
      );
      return store.write(
        collection,
        writes.map((one) => ({ ...stored.get(one.id), ...one })),
      );
    },
  })),
  broken(
    'counts a document as parked whose write was refused',
    'neither parks nor ends it by a write that is refused',
    (store) => {
      const parked = new Set<string>();
      return {
        write: (collection, writes) => {
          for (const one of writes) if (one.parked) parked.add(one.id);
          return store.write(collection, writes);
        },
        countParked: () => Promise.resolve(parked.size),
      };
    },
  ),
  broken('lists a parked document again on the next page', PARKED_PAGES, (store) => ({
    parked: async (collection, { limit, after }) => {
      const all = await store.parked(collection, { limit: 1_000 });
      return all.filter(({ id }) => after === undefined || id >= after).slice(0, limit);
    },
  })),
  broken('lists parked documents as they were parked', PARKED_PAGES, (store) => ({
    parked: async (collection, { limit, after = '' }) => {
      const all = [...(await store.parked(collection, { limit: 1_000 }))].reverse();
      return all.filter(({ id }) => id > after).slice(0, limit);
    },
  })),
  broken('counts at most one page of parked documents', PARKED_PAGES, (store) => ({
    countParked: async (collection) => Math.min(2, await store.countParked(collection)),
  })),
  broken('takes the positions of the last document for the furthest', FURTHEST, (store) => ({
    furthest: async (collection) => {
      const found = await store.find(collection, { sort: [], filter: {} });
      return found.at(-1)?.positions ?? {};
    },
  })),
  broken('leaves out tombstones when it is asked for the furthest', FURTHEST, (store) => ({
    furthest: async (collection) => {
      const furthest = new Furthest();
      for (const document of await store.find(collection, {})) furthest.take(document);
      return furthest.positions;
    },
  })),
  broken('lists the parked documents of all collections', PARKED_APART, (store) => ({
    parked: async (_, query) =>
      (await Promise.all((await store.collections()).map((one) => store.parked(one, query)))).flat(),
  })),
  {
    name: 'forgets which documents are parked when it is closed',
    caughtBy: 'holds parked documents after it was closed and opened again',
    open: () => openStore(undefined, () => ({ parked: () => Promise.resolve([]) })),
  },
  broken('saves a record whatever was expected', RECORDS, (store) => ({
    saveRecord: async (name, value) => store.saveRecord(name, value, (await store.record(name))?.revision ?? 0),
  })),
  broken('merges a record into the one before', RECORDS, (store) => ({
    saveRecord: async (name, value, revision) =>
      store.saveRecord(name, { ...(await store.record(name))?.value, ...value }, revision),
  })),
  broken(
    'lists a record among the collections',
    'has no record before one was saved, and gives back what was',
    (store) => ({
      saveRecord: async (name, value, revision) => {
        await store.ensure({ name, indexes: [] });
        return store.saveRecord(name, value, revision);
      },
    }),
  ),
  broken('has one record for all names', 'keeps records apart whose names begin alike', (store) => ({
    record: (name) => store.record(name.slice(0, 5)),
    saveRecord: (name, value, revision) => store.saveRecord(name.slice(0, 5), value, revision),
  })),
  broken(
    'drops a record with a collection of its name',
    'keeps a record when a collection of its name is dropped',
    (store) => {
      const dropped = new Set<string>();
      return {
        drop: async (collection) => {
          dropped.add(collection);
          await store.drop(collection);
        },
        record: (name) => (dropped.has(name) ? Promise.resolve(undefined) : store.record(name)),
      };
    },
  ),
  broken('looks at the record first and saves later', 'lets exactly one of several who save a record win', (store) => ({
    saveRecord: async (name, value, expected) => {
      if (((await store.record(name))?.revision ?? 0) !== expected) return false;
      await turns(1);
      return store.saveRecord(name, value, (await store.record(name))?.revision ?? 0);
    },
  })),
  broken(
    'keeps records within its own handle',
    'lets exactly one of several who save a record through two handles win',
    () => {
      const own = memoryReadModelStore();
      return {
        record: (name) => own.record(name),
        saveRecord: (name, value, revision) => own.saveRecord(name, value, revision),
      };
    },
  ),
  broken('keeps documents within its own handle', 'shows what one handle wrote to another one', () => {
    const own = memoryReadModelStore();
    return {
      ensure: (collection) => own.ensure(collection),
      load: (collection, ids) => own.load(collection, ids),
      find: (collection, query) => own.find(collection, query),
      write: (collection, writes) => own.write(collection, writes),
    };
  }),
  {
    name: 'loses its tombstones when it is closed',
    caughtBy: REOPENED,
    open: () =>
      openStore(undefined, (store) => ({
        load: async (collection, ids) =>
          new Map([...(await store.load(collection, ids))].filter(([, { document }]) => document !== undefined)),
      })),
  },
  {
    name: 'forgets its records when it is closed',
    caughtBy: REOPENED,
    open: () => openStore(undefined, () => ({ record: () => Promise.resolve(undefined) })),
  },
];
