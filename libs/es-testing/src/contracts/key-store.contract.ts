import assert from 'node:assert/strict';
import type { KeyStore, WrappedKey } from '@ledgerline/es-core/adapter';
import { contract, type ContractCase, type ContractHarness, required } from './contract.js';

/** A fresh store with nothing in it. */
export interface KeyStoreHarness extends ContractHarness {
  readonly keys: KeyStore;
  /** Closes the store and opens it again. */
  readonly reopen?: () => Promise<KeyStore>;
  /** Another handle on the same store. */
  readonly another?: () => Promise<KeyStore>;
}

export type KeyStoreAbility = 'reopen' | 'another';
export type KeyStoreCase = ContractCase<KeyStoreHarness, KeyStoreAbility>;

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-02T00:00:00.000Z';
const wrapped = (subject: string, text = 'wrapped', masterKey = 'master-1'): WrappedKey => ({
  ...{ subject, wrapped: text, masterKey },
});
const found = async (keys: KeyStore, ...subjects: readonly string[]): Promise<Record<string, unknown>> =>
  Object.fromEntries(await keys.find(subjects));

export const KEY_STORE_CASES: readonly KeyStoreCase[] = [
  {
    name: 'knows nobody at first',
    run: async ({ keys }) => {
      assert.deepEqual(await found(keys, 'ada', 'bob'), {});
      assert.deepEqual(await keys.list({ limit: 10 }), []);
      assert.deepEqual(await keys.masterKeys(), []);
    },
  },
  {
    name: 'keeps the key that was offered first, whatever is offered later',
    run: async ({ keys }) => {
      assert.deepEqual(await keys.getOrAdd(wrapped('ada', 'first')), wrapped('ada', 'first'));
      assert.deepEqual(await keys.getOrAdd(wrapped('ada', 'second')), wrapped('ada', 'first'));
      assert.deepEqual(await found(keys, 'ada'), { ada: wrapped('ada', 'first') });
    },
  },
  {
    name: 'finds many at once, each under its own subject, and leaves out who is not there',
    run: async ({ keys }) => {
      for (const subject of ['a', 'a.b', 'a-b', 'A', 'ab']) await keys.getOrAdd(wrapped(subject, `of ${subject}`));
      assert.deepEqual(await found(keys, 'a.b', 'nobody', 'A', 'a'), {
        'a.b': wrapped('a.b', 'of a.b'),
        A: wrapped('A', 'of A'),
        a: wrapped('a', 'of a'),
      });
      assert.deepEqual(await found(keys), {});
    },
  },
  {
    name: 'gives all who offer at the same time one key',
    needs: 'another',
    run: async ({ keys, another }) => {
      const other = await required(another)();
      const offers = Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? keys : other).getOrAdd(wrapped('ada', `offer ${i}`)),
      );
      const [first, ...rest] = await Promise.all(offers);
      for (const one of rest) assert.deepEqual(one, first);
      assert.deepEqual(await found(other, 'ada'), { ada: first });
      assert.deepEqual(await found(keys, 'ada'), { ada: first });
    },
  },
  {
    name: 'destroys a key for ever: no other is taken',
    run: async ({ keys }) => {
      await keys.getOrAdd(wrapped('ada'));
      await keys.getOrAdd(wrapped('bob'));
      const forgotten = { subject: 'ada', forgottenAt: AT };
      assert.deepEqual(await keys.destroy('ada', AT), forgotten);
      assert.deepEqual(await keys.getOrAdd(wrapped('ada', 'another')), forgotten);
      assert.deepEqual(await found(keys, 'ada', 'bob'), { ada: forgotten, bob: wrapped('bob') });
    },
  },
  {
    name: 'says of a key that was destroyed before when that was',
    run: async ({ keys }) => {
      await keys.getOrAdd(wrapped('ada'));
      await keys.destroy('ada', AT);
      assert.deepEqual(await keys.destroy('ada', LATER), { subject: 'ada', forgottenAt: AT });
    },
  },
  {
    name: 'remembers also who never had a key',
    run: async ({ keys }) => {
      const forgotten = { subject: 'ada', forgottenAt: AT };
      assert.deepEqual(await keys.destroy('ada', AT), forgotten);
      assert.deepEqual(await keys.getOrAdd(wrapped('ada')), forgotten);
    },
  },
  {
    name: 'shows other handles at once that a key was destroyed',
    needs: 'another',
    run: async ({ keys, another }) => {
      const other = await required(another)();
      await keys.getOrAdd(wrapped('ada'));
      assert.deepEqual(await found(other, 'ada'), { ada: wrapped('ada') });
      await keys.destroy('ada', AT);
      assert.deepEqual(await found(other, 'ada'), { ada: { subject: 'ada', forgottenAt: AT } });
    },
  },
  {
    name: 'lists everybody in pages, in the order of subjects',
    run: async ({ keys }) => {
      for (const subject of ['b', 'c', 'a', 'B']) await keys.getOrAdd(wrapped(subject));
      await keys.destroy('c', AT);
      const first = await keys.list({ limit: 3 });
      assert.deepEqual(first, [wrapped('B'), wrapped('a'), wrapped('b')]);
      assert.deepEqual(await keys.list({ after: 'b', limit: 3 }), [{ subject: 'c', forgottenAt: AT }]);
      assert.deepEqual(await keys.list({ after: 'c', limit: 3 }), []);
    },
  },
  {
    name: 'replaces a wrapping only where it is still the one before',
    run: async ({ keys }) => {
      await keys.getOrAdd(wrapped('ada', 'old'));
      const newer = wrapped('ada', 'new', 'master-2');
      assert.equal(await keys.rewrap(wrapped('ada', 'old'), newer), true);
      assert.deepEqual(await found(keys, 'ada'), { ada: newer });
      assert.equal(await keys.rewrap(wrapped('ada', 'old'), wrapped('ada', 'late')), false);
      assert.deepEqual(await found(keys, 'ada'), { ada: newer });
    },
  },
  {
    name: 'brings nobody back by a wrapping that comes late',
    run: async ({ keys }) => {
      await keys.getOrAdd(wrapped('ada', 'old'));
      await keys.destroy('ada', AT);
      assert.equal(await keys.rewrap(wrapped('ada', 'old'), wrapped('ada', 'new')), false);
      assert.deepEqual(await found(keys, 'ada'), { ada: { subject: 'ada', forgottenAt: AT } });
    },
  },
  {
    name: 'names the master keys in use, each once',
    run: async ({ keys }) => {
      await keys.getOrAdd(wrapped('a', 'x', 'master-1'));
      await keys.getOrAdd(wrapped('b', 'x', 'master-2'));
      await keys.getOrAdd(wrapped('c', 'x', 'master-2'));
      assert.deepEqual([...(await keys.masterKeys())].sort(), ['master-1', 'master-2']);
      await keys.destroy('a', AT);
      assert.deepEqual(await keys.masterKeys(), ['master-2']);
    },
  },
  {
    name: 'holds everything after it was closed and opened again',
    needs: 'reopen',
    run: async ({ keys, reopen }) => {
      await keys.getOrAdd(wrapped('ada'));
      await keys.getOrAdd(wrapped('bob'));
      await keys.destroy('bob', AT);
      const again = await required(reopen)();
      assert.deepEqual(await found(again, 'ada', 'bob'), {
        ada: wrapped('ada'),
        bob: { subject: 'bob', forgottenAt: AT },
      });
    },
  },
];

/** Everything that a `KeyStore` promises. */
export const keyStoreContract = contract('key store', KEY_STORE_CASES);
