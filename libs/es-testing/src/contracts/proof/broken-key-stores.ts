import type { KeyStore, StoredKey } from '@ledgerline/es-core/adapter';
import { memoryKeyStore } from '../../memory/memory-key-store.js';
import { turns } from '../contract.js';
import type { KeyStoreHarness } from '../key-store.contract.js';
import type { Broken } from './prove-contract.js';

type Breaks = (inner: KeyStore) => Partial<KeyStore>;

/** Keys in memory; what `breaks` answers takes the place of its methods. */
export const openKeyStore = (
  breaks: Breaks = () => ({}),
  handles: { another?: (inner: KeyStore, keys: KeyStore) => KeyStore; reopen?: () => KeyStore } = {},
): Promise<KeyStoreHarness> => {
  const inner = memoryKeyStore();
  const keys: KeyStore = { ...inner, ...breaks(inner) };
  return Promise.resolve({
    keys,
    another: () => Promise.resolve(handles.another?.(inner, keys) ?? keys),
    reopen: () => Promise.resolve(handles.reopen?.() ?? keys),
    dispose: () => inner.close(),
  });
};

const broken = (name: string, caughtBy: string, breaks: Breaks): Broken<KeyStoreHarness> => {
  return { name, caughtBy, open: () => openKeyStore(breaks) };
};
const DESTROYS = 'destroys a key for ever: no other is taken';
const PAGES = 'lists everybody in pages, in the order of subjects';

/** Asks first and adds then, as somebody does who thinks that he is alone. */
const asksFirst: Breaks = (inner) => {
  const added = new Map<string, StoredKey>();
  return {
    getOrAdd: async (offered) => {
      const stored = added.get(offered.subject);
      await turns(1);
      if (stored) return stored;
      added.set(offered.subject, offered);
      return await inner.getOrAdd(offered).then(() => offered);
    },
  };
};

/** A handle that answers for ever what it was answered once. */
const remembering = (inner: KeyStore): KeyStore => {
  const seen = new Map<string, StoredKey>();
  return {
    ...inner,
    find: async (subjects) => {
      for (const [subject, key] of await inner.find(subjects)) if (!seen.has(subject)) seen.set(subject, key);
      return seen;
    },
  };
};

export const BROKEN_KEY_STORES: readonly Broken<KeyStoreHarness>[] = [
  broken('is not empty at first', 'knows nobody at first', () => ({ masterKeys: () => Promise.resolve(['m']) })),
  broken('takes the last key', 'keeps the key that was offered first, whatever is offered later', () => {
    return { getOrAdd: (offered) => Promise.resolve(offered) };
  }),
  broken(
    'does not look at the case of letters',
    'finds many at once, each under its own subject, and leaves out who is not there',
    (inner) => ({
      getOrAdd: (key) => inner.getOrAdd({ ...key, subject: key.subject.toLowerCase() }),
    }),
  ),
  broken('lets two who offer at once have two keys', 'gives all who offer at the same time one key', asksFirst),
  broken('takes a new key for who was forgotten', DESTROYS, (inner) => ({
    getOrAdd: async (offered) => {
      const stored = await inner.getOrAdd(offered);
      return 'forgottenAt' in stored ? offered : stored;
    },
  })),
  broken('destroys nothing', DESTROYS, () => ({
    destroy: (subject, forgottenAt) => Promise.resolve({ subject, forgottenAt }),
  })),
  broken('says when it was asked last', 'says of a key that was destroyed before when that was', (inner) => ({
    destroy: (subject, forgottenAt) => inner.destroy(subject, forgottenAt).then(() => ({ subject, forgottenAt })),
  })),
  broken('remembers only who had a key', 'remembers also who never had a key', (inner) => ({
    destroy: async (subject, forgottenAt) =>
      (await inner.find([subject])).has(subject) ? await inner.destroy(subject, forgottenAt) : { subject, forgottenAt },
  })),
  {
    name: 'keeps to what another handle has seen',
    caughtBy: 'shows other handles at once that a key was destroyed',
    open: () => openKeyStore(undefined, { another: remembering }),
  },
  broken('lists the one again that a page ended with', PAGES, (inner) => ({
    list: async ({ after, limit }) => {
      const all = await inner.list({ limit: 1_000 });
      return all.filter(({ subject }) => after === undefined || subject >= after).slice(0, limit);
    },
  })),
  broken(
    'replaces whatever wrapping there is',
    'replaces a wrapping only where it is still the one before',
    (inner) => ({
      rewrap: async (before, after) => {
        const stored = (await inner.find([before.subject])).get(before.subject);
        return stored && !('forgottenAt' in stored) ? await inner.rewrap(stored, after) : false;
      },
    }),
  ),
  broken(
    'says that it has replaced what was destroyed',
    'brings nobody back by a wrapping that comes late',
    (inner) => ({
      rewrap: (before, after) => inner.rewrap(before, after).then(() => true),
    }),
  ),
  broken('names a master key for each key', 'names the master keys in use, each once', (inner) => ({
    masterKeys: async () =>
      (await inner.list({ limit: 100 })).flatMap((key) => ('masterKey' in key ? key.masterKey : [])),
  })),
  {
    name: 'is empty when it is opened again',
    caughtBy: 'holds everything after it was closed and opened again',
    open: () => openKeyStore(undefined, { reopen: memoryKeyStore }),
  },
];
