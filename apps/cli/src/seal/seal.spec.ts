import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { EmbeddedShop } from '../fixtures/embedded-shop.js';
import { esProgram } from '../program.js';
import type { Result } from '../terminal/print.js';
import type { Seal } from './seal.js';

interface SealedAs extends Seal {
  readonly file: string;
}
interface Verdict {
  readonly ok: boolean;
  readonly seals: readonly { readonly sequence: number }[];
  readonly missing: readonly object[];
  readonly partitions: readonly { readonly ordinal: number; readonly heldTo: number }[];
  readonly troubles: readonly { readonly code: string; readonly message: string; readonly ordinal?: number }[];
}

describe('a seal', () => {
  let shop: EmbeddedShop;
  let key: string;
  let seals: string;

  const run = async (...args: readonly string[]): Promise<Result> => {
    let found: Result | undefined;
    const program = esProgram((result) => (found = result));
    program.configureOutput({ writeErr: () => undefined });
    for (const command of program.commands) command.configureOutput({ writeErr: () => undefined });
    await program.parseAsync(args, { from: 'user' });
    if (!found) throw new Error('nothing was found out');
    return found;
  };
  const seal = async (): Promise<SealedAs> => (await run('seal', seals, '--key', key)).json as SealedAs;
  const verify = async (...more: readonly string[]): Promise<Verdict> => {
    const paths = more.some((one) => !one.startsWith('--')) ? more : [seals, ...more];
    const { ok, json } = await run('verify-seal', ...paths, '--key', `${key}.pub`);
    expect(ok).toBe((json as Verdict).ok);
    return json as Verdict;
  };
  /** The orders' ordinals, added up: they lie in one partition or another. */
  const ordinals = ({ partitions }: Verdict): number => partitions.reduce((sum, { ordinal }) => sum + ordinal, 0);
  const edited = async (change: (content: Record<string, unknown>) => object): Promise<string> => {
    const { file } = await seal();
    const content = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    await writeFile(file, JSON.stringify(change(content)));
    return file;
  };

  beforeEach(async () => {
    shop = await EmbeddedShop.open();
    await shop.keep('empty');
    await shop.record(10, 'first');
    seals = shop.path('seals');
    key = shop.path('seal.pem');
    await run('seal', '--new-key', key);
  });
  afterEach(() => shop.close());

  it('says what every partition has come to, and is verified with nothing but the public key', async () => {
    const { file, sequence, logs } = await seal();
    expect([file, sequence]).toEqual([`${seals}/seal-000001.json`, 1]);
    expect(logs.map(({ topic, heads }) => [topic, heads.length])).toEqual([
      ['orders.events', 4],
      ['payments.events', 4],
    ]);
    await rm(key);
    const verdict = await verify();
    expect(verdict).toMatchObject({ ok: true, missing: [], troubles: [], seals: [{ sequence: 1 }] });
    expect([ordinals(verdict), verdict.partitions.every(({ ordinal, heldTo }) => heldTo === ordinal)]).toEqual([
      18,
      true,
    ]);
    // Without a log, as somebody else has only the seals.
    await rm(shop.path('data'), { recursive: true });
    expect(await verify('--no-log')).toMatchObject({ ok: true, partitions: [] });
  });

  it('is followed by others, from which on less is read, and holds while the log grows', async () => {
    const first = await seal();
    await shop.record(5, 'second');
    const second = await seal();
    await shop.record(5, 'third');
    expect([first.sequence, second.sequence]).toEqual([1, 2]);
    const verdict = await verify();
    expect([verdict.ok, ordinals(verdict)]).toEqual([true, 28]);
    const text = await readFile(second.file, 'utf8');
    expect((JSON.parse(text) as Seal).previous).toMatch(/^[\w-]{43}$/);
    expect((await readdir(seals)).sort()).toEqual(['seal-000001.json', 'seal-000002.json']);
  });

  it('proves that the end of the log was lost, also when it has grown again', async () => {
    await shop.keep('early');
    await seal();
    await shop.record(40, 'later');
    await seal();
    await shop.goBackTo('early');
    const lost = await verify();
    expect(lost.troubles.map(({ code }) => code)).toEqual(lost.troubles.map(() => 'lost-tail'));
    expect(lost.troubles[0]?.message).toMatch(
      /^orders\.events\/\d: the log ends at \d+, before the \d+ sealed in .*seal-000002\.json on \S+; it is as it was sealed up to \d+$/,
    );
    await expect(seal()).rejects.toMatchObject({
      code: 'seal-broken',
      message: expect.stringContaining('Nothing was sealed') as string,
    });
    await shop.record(80, 'other');
    const grown = await verify();
    expect(grown.troubles.map(({ code }) => code)).toEqual(lost.troubles.map(() => 'rewritten'));
    expect(grown.troubles[0]?.message).toMatch(/another record at ordinal \d+ than the one sealed in .*seal-000002/);
    await expect(seal()).rejects.toMatchObject({ code: 'seal-broken' });
    expect(await readdir(seals)).toHaveLength(2);
  });

  it('proves that the whole log was rewritten, however right its hashes are', async () => {
    await shop.record(40, 'more');
    await seal();
    await shop.rewrite((envelope) => ({ ...envelope, actor: 'somebody else' }));
    const chain = await run('verify', '--no-read-models');
    expect(chain.ok).toBe(true);
    const { ok, troubles, partitions } = await verify();
    expect([ok, troubles.map(({ code }) => code)]).toEqual([
      false,
      ['rewritten', 'rewritten', 'rewritten', 'rewritten'],
    ]);
    expect(partitions.slice(0, 4).map(({ heldTo }) => heldTo)).toEqual([0, 0, 0, 0]);
    await shop.goBackTo('empty');
    expect((await verify()).troubles.map(({ code }) => code)).toContain('lost-tail');
  });

  it('shows where nothing counts any more behind a record that was edited', async () => {
    await shop.record(40, 'more');
    await seal();
    await shop.rewrite((one) => (one.key === 'order-more-20' ? { ...one, actor: 'somebody else' } : one), 'kept');
    expect((await run('verify', '--no-read-models')).ok).toBe(false);
    expect((await verify()).troubles).toMatchObject([{ code: 'lost-tail', topic: 'orders.events' }]);
  });

  it('is about one log, and says so of another', async () => {
    await seal();
    const other = await EmbeddedShop.open();
    try {
      await other.record(20, 'x');
      const { troubles } = await verify();
      expect(troubles.map(({ code }) => code)).toEqual(['foreign-log', 'foreign-log']);
      expect(troubles[0]?.message).toMatch(/seal-000001\.json is about another log: this orders\.events is log/);
      await expect(seal()).rejects.toMatchObject({ code: 'seal-broken' });
    } finally {
      await other.close();
    }
  });

  it.each<[string, (content: Record<string, unknown>) => object, string]>([
    [
      'an ordinal',
      ({ logs, ...rest }) => ({
        ...rest,
        logs: JSON.parse(JSON.stringify(logs).replace(/"ordinal":\d+/, '"ordinal":1')) as object,
      }),
      'seal-edited',
    ],
    ['the time', (content) => ({ ...content, sealedAt: '2020-01-01T00:00:00.000Z' }), 'seal-edited'],
    ['the signature', (content) => ({ ...content, signature: 'AAAA' }), 'seal-edited'],
    ['a field more', (content) => ({ ...content, note: 'x' }), 'seal-edited'],
    ['a field less', ({ previous: _previous, ...content }) => content, 'seal-edited'],
    ['the key', (content) => ({ ...content, keyId: 'x' }), 'seal-wrong-key'],
    ['a newer format', (content) => ({ ...content, format: 'ledgerline-seal/2' }), 'seal-newer'],
    ['no format', () => ({ hello: 'world' }), 'seal-unreadable'],
    ['no object', () => [], 'seal-unreadable'],
  ])('that was edited is found, and named: %s', async (_what, change, code) => {
    const file = await edited(change);
    const { ok, troubles, seals: good } = await verify();
    expect([ok, good]).toEqual([false, []]);
    expect(troubles).toEqual([{ code, file, message: expect.stringContaining(file) as string }]);
  });

  it('is the same however its file is laid out', async () => {
    await edited((content) => Object.fromEntries(Object.entries(content).reverse()));
    expect(await verify()).toMatchObject({ ok: true });
  });

  it('that is no JSON, or not there, is one clear error beside the others', async () => {
    const { file } = await seal();
    await writeFile(shop.path('torn.json'), (await readFile(file, 'utf8')).slice(0, 100));
    const { troubles, seals: good } = await verify(file, shop.path('torn.json'), shop.path('none.json'));
    expect(troubles.map(({ code }) => code)).toEqual(['seal-unreadable', 'seal-unreadable']);
    expect(good).toHaveLength(1);
    await expect(verify(shop.directory)).rejects.toMatchObject({ code: 'seal-unreadable' });
  });

  it('is refused under another key', async () => {
    await seal();
    const other = shop.path('other.pem');
    await run('seal', '--new-key', other);
    const { json } = await run('verify-seal', seals, '--key', `${other}.pub`);
    expect((json as Verdict).troubles).toMatchObject([{ code: 'seal-wrong-key' }]);
    await expect(run('seal', seals, '--key', other)).rejects.toMatchObject({ code: 'seal-wrong-key' });
  });

  it('that is not what the others say is found among them', async () => {
    await shop.keep('early');
    await seal();
    await shop.record(20, 'one');
    const second = await seal();
    // Whoever has the key seals another story in another directory.
    await shop.goBackTo('early');
    await shop.record(20, 'two');
    const own = seals;
    seals = shop.path('other-seals');
    await seal();
    await shop.record(20, 'three');
    const forged = await seal();
    const forks = await verify(`${own}/seal-000001.json`, second.file, forged.file);
    expect(forks.troubles.map(({ code }) => code)).toContain('seals-inconsistent');
    await seal();
    const mixed = await verify(second.file, `${seals}/seal-000003.json`, '--no-log');
    expect(mixed.troubles[0]).toMatchObject({
      ...{ code: 'seals-inconsistent' },
      message: expect.stringContaining('follows another seal 2') as string,
    });
    const gap = await verify(`${seals}/seal-000001.json`, `${seals}/seal-000003.json`);
    expect(gap).toMatchObject({ ok: true, missing: [{ from: 2, to: 2 }] });
  });

  it('is written by one of two that seal at the same time', async () => {
    const both = await Promise.allSettled([seal(), seal()]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'seal-taken' } });
    expect(await readdir(seals)).toEqual(['seal-000001.json']);
  });

  it('needs a key that is one, and says what is wrong with it', async () => {
    expect((await stat(key)).mode & 0o777).toBe(0o600);
    await expect(run('seal', '--new-key', key)).rejects.toMatchObject({ code: 'seal-key-exists' });
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    await writeFile(shop.path('rsa.pem'), rsa.export({ type: 'pkcs8', format: 'pem' }));
    await writeFile(shop.path('text.pem'), 'hello');
    for (const wrong of ['rsa.pem', 'text.pem', 'none.pem'])
      await expect(run('seal', seals, '--key', shop.path(wrong))).rejects.toMatchObject({
        code: 'seal-key-unusable',
        message: expect.stringContaining(wrong) as string,
      });
    await seal();
    await expect(run('verify-seal', seals, '--key', key)).rejects.toThrow(/is a private key/);
    await expect(run('seal', seals)).rejects.toThrow(/--key or SEAL_KEY_FILE/);
    await expect(run('seal', '--key', key)).rejects.toThrow(/directory of the seals/);
    await expect(run('seal', seals, '--new-key', key)).rejects.toThrow(/directory of the seals/);
    await expect(run('seal', `${key}/seals`, '--key', key)).rejects.toMatchObject({ code: 'seal-directory-unusable' });
  });
});
