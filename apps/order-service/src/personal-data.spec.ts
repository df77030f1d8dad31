import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@ledgerline/es-testing';
import { subjectEvents } from '@ledgerline/events';
import { RunningOrderService } from './fixtures/running-order-service.js';

const ADA = {
  name: 'Ada Unmistakable',
  email: 'ada@unmistakable.example',
  address: ['12 St James Unmistakable', 'London'],
};
const ITEM = { sku: 'A', quantity: 1, unitPrice: { amount: '1.00', currency: 'GBP' } };
const FORGOTTEN = { name: '[forgotten]', email: '[forgotten]', address: '[forgotten]' };

/** Every file under the directory that holds the text, in whatever encoding of the time. */
const filesWith = (directory: string, text: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(directory, name);
    return statSync(path).isFile() && readFileSync(path).includes(text);
  });

describe('personal data in the order service', () => {
  let shop: RunningOrderService;

  beforeEach(async () => {
    shop = new RunningOrderService();
    await shop.start();
  });
  afterEach(() => shop.end());

  const order = (orderId: string, more: object = {}, key = `key-${orderId}`) =>
    shop.send(
      'POST',
      '/orders',
      { orderId, cartId: `of-${orderId}`, customerId: 'ada', ...more },
      {
        'Idempotency-Key': key,
      },
    );
  const place = async (orderId: string, more: object = {}) => {
    await shop.send('POST', `/carts/of-${orderId}/items`, ITEM);
    return order(orderId, more);
  };
  const forget = (subject: string, body: object = {}, actor = 'officer') =>
    shop.send('POST', `/subjects/${subject}/forget`, body, { 'X-Actor': actor });
  const contactOf = async (path: string) => ((await shop.send('GET', path)).json as { contact?: unknown }).contact;

  it('is answered in plain text, and lies in no file', async () => {
    expect((await place('o-1', { contact: ADA })).status).toBe(201);
    expect(await contactOf('/orders/o-1')).toEqual(ADA);
    expect(await contactOf('/carts/of-o-1')).toEqual(ADA);
    const trail = await shop.send('GET', '/streams/order-o-1/events');
    expect(trail.text).toContain('Unmistakable');
    const raw = await shop.send('GET', '/streams/order-o-1/events?raw=true');
    expect(raw.text).not.toContain('Unmistakable');
    await shop.restart();
    expect(await contactOf('/orders/o-1')).toEqual(ADA);
    expect(filesWith(shop.directory, 'Unmistakable')).toEqual([]);
    // The search itself finds what is there.
    expect(filesWith(shop.directory, '"sealed":"1:ada:contact.email:').length).toBeGreaterThan(0);
  });

  it('is the same wish when it is sent again, and another one when it differs', async () => {
    const first = await place('o-1', { contact: ADA });
    expect((await order('o-1', { contact: ADA })).json).toEqual(first.json);
    expect(await order('o-1', { contact: { ...ADA, name: 'Eve' } })).toMatchObject({
      status: 422,
      json: { code: 'idempotency-key-reused' },
    });
    await shop.restart();
    expect((await order('o-1', { contact: ADA })).json).toEqual(first.json);
  });

  it('is refused with the field and the rule, without repeating it', async () => {
    const answer = await place('o-1', { contact: { name: 'Ada', email: 'no-address', address: [] } });
    expect(answer).toMatchObject({ status: 400, json: { code: 'validation-failed' } });
    expect(answer.json).toMatchObject({
      errors: [
        { field: 'contact.email', rule: expect.stringContaining('e-mail') as string },
        { field: 'contact.address', rule: expect.stringContaining('1 to 10 lines') as string },
      ],
    });
    expect(answer.text).not.toContain('no-address');
  });

  it('is forgotten everywhere at once, for ever, and who wanted it is recorded', async () => {
    await place('o-1', { contact: ADA });
    await place('o-2', { contact: ADA, customerId: 'bob' });
    const done = await forget('ada', { reason: 'asked by letter 17' });
    expect(done).toMatchObject({ status: 200, json: { id: 'ada', version: 1 } });
    for (const path of ['/orders/o-1', '/carts/of-o-1', '/orders/o-1?version=1'])
      expect(await contactOf(path)).toEqual(FORGOTTEN);
    expect(await contactOf('/orders/o-2')).toEqual(ADA);
    const { json } = await shop.send('GET', '/streams/subject-ada/events');
    expect(json).toMatchObject({
      items: [{ actor: 'officer', data: { subject: 'ada', reason: 'asked by letter 17' } }],
    });
    expect((await shop.send('GET', '/subjects/ada')).json).toMatchObject({ status: 'forgotten' });
    await shop.restart();
    expect(await contactOf('/orders/o-1')).toEqual(FORGOTTEN);
  });

  it('is forgotten once, however often that is asked for', async () => {
    await place('o-1', { contact: ADA });
    const first = await forget('ada', { reason: 'first' });
    expect((await forget('ada', { reason: 'second' }, 'somebody else')).json).toEqual(first.json);
  });

  it('of nobody can be forgotten', async () => {
    await place('o-1');
    expect(await forget('ada')).toMatchObject({ status: 404, json: { code: 'subject-not-found' } });
    expect(await forget('not an id')).toMatchObject({ status: 400 });
    expect(await forget('ada', { reason: '' })).toMatchObject({ status: 400 });
  });

  it('is not taken any more of who was forgotten; an order without it is, and what was answered before', async () => {
    const first = await place('o-1', { contact: ADA });
    await forget('ada');
    expect(await place('o-2', { contact: ADA })).toMatchObject({
      status: 409,
      json: { code: 'subject-forgotten', retriable: false },
    });
    expect((await order('o-2', {}, 'another-key')).status).toBe(201);
    expect((await order('o-1', { contact: ADA })).json).toEqual(first.json);
  });

  it('keeps its place among the commands of a cart', async () => {
    const line = (id: string, type: string, data: object) => JSON.stringify({ id, type, stream: 'cart-c', data });
    const lines = [
      line('1', 'AddItemToCart', ITEM),
      line('2', 'CheckOutCart', { orderId: 'o-1', customerId: 'ada', contact: ADA }),
      line('3', 'AddItemToCart', ITEM),
    ];
    const headers = { 'content-type': 'application/x-ndjson' };
    const { text } = await shop.send('POST', '/commands', lines.join('\n'), headers);
    const statuses = text
      .trim()
      .split('\n')
      .map((verdict) => JSON.parse(verdict) as { code?: string; status: string });
    expect(statuses).toMatchObject([{ status: 'accepted' }, { status: 'accepted' }, { code: 'cart-checked-out' }]);
    await eventually(async () => expect(await contactOf('/orders/o-1')).toEqual(ADA));
  });

  it('is forgotten also where the process died when that was recorded and not yet done', async () => {
    await place('o-1', { contact: ADA });
    await shop.whileDown((store) => {
      const data = { subject: 'ada', forgottenAt: '2026-01-01T00:00:00.000Z' };
      return store.append('subject-ada', 0, [subjectEvents.catalogue.encode({ type: 'PersonalDataForgotten', data })]);
    });
    await eventually(async () => expect(await contactOf('/orders/o-1')).toEqual(FORGOTTEN));
    expect((await forget('ada')).json).toMatchObject({ version: 1 });
  });

  it('stays forgotten where a backup of the keys is brought back', async () => {
    await place('o-1', { contact: ADA });
    await shop.restart();
    const [keys, backup] = [join(shop.directory, 'keys'), join(shop.directory, 'backup-of-keys')];
    await shop.whileDown(() => Promise.resolve(cpSync(keys, backup, { recursive: true })));
    await forget('ada');
    await shop.whileDown(() => {
      rmSync(keys, { recursive: true });
      cpSync(backup, keys, { recursive: true });
      return Promise.resolve();
    });
    await eventually(async () => expect(await contactOf('/orders/o-1')).toEqual(FORGOTTEN));
  });
});

