import { type ForgottenSubject, isForgotten, type KeyStore, type StoredKey } from '@ledgerline/es-core/adapter';

/** Keys in memory: for specs. */
export const memoryKeyStore = (): KeyStore => {
  const keys = new Map<string, StoredKey>();
  return {
    getOrAdd: (offered) => {
      const stored = keys.get(offered.subject) ?? offered;
      keys.set(offered.subject, stored);
      return Promise.resolve(stored);
    },
    find: (subjects) =>
      Promise.resolve(
        new Map(
          subjects.flatMap((subject) => {
            const stored = keys.get(subject);
            return stored ? [[subject, stored]] : [];
          }),
        ),
      ),
    destroy: (subject, at) => {
      const stored = keys.get(subject);
      const forgotten: ForgottenSubject = stored && isForgotten(stored) ? stored : { subject, forgottenAt: at };
      keys.set(subject, forgotten);
      return Promise.resolve(forgotten);
    },
    list: ({ after = '', limit }) =>
      Promise.resolve(
        [...keys.values()]
          .filter(({ subject }) => subject > after)
          .sort((a, b) => (a.subject < b.subject ? -1 : 1))
          .slice(0, limit),
      ),
    rewrap: (before, rewrapped) => {
      const stored = keys.get(before.subject);
      const isSame = stored !== undefined && !isForgotten(stored) && stored.wrapped === before.wrapped;
      if (isSame) keys.set(before.subject, rewrapped);
      return Promise.resolve(isSame);
    },
    masterKeys: () =>
      Promise.resolve([...new Set([...keys.values()].flatMap((key) => (isForgotten(key) ? [] : key.masterKey)))]),
    close: () => Promise.resolve(),
  };
};
