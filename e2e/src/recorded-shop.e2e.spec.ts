import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@ledgerline/es-testing';
import { type Answer, ask, type Body, es, esJson, isForeign, jsonOf, Shop } from './index.js';

/** One request or command line of a session that `scripts/record-shop.mjs` recorded, with what was answered then. */
interface Asked {
  readonly get?: string;
  readonly post?: string;
  readonly es?: readonly string[];
  readonly body?: Body;
  /** Lines of commands. */
  readonly text?: string;
  readonly key?: string;
  readonly answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly text: string;
    readonly code?: number;
  };
}

const RECORDINGS = fileURLToPath(new URL('../../samples/recordings', import.meta.url));
const WITHIN_MS = 120_000;
const PATIENCE = { everyMs: 50 };

/** A release may have other code for its read models, which are made anew then. */
const OF_THE_CODE = new Set(['revision', 'liveRevision', 'generations']);
const ofThePast = (text: string): unknown =>
  JSON.parse(text, (name, value: unknown) => (OF_THE_CODE.has(name) ? undefined : value)) as unknown;

const linesOf = (text: string): readonly unknown[] =>
  text.split('\n').flatMap((line) => (line ? [JSON.parse(line) as unknown] : []));

// Services that are not ours have a data directory of their own.
(isForeign ? describe.skip : describe).each(['2026-11-28-shop', '2026-11-29-shop'])(
  'what a shop stored: %s',
  (name) => {
    let shop: Shop;
    let stored: string;
    const session = JSON.parse(readFileSync(join(RECORDINGS, name, 'session.json'), 'utf8')) as readonly Asked[];
    const commands = session.filter(({ post }) => post !== undefined);
    const printed = session.filter((one) => one.es !== undefined);
    const reads = session.filter(({ get }) => get !== undefined);

    beforeAll(async () => {
      stored = await mkdtemp(join(tmpdir(), 'ledgerline-recorded-'));
      execFileSync('tar', ['-xzf', join(RECORDINGS, name, 'stored.tar.gz'), '-C', stored]);
      const asThen = { PAYMENT_EXPIRES_AFTER_S: '3' };
      shop = await Shop.open({ ...asThen, KAFKA_BROKERS: '', MONGODB_URI: '' }, join(stored, 'data'));
    }, WITHIN_MS);
    afterAll(async () => {
      await shop?.close();
      await rm(stored, { recursive: true });
    });

    const printsAsThen = async ({ es: args = [], answer }: Asked): Promise<void> => {
      const { code, stdout } = await es(shop.env, ...args, '--json');
      expect([args, code, jsonOf(stdout)]).toMatchObject([args, answer.code, ofThePast(answer.text)]);
    };
    const again = ({ get, post, key, ...content }: Asked): Promise<Answer> => {
      const [service = '', ...path] = (get ?? post ?? '').split('/');
      const url = { 'order-service': shop.orders, 'payment-service': shop.payments }[service] ?? shop.projections;
      const headers = {
        'x-actor': 'ann',
        ...(content.text !== undefined && { 'content-type': 'application/x-ndjson' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      };
      return ask(`${get === undefined ? 'POST' : 'GET'} ${url}/${path.join('/')}`, { ...content, headers });
    };

    it(
      'is read as it was then: states of now and then, events, documents, what is sealed and what is forgotten',
      async () => {
        for (const read of reads) {
          const { status, text } = await again(read);
          const answered = JSON.parse(read.answer.text) as object;
          expect([read.get, status, JSON.parse(text)]).toMatchObject([read.get, 200, answered]);
        }
        await Promise.all(printed.map(printsAsThen));
      },
      WITHIN_MS,
    );

    it('answers every command that is repeated as it did then', async () => {
      for (const command of commands) {
        const { status, header, text } = await again(command);
        const { answer } = command;
        const answered = linesOf(answer.text.replaceAll('"status":"accepted"', '"status":"repeated"'));
        expect([command.post, status, linesOf(text)]).toEqual([command.post, answer.status, answered]);
        for (const [one, value] of Object.entries(answer.headers)) expect([one, header(one)]).toEqual([one, value]);
      }
    });

    it('is gone on from', async () => {
      const item = { sku: '22752', quantity: 1, unitPrice: { amount: '7.65', currency: 'GBP' } };
      const long = await ask(`POST ${shop.orders}/carts/long/items`, { body: item });
      expect([long.status, long.body]).toMatchObject([200, { version: 121 }]);
      const goods = {
        orderId: 'returned',
        returnId: 'more',
        customerId: 'ada',
        lines: [{ ...item, sku: '85123A', unitPrice: { amount: '2.55', currency: 'GBP' } }],
      };
      expect((await ask(`POST ${shop.orders}/returns`, { body: goods })).status).toBe(201);
      await eventually(async () => {
        const { body } = await ask(`GET ${shop.projections}/orders/returned`);
        expect(body).toMatchObject({ payment: { refunded: { amount: '5.10', currency: 'GBP' } } });
      }, PATIENCE);
    });

    it('holds, as its seal and its backup do, which goes on too', async () => {
      const [backup, seals, key] = ['backup', 'seals', 'seal.pem.pub'].map((one) => join(stored, one));
      await esJson(shop.env, 'verify');
      await esJson(shop.env, 'verify-seal', `${seals}`, '--key', `${key}`);
      await esJson(shop.env, 'verify-backup', `${backup}`);
      expect((await esJson(shop.env, 'backup', `${backup}`))['added']).toBeGreaterThan(0);
      expect(await esJson(shop.env, 'verify-backup', `${backup}`)).toMatchObject({ ok: true, problems: [] });
    });

    it('says the same without an index', async () => {
      await shop.end();
      await rm(join(shop.dataDirectory, 'index'), { recursive: true });
      await shop.start();
      for (const command of commands) expect((await again(command)).status).toBe(command.answer.status);
      expect((await ask(`GET ${shop.orders}/carts/long`)).body).toMatchObject({
        lines: [{ quantity: 720 }, { quantity: 1 }],
      });
    });
  },
);
