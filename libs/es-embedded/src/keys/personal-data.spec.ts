import { accept, CommandHandler, defineAggregate, defineEvents, EventStore, type Schema } from '@ledgerline/es-core';
import { type KeyStore, MasterKeys, provisionChain } from '@ledgerline/es-core/adapter';
import { type Personal, PersonalData, SubjectKeys } from '@ledgerline/es-core/privacy';
import { memoryKeyStore, memoryLog, memoryStreamIndex, testPlatform } from '@ledgerline/es-testing';
import { nodeCryptography as cryptography } from '../node-cryptography.js';

interface NoteBook {
  readonly notes: readonly Personal<string>[];
}
interface Text {
  readonly text?: Personal<string>;
}

const anything = <T>(): Schema<T> => ({
  '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value: value as T }) },
});
const book = defineAggregate({
  category: 'book',
  events: defineEvents('books', { Noted: anything<Text>() }),
  commands: { Note: anything<Text & { readonly who: string }>() },
  initialState: { notes: [] } as NoteBook,
  decide: { Note: (_, { text }) => accept({ type: 'Noted', data: text === undefined ? {} : { text } }) },
  evolve: { Noted: ({ notes }, { data: { text } }) => ({ notes: text === undefined ? notes : [...notes, text] }) },
  personal: { Note: ({ who, text }) => (text ? who : undefined) },
});

const AT = '2026-01-01T00:00:00.000Z';
const platform = testPlatform({ seed: 1, startAt: AT });
const masterKeys = (...keys: readonly string[]): MasterKeys =>
  MasterKeys.parse(keys.join('\n'), { source: 'MASTER_KEY', cryptography, platform });

