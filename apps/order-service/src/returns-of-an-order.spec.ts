import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandHandler, type EventStore, type Platform } from '@ledgerline/es-core';
import { eventually } from '@ledgerline/es-testing';
import type { Answer } from '@ledgerline/es-testing';
import { RunningOrderService } from './fixtures/running-order-service.js';
import { order } from './order/order.aggregate.js';

const unitPrice = { amount: '2.55', currency: 'GBP' };
const item = { sku: '85123A', quantity: 6, unitPrice };
const customerId = '17850';
const goods = (quantity: number, more: object = {}) => ({
  ...{ customerId, lines: [{ ...item, quantity }] },
  ...more,
});

describe('the returns of an order', () => {
  const service = new RunningOrderService();
  const { send } = service;

  beforeAll(() => service.start());
  afterAll(() => service.end());

  /** Orders of 15.30 each, paid. */
  const paid = async (...ids: readonly string[]): Promise<void> => {
    for (const id of ids) {
      await send('POST', `/carts/${id}/items`, item);
      await send('POST', '/orders', { cartId: id, orderId: id, customerId });
      const amount = { amount: '15.30', currency: 'GBP' };
      await service.record(id, {
        type: 'PaymentProcessed',
        data: { orderId: id, attempt: 1, amount, reference: 'r' },
      });
    }
    for (const id of ids)
      await eventually(async () => expect((await send('GET', `/orders/${id}`)).json['status']).toBe('confirmed'));
  };
  const register = (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
    send('POST', '/returns', body, headers);
  const codes = (answers: readonly Answer[]) => answers.map(({ status, json }) => [status, json['code']]);
  const eventsOf = async (stream: string): Promise<readonly Record<string, unknown>[]> =>
    (JSON.parse((await send('GET', `/streams/${stream}/events`)).text) as { items: Record<string, unknown>[] }).items;
  const typesOf = async (stream: string) => (await eventsOf(stream)).map(({ type }) => type);
  const commands = async (...lines: readonly object[]): Promise<readonly Record<string, unknown>[]> => {
    const body = lines.map((line) => JSON.stringify(line)).join('\n');
    const { text } = await send('POST', '/commands', body, { 'content-type': 'application/x-ndjson' });
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const command = (id: string, returnId: string, data: object) => ({
    ...{ id, type: 'RegisterReturn', stream: `return-${returnId}`, data },
  });

  it('are taken up to its total, together, one after the other and at once', async () => {
    await paid('a', 'b');
    const answers: Answer[] = [];
    for (const quantity of [2, 5, 3, 1, 1]) answers.push(await register(goods(quantity, { orderId: 'a' })));
    expect(codes(answers)).toEqual([
      [201, undefined],
      [409, 'return-exceeds-order'],
      [201, undefined],
      [201, undefined],
      [409, 'return-exceeds-order'],
    ]);
    const atOnce = await Promise.all(Array.from({ length: 8 }, () => register(goods(2, { orderId: 'b' }))));
    expect(atOnce.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(await typesOf('order-b')).toEqual(['OrderCreated', 'OrderConfirmed', ...Array(3).fill('ReturnAccepted')]);
  });

  it('answer with their own id, version and position, and are recorded as the person’s own', async () => {
    await paid('c');
    const headers = { 'Idempotency-Key': 'key-c', 'X-Actor': 'ann', 'X-Correlation-Id': 'conversation-c' };
    const answer = await register(goods(2, { orderId: 'c', returnId: 'rc' }), headers);
    expect([answer.status, answer.headers.get('etag'), answer.headers.get('location'), answer.json]).toEqual([
      ...[201, '"1"', '/returns/rc'],
      { id: 'rc', version: 1, position: answer.headers.get('x-position') },
    ]);
    const [accepted, registered] = [(await eventsOf('order-c'))[2], (await eventsOf('return-rc'))[0]];
    expect(accepted).toMatchObject({ commandId: 'key-c@return-rc', actor: 'ann', correlationId: 'conversation-c' });
    expect(registered).toMatchObject({
      ...{ type: 'ReturnRegistered', commandId: 'key-c', actor: 'ann' },
      ...{ correlationId: 'conversation-c', causationId: 'order-c@3' },
    });
    expect(registered?.['data']).toMatchObject({ returnId: 'rc', orderId: 'c', total: '5.10' });
    expect((await send('GET', '/orders/c')).json).not.toHaveProperty('returns');
  });

  it('are one conversation, also where the person names none', async () => {
    await paid('c2');
    await register(goods(1, { orderId: 'c2', returnId: 'rc2' }), { 'Idempotency-Key': 'key-c2' });
    const [accepted, registered] = [(await eventsOf('order-c2'))[2], (await eventsOf('return-rc2'))[0]];
    expect(accepted).toMatchObject({ correlationId: 'key-c2', causationId: 'key-c2@return-rc2' });
    expect(registered).toMatchObject({ correlationId: 'key-c2', causationId: 'order-c2@3' });
  });

  it('are answered as the first time when they are repeated, whatever became of the order', async () => {
    await paid('d');
    const key = { 'Idempotency-Key': 'key-d' };
    const body = goods(6, { orderId: 'd', returnId: 'rd' });
    const first = await register(body, key);
    expect((await register(body, key)).json).toEqual(first.json);
    const [repeated] = await commands(command('key-d', 'rd', goods(6, { orderId: 'd' })));
    expect(repeated).toMatchObject({ status: 'repeated', version: 1, position: first.json['position'] });
    await send('POST', '/orders/d/cancel', { reason: 'x' });
    const again = await register(body, key);
    expect([again.status, again.json]).toEqual([201, first.json]);
    expect(await typesOf('order-d')).toEqual(['OrderCreated', 'OrderConfirmed', 'ReturnAccepted', 'OrderCancelled']);
  });

  it('refuse a key that was used for other goods, and an id that is taken', async () => {
    await paid('e', 'e2');
    const key = { 'Idempotency-Key': 'key-e' };
    await register(goods(1, { orderId: 'e', returnId: 're' }), key);
    const others = [
      register(goods(2, { orderId: 'e', returnId: 're' }), key),
      register(goods(1, { orderId: 'e2', returnId: 're' }), key),
      register(goods(1, { returnId: 're' }), key),
      register(goods(1, { orderId: 'e', returnId: 're' })),
      register(goods(1, { orderId: 'e2', returnId: 're' }), { 'Idempotency-Key': 'other' }),
    ];
    expect(codes(await Promise.all(others))).toEqual([
      ...Array<unknown>(3).fill([422, 'idempotency-key-reused']),
      ...Array<unknown>(2).fill([409, 'return-exists']),
    ]);
    expect(await typesOf('order-e2')).toEqual(['OrderCreated', 'OrderConfirmed']);
  });

  it('are made on the version of the return that was seen', async () => {
    await paid('f');
    const body = goods(1, { orderId: 'f', returnId: 'rf' });
    const answers = [];
    for (const seen of ['"1"', '"0"', '"0"']) answers.push(await register(body, { 'If-Match': seen }));
    expect(codes(answers)).toEqual([
      [412, 'wrong-expected-version'],
      [201, undefined],
      [412, 'wrong-expected-version'],
    ]);
    expect((await typesOf('order-f')).filter((type) => type === 'ReturnAccepted')).toHaveLength(1);
  });

  it('keep the order of the lines of POST /commands, whether they name an order or not', async () => {
    await paid('g', 'g2');
    const verdicts = await commands(
      command('g1', 'rg', goods(1, { orderId: 'g' })),
      command('g2', 'rg', goods(1)),
      command('g3', 'rg', goods(1, { orderId: 'g2' })),
      command('g1', 'rg', goods(1, { orderId: 'g' })),
      command('g4', 'rg4', goods(6, { orderId: 'g' })),
      command('g5', 'rg5', goods(5, { orderId: 'g' })),
    );
    expect(verdicts.map(({ id, status, code, version }) => [id, status, code, version])).toEqual([
      ['g1', 'accepted', undefined, 1],
      ['g2', 'rejected', 'return-exists', 1],
      ['g3', 'rejected', 'return-exists', 1],
      ['g1', 'repeated', undefined, 1],
      ['g4', 'rejected', 'return-exceeds-order', 0],
      ['g5', 'accepted', undefined, 1],
    ]);
    expect(await typesOf('order-g2')).toEqual(['OrderCreated', 'OrderConfirmed']);
    const ofTheProcess = await commands(
      ...['AcceptReturn', 'ReleaseReturn'].map((type) => ({ id: type, type, stream: 'order-g', data: {} })),
    );
    expect(ofTheProcess.map(({ code }) => code)).toEqual(['command-not-public', 'command-not-public']);
  });

  describe('of which the service knew no more than the acceptance when it ended', () => {
    /** What is in the log when the service is killed between the two commands of `POST /returns`. */
    const acceptedOnly =
      (orderId: string, returnId: string, commandId: string) =>
      async (store: EventStore, platform: Platform): Promise<void> => {
        const orders = new CommandHandler(order, { store, platform });
        const lines = [{ ...item, quantity: 2 }];
        const goods = { commandId, returnId, orderId, customerId, country: 'Unspecified', lines };
        const metadata = { correlationId: commandId, actor: 'ann', commandId: `${commandId}@return-${returnId}` };
        const answer = await orders.send(orderId, { type: 'AcceptReturn', ...goods }, metadata);
        expect(answer.status).toBe('accepted');
      };

    it('are registered after the restart, as the request would have', async () => {
      await paid('h');
      await service.whileDown(acceptedOnly('h', 'rh', 'key-h'));
      await eventually(async () => expect(await typesOf('return-rh')).toEqual(['ReturnRegistered']));
      const repeat = await register(goods(2, { orderId: 'h', returnId: 'rh' }), { 'Idempotency-Key': 'key-h' });
      expect([repeat.status, repeat.json['version']]).toEqual([201, 1]);
      expect(await eventsOf('return-rh')).toMatchObject([{ commandId: 'key-h', actor: 'ann', data: { orderId: 'h' } }]);
      expect(await typesOf('order-h')).toEqual(['OrderCreated', 'OrderConfirmed', 'ReturnAccepted']);
    });

    it.each([
      ['under ids of their own', 'i', ['key-i1', 'key-i2'], 'return-exists'],
      ['under one id', 'j', ['key-j', 'key-j'], 'idempotency-key-reused'],
    ] as const)('and another order’s of the same id: one is registered, the other released, %s', async (...given) => {
      const [, name, keys, reason] = given;
      const orders = [`${name}1`, `${name}2`] as const;
      await paid(...orders);
      await service.whileDown(async (store, platform) => {
        for (const [n, order] of orders.entries())
          await acceptedOnly(order, `r${name}`, keys[n] ?? '')(store, platform);
      });
      const [registered] = await eventually(async () => {
        const events = await eventsOf(`return-r${name}`);
        expect(events).toHaveLength(1);
        return events as unknown as readonly [{ data: { orderId: string } }];
      });
      const [loser = ''] = orders.filter((order) => order !== registered.data.orderId);
      await eventually(async () =>
        expect(await typesOf(`order-${loser}`)).toEqual([
          ...['OrderCreated', 'OrderConfirmed', 'ReturnAccepted', 'ReturnReleased'],
        ]),
      );
      expect((await eventsOf(`order-${loser}`))[3]).toMatchObject({
        ...{ data: { returnId: `r${name}`, reason }, actor: 'system:order-process' },
        ...{ causationId: `order-${loser}@3` },
      });
      expect(await typesOf(`order-${registered.data.orderId}`)).not.toContain('ReturnReleased');
      expect((await register(goods(6, { orderId: loser }))).status).toBe(201);
    });
  });
});