describe('the master key', () => {
  let shop: RunningOrderService | undefined;
  const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');
  afterEach(() => shop?.end());

  it('is generated for its user alone where everything is embedded, and is missed when it is gone', async () => {
    shop = new RunningOrderService();
    await shop.start();
    const path = join(shop.directory, 'master.key');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await shop.send('POST', '/carts/c/items', ITEM);
    await shop.send('POST', '/orders', { cartId: 'c', customerId: 'ada', contact: ADA });
    const text = readFileSync(path, 'utf8');
    rmSync(path);
    await expect(shop.restart()).rejects.toMatchObject({
      code: 'master-key-missing',
      message: expect.stringContaining('set MASTER_KEY or MASTER_KEY_FILE') as string,
    });
    writeFileSync(path, `${key(1)}\n`);
    await expect(shop.restart()).rejects.toMatchObject({ code: 'master-key-unusable' });
    // Changing it: the newest on top, and the old one until all keys are wrapped anew.
    writeFileSync(path, `${key(1)}\n${text}`);
    await shop.restart();
    expect((await shop.send('POST', '/personal-keys/rewrap')).json).toEqual({ rewrapped: 1 });
    expect((await shop.send('POST', '/personal-keys/rewrap')).json).toEqual({ rewrapped: 0 });
    writeFileSync(path, `${key(1)}\n`);
    await shop.restart();
    const { json } = await shop.send('GET', '/carts/c');
    expect(json).toMatchObject({ contact: ADA });
  });

  it.each([
    ['MASTER_KEY', { MASTER_KEY: 'too short' }],
    ['MASTER_KEY_FILE', { MASTER_KEY_FILE: '/nowhere/master.key' }],
    ['MASTER_KEY', { MASTER_KEY: key(1), MASTER_KEY_FILE: '/nowhere/master.key' }],
  ])('that is unusable ends the start, naming %s', async (variable, settings) => {
    shop = new RunningOrderService(settings);
    await expect(shop.start()).rejects.toMatchObject({
      code: 'master-key-unusable',
      message: expect.stringMatching(new RegExp(`^${variable} `)) as string,
    });
  });
});