describe('personal data', () => {
  const first = cryptography.newKey();
  let store: KeyStore;
  let unreadable: number;
  const keysWith = (...keys: readonly string[]): SubjectKeys =>
    new SubjectKeys({ store, cryptography, platform, masterKeys: keys.length > 0 ? masterKeys(...keys) : undefined });
  const dataWith = (keys: SubjectKeys): PersonalData =>
    new PersonalData({ keys, cryptography, platform, onUnreadable: (fields) => (unreadable += fields) });
  const command = { type: 'Note', who: 'ada', text: { unsealed: 'Ada Lovelace "\\ é' }, tags: [{ unsealed: [1, 2] }] };

  beforeEach(() => {
    store = memoryKeyStore();
    unreadable = 0;
  });

  it('is read again as it was, whatever it was', async () => {
    const data = dataWith(keysWith(first));
    const { command: sealed } = await data.seal('ada', command);
    expect(JSON.stringify(sealed)).not.toContain('Lovelace');
    expect(await data.open(sealed)).toEqual({ ...command, text: 'Ada Lovelace "\\ é', tags: [[1, 2]] });
  });

  it('has no two fields with the same bytes, and one fingerprint for each command', async () => {
    const data = dataWith(keysWith(first));
    const [a, b] = [await data.seal('ada', command), await data.seal('ada', command)];
    expect(a.command).not.toEqual(b.command);
    expect(a.fingerprint).toBe(b.fingerprint);
    const other = await data.seal('ada', { ...command, text: { unsealed: 'Ada' } });
    expect(other.fingerprint).not.toBe(a.fingerprint);
    // The same text of somebody else says nothing about theirs.
    const [, ofAda] = a.fingerprint.split('.');
    const [, ofBob] = (await data.seal('bob', command)).fingerprint.split('.');
    expect(ofAda).not.toBe(ofBob);
  });

  it('has the fingerprint that logs hold, also where it is in a list', async () => {
    const key = 'A'.repeat(43);
    const keys = new SubjectKeys({
      ...{ store, platform, masterKeys: masterKeys(first) },
      cryptography: { ...cryptography, newKey: () => key },
    });
    const guests = [{ unsealed: 'Ann' }, 'nobody', [{ unsealed: 'Bob' }]];
    const { fingerprint } = await dataWith(keys).seal('ada', { type: 'Invite', guests, contact: { unsealed: 'Cy' } });
    expect(fingerprint).toBe('JZ16iJM-N1FNMkoGnvVObs.CZuT85tnIr0KqusFjaWfWQ');
    const invited = { type: 'Invite', guests: [undefined, { unsealed: 'Ann' }] };
    await expect(dataWith(keys).seal('ada', invited)).rejects.toThrow('content.guests[0] is undefined');
  });

  it('reads as forgotten once the subject was, and nobody else does', async () => {
    const keys = keysWith(first);
    const data = dataWith(keys);
    const [ada, bob] = [await data.seal('ada', command), await data.seal('bob', command)];
    await keys.forget('ada', AT);
    expect(await data.open([ada.command, bob.command])).toEqual([
      { ...command, text: '[forgotten]', tags: ['[forgotten]'] },
      { ...command, text: 'Ada Lovelace "\\ é', tags: [[1, 2]] },
    ]);
    expect(unreadable).toBe(0);
  });

  it('is not read for more than a second after another process destroyed the key', async () => {
    const data = dataWith(keysWith(first));
    const { command: sealed } = await data.seal('ada', { text: { unsealed: 'Ada' } });
    expect(await data.open(sealed)).toEqual({ text: 'Ada' });
    await keysWith(first).forget('ada', AT);
    platform.moveClock(1_000);
    expect(await data.open(sealed)).toEqual({ text: '[forgotten]' });
  });

  it('is not read in the place of somebody else, nor where it was changed', async () => {
    const data = dataWith(keysWith(first));
    const { command: sealed } = await data.seal('ada', { text: { unsealed: 'Ada' }, mail: { unsealed: 'a@b.c' } });
    await data.seal('bob', { text: { unsealed: 'Bob' } });
    const ofBob = JSON.stringify(sealed).replaceAll('1:ada:', '1:bob:');
    expect(JSON.parse(await data.openIn(ofBob))).toEqual({ text: '[unreadable]', mail: '[unreadable]' });
    const renamed = JSON.stringify(sealed).replace(':text:', ':mail:');
    expect(JSON.parse(await data.openIn(renamed))).toEqual({ text: '[unreadable]', mail: 'a@b.c' });
    expect(unreadable).toBe(3);
  });

  it('leaves alone what only looks like a sealed field', async () => {
    const data = dataWith(keysWith(first));
    const text = JSON.stringify({ note: '{"sealed":"1:ada:text:AAAA"}', odd: { sealed: 'nothing of ours' } });
    expect(await data.openIn(text)).toBe(text);
    expect(unreadable).toBe(0);
  });

  it('cannot be kept without a master key, and says which variables give one', async () => {
    await expect(dataWith(keysWith()).seal('ada', command)).rejects.toMatchObject({
      code: 'master-key-missing',
      message: expect.stringContaining('MASTER_KEY_FILE') as string,
    });
    await expect(keysWith().requireMasterKeys()).resolves.toBeUndefined();
  });

  it('keeps a service from starting that has not the master key it is kept with', async () => {
    await dataWith(keysWith(first)).seal('ada', command);
    await expect(keysWith().requireMasterKeys()).rejects.toMatchObject({ code: 'master-key-missing' });
    await expect(keysWith(cryptography.newKey()).requireMasterKeys()).rejects.toMatchObject({
      code: 'master-key-unusable',
      message: expect.stringMatching(/^MASTER_KEY does not hold/) as string,
    });
    await expect(keysWith(cryptography.newKey(), first).requireMasterKeys()).resolves.toBeUndefined();
  });

  it('is read as before when all keys were wrapped with a newer master key, and the old one is gone', async () => {
    const { command: sealed } = await dataWith(keysWith(first)).seal('ada', { text: { unsealed: 'Ada' } });
    await dataWith(keysWith(first)).seal('bob', command);
    await keysWith(first).forget('bob', AT);
    const second = cryptography.newKey();
    expect(await keysWith(second, first).rewrapAll()).toBe(1);
    expect(await keysWith(second, first).rewrapAll()).toBe(0);
    expect(await dataWith(keysWith(second)).open(sealed)).toEqual({ text: 'Ada' });
    expect(await dataWith(keysWith(first)).open(sealed)).toEqual({ text: '[unreadable]' });
  });

  describe('of a command', () => {
    let events: EventStore;
    let books: CommandHandler<typeof book>;
    let keys: SubjectKeys;
    const note = (text: string) => ({ type: 'Note', who: 'ada', text: { unsealed: text } }) as const;
    const stored = (): string => JSON.stringify([...events.read('book-1')]);

    beforeEach(async () => {
      const log = memoryLog({ topic: 'books', partitions: 1 });
      await provisionChain(log, platform);
      const index = memoryStreamIndex();
      events = await EventStore.open({ log, index, platform, source: 'books', onTrouble: () => undefined });
      keys = keysWith(first);
      books = new CommandHandler(book, { store: events, platform, personal: dataWith(keys) });
    });
    afterEach(() => events.close());

    it('is nowhere in what is recorded', async () => {
      await books.handle('1', note('Ada Lovelace'));
      expect(events.version('book-1')).toBe(1);
      expect(stored()).not.toContain('Lovelace');
      expect(await dataWith(keys).open(books.stateOf('1').state)).toEqual({ notes: ['Ada Lovelace'] });
    });

    it('makes a repeat with other personal fields another command', async () => {
      const answer = await books.handle('1', note('Ada'), { commandId: 'c-1' });
      expect(await books.handle('1', note('Ada'), { commandId: 'c-1' })).toMatchObject({
        ...{ repeated: true, version: answer.version },
      });
      await expect(books.handle('1', note('Eve'), { commandId: 'c-1' })).rejects.toMatchObject({
        code: 'idempotency-key-reused',
      });
      await expect(books.handle('1', { type: 'Note', who: 'ada' }, { commandId: 'c-1' })).rejects.toMatchObject({
        code: 'idempotency-key-reused',
      });
    });

    it('is refused once its subject was forgotten; what was recorded before is still answered', async () => {
      await books.handle('1', note('Ada'), { commandId: 'c-1' });
      await keys.forget('ada', AT);
      expect(await books.handle('1', note('Ada'), { commandId: 'c-1' })).toMatchObject({ repeated: true, version: 1 });
      await expect(books.handle('1', note('Ada'), { commandId: 'c-2' })).rejects.toMatchObject({
        code: 'subject-forgotten',
        retriable: false,
      });
      await expect(books.handle('1', { ...note('Ada'), who: 'eve' }, { commandId: 'c-1' })).rejects.toMatchObject({
        code: 'idempotency-key-reused',
      });
      expect(events.version('book-1')).toBe(1);
    });

    it('is overtaken by no later command of its instance', async () => {
      const answers = await Promise.all([
        books.handle('1', note('first')),
        books.handle('1', { type: 'Note', who: 'ada' }),
        books.handle('1', note('third')),
      ]);
      expect(answers.map(({ version }) => version)).toEqual([1, 2, 3]);
    });
  });
});

describe('master keys', () => {
  const parse = (text: string): MasterKeys =>
    MasterKeys.parse(text, { source: 'MASTER_KEY_FILE', cryptography, platform });
  const key = cryptography.newKey();

  it('are taken as base64 with and without padding, and as base64url', () => {
    const padded = `${key.replaceAll('-', '+').replaceAll('_', '/')}=`;
    expect(parse(padded).newestId).toBe(parse(key).newestId);
    expect(parse(`# made today\n\n ${padded} \n${cryptography.newKey()}\n`).newestId).toBe(parse(key).newestId);
  });

  it.each([
    ['nothing', ''],
    ['only a comment', '# none'],
    ['31 bytes', Buffer.alloc(31).toString('base64')],
    ['33 bytes', Buffer.alloc(33).toString('base64')],
    ['words', 'correct horse battery staple'],
    ['one that is no key beside one that is', `${cryptography.newKey()}\nsecret`],
  ])('are refused where there is %s, without repeating it', (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'master-key-unusable' }) as Error);
    expect(() => parse(text)).toThrow(/^MASTER_KEY_FILE .*32 bytes/);
    expect(() => parse(text)).not.toThrow(/secret|horse/);
  });
});
