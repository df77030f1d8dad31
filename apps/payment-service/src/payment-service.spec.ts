import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, eventually } from '@ledgerline/es-testing';
import type { OrderCancelled, OrderCreated, ReturnRegistered } from '@ledgerline/events';
import { RunningPaymentService } from './fixtures/running-payment-service.js';

const at = '2010-12-01T08:26:00.000Z';
const line = { lineId: '1', sku: '85123A', quantity: 6, unitPrice: '2.55', amount: '15.30' };
const ordered = (orderId: string) => ({
  ...{ orderId, customerId: '17850', country: 'France', placedAt: at, currency: 'GBP', lines: [line], total: '15.30' },
});
const created = (orderId: string): OrderCreated => ({
  type: 'OrderCreated',
  data: { ...ordered(orderId), cartId: orderId, createdAt: at },
});
const cancelled = (orderId: string, wasConfirmed = false): OrderCancelled => ({
  type: 'OrderCancelled',
  data: { ...ordered(orderId), cancelledAt: at, reason: 'changed my mind', wasConfirmed },
});
const returned = (returnId: string, total: string, orderId?: string): ReturnRegistered => ({
  type: 'ReturnRegistered',
  data: {
    ...{ returnId, customerId: '17850', country: 'France', registeredAt: at, currency: 'GBP', lines: [line], total },
    ...(orderId !== undefined && { orderId }),
  },
});

describe('the payment service', () => {
  const service = new RunningPaymentService();
  const { send } = service;

  beforeAll(() => service.start());
  afterAll(() => service.end());

  const settled = () => eventually(async () => expect(await service.hasReacted()).toBe(true));
  const request = async (orderId: string): Promise<void> => {
    await service.record(`order-${orderId}`, created(orderId));
    await eventually(async () => expect((await send('GET', `/payments/${orderId}`)).status).toBe(200));
  };
  const pay = (orderId: string, method = 'tok_ok', headers: Record<string, string> = {}): Promise<Answer> =>
    send('POST', `/payments/${orderId}/process`, { method }, headers);
  const payment = async (id: string): Promise<Record<string, unknown>> => (await send('GET', `/payments/${id}`)).json;
  const attemptRecorded = (orderId: string) =>
    eventually(async () => expect(await payment(orderId)).toMatchObject({ status: 'processing' }));

  describe('paying', () => {
    it('may be tried again later while the payment was not requested', async () => {
      for (const answer of [await send('GET', '/payments/early'), await pay('early')])
        expect([answer.status, answer.json['code'], answer.json['retriable']]).toEqual([
          409,
          'payment-not-requested',
          true,
        ]);
    });

    it('waits for the gateway and answers with the outcome; a repeat is answered the same and charges once', async () => {
      await request('a');
      const first = await pay('a', 'tok_ok', { 'Idempotency-Key': 'pay-a' });
      expect([first.status, first.headers.get('etag')]).toEqual([200, '"3"']);
      expect(first.json).toMatchObject({
        id: 'a',
        version: 3,
        position: first.headers.get('x-position'),
        status: 'processed',
      });
      await service.record('return-ra', returned('ra', '5.00', 'a'));
      await settled();
      expect((await pay('a', 'tok_ok', { 'Idempotency-Key': 'pay-a' })).json).toEqual(first.json);
      expect(service.ledgerOf('a')).toEqual(['charge tok_ok 15.30', 'refund 5.00']);
    });

    it('answers a declined attempt as an outcome, and allows three', async () => {
      await request('b');
      const outcomes = [
        await pay('b', 'tok_declined'),
        await pay('b', 'no-such-method'),
        await pay('b', 'tok_declined'),
      ];
      expect(outcomes.map(({ status, json }) => [status, json['status']])).toEqual(
        [1, 2, 3].map(() => [200, 'declined']),
      );
      expect((await payment('b'))['attempts']).toMatchObject([
        { reason: 'declined' },
        { reason: 'unknown-method' },
        {},
      ]);
      expect((await pay('b')).json['code']).toBe('payment-declined');
    });

    it('holds up nobody while one customer’s gateway is slow', async () => {
      await request('slow');
      await request('fast');
      const order: string[] = [];
      const slow = pay('slow', 'tok_slow').then(({ json }) => order.push(String(json['id'])));
      await attemptRecorded('slow');
      const inProgress = await pay('slow');
      await pay('fast').then(({ json }) => order.push(String(json['id'])));
      await slow;
      expect(order).toEqual(['fast', 'slow']);
      expect([inProgress.json['code'], inProgress.json['retriable']]).toEqual(['payment-in-progress', true]);
    });

    it('shows a payment as it was', async () => {
      await request('then');
      await pay('then');
      expect((await send('GET', '/payments/then?version=1')).json['status']).toBe('requested');
      expect((await send('GET', '/payments/then?version=9')).json['code']).toBe('version-not-found');
      expect((await send('GET', '/payments/then?at=2001-01-01T00:00:00Z')).json['code']).toBe('payment-not-found');
    });
  });

  describe('an order that is cancelled', () => {
    it('cannot be paid any more', async () => {
      await request('c');
      await service.record('order-c', cancelled('c'));
      await settled();
      expect([(await payment('c'))['status'], (await pay('c')).json['code']]).toEqual([
        'cancelled',
        'payment-cancelled',
      ]);
      expect(service.ledgerOf('c')).toEqual([]);
    });

    it('gets its money back once, however it is learnt of', async () => {
      await request('d');
      await pay('d');
      await service.record('order-d', cancelled('d', true));
      await service.refuseConfirmation('d');
      await settled();
      expect((await payment('d'))['status']).toBe('refunded');
      expect(service.ledgerOf('d')).toEqual(['charge tok_ok 15.30', 'refund 15.30']);
    });

    it('gets its money back when only the refused confirmation tells', async () => {
      await request('e');
      await pay('e');
      await service.refuseConfirmation('e');
      await settled();
      expect(service.ledgerOf('e')).toEqual(['charge tok_ok 15.30', 'refund 15.30']);
    });

    it('gets back what an attempt brings in that was with the gateway', async () => {
      await request('f');
      const paying = pay('f', 'tok_slow');
      await attemptRecorded('f');
      await service.record('order-f', cancelled('f'));
      await paying;
      await service.refuseConfirmation('f');
      await settled();
      expect((await payment('f'))['status']).toBe('cancelled');
      expect(service.ledgerOf('f')).toEqual(['charge tok_slow 15.30', 'refund 15.30']);
    });

    it('is never requested to be paid when it was cancelled at once', async () => {
      await service.record('order-g', created('g'), cancelled('g'));
      await settled();
      expect((await pay('g')).json['code']).toBe('payment-cancelled');
    });
  });

  describe('a return', () => {
    it('is refunded from the payment of its order, never more than was paid', async () => {
      await request('h');
      await pay('h');
      await service.record('return-rh1', returned('rh1', '10.00', 'h'));
      await service.record('return-rh2', returned('rh2', '10.00', 'h'));
      await settled();
      expect(await payment('h')).toMatchObject({ status: 'processed', refunded: { amount: '10.00' } });
      expect(service.ledgerOf('h')).toEqual(['charge tok_ok 15.30', 'refund 10.00']);
    });

    const back = (total: string) => ({ total, products: [{ sku: line.sku, amount: total }] });
    const after = (orderId: string): OrderCancelled => {
      const { data } = cancelled(orderId, true);
      return { type: 'OrderCancelled', data: { ...data, returned: back('5.10') } };
    };

    it('and a cancellation after it give back what was paid, whichever is seen first', async () => {
      for (const id of ['p', 'q']) {
        await request(id);
        await pay(id);
      }
      await service.record('return-rp', returned('rp', '5.10', 'p'));
      await settled();
      await service.record('order-p', after('p'));
      await service.record('order-q', after('q'));
      await settled();
      await service.record('return-rq', returned('rq', '5.10', 'q'));
      await settled();
      expect(service.ledgerOf('p')).toEqual(['charge tok_ok 15.30', 'refund 5.10', 'refund 10.20']);
      expect(service.ledgerOf('q')).toEqual(['charge tok_ok 15.30', 'refund 15.30']);
      for (const id of ['p', 'q'])
        expect(await payment(id)).toMatchObject({ status: 'refunded', refunded: { amount: '15.30' } });
    });

    it('that names no order is refunded under its own id', async () => {
      await service.record('return-rn', returned('rn', '4.20'));
      await eventually(async () => expect((await payment('rn'))['status']).toBe('refunded'));
      await settled();
      expect(service.ledgerOf('rn')).toEqual(['refund 4.20']);
    });
  });

  describe('over restarts', () => {
    it('charges once when the service ends in the middle of a charge, and answers those who wait', async () => {
      await request('i');
      const paying = pay('i', 'tok_slow', { 'Idempotency-Key': 'pay-i' });
      await attemptRecorded('i');
      const stopped = service.stop();
      expect((await paying).status).toBe(202);
      await stopped;
      await service.start();
      await eventually(async () => expect((await payment('i'))['status']).toBe('processed'));
      expect((await pay('i', 'tok_slow', { 'Idempotency-Key': 'pay-i' })).status).toBe(200);
      expect(service.ledgerOf('i')).toEqual(['charge tok_slow 15.30']);
    });

    it('repeats a request under another time to pay as the same command', async () => {
      await request('k');
      const { expiresAt } = await payment('k');
      await service.stop();
      await service.start({ PAYMENT_EXPIRES_AFTER_S: '60' });
      await settled();
      expect((await payment('k'))['expiresAt']).toBe(expiresAt);
    });

    it('expires a payment when its time is over', async () => {
      await service.stop();
      await service.start({ PAYMENT_EXPIRES_AFTER_S: '1' });
      await request('l');
      await eventually(async () => expect((await payment('l'))['status']).toBe('expired'));
      const { items } = (await send('GET', '/streams/payment-l/events')).json as { items: Record<string, unknown>[] };
      const [requested, expired] = items;
      expect(expired).toMatchObject({
        ...{ type: 'PaymentExpired', actor: 'system:payment-expiry', commandId: 'payment-l@1.ExpirePayment' },
        ...{ correlationId: requested?.['correlationId'], causationId: 'payment-l@1' },
      });
    });
  });

  describe('a message that it cannot deal with', () => {
    const parked = async () => (await send('GET', '/parked')).json as { items: Record<string, unknown>[] };
    const degraded = async (): Promise<unknown> => {
      const { status, json } = await send('GET', '/health/ready');
      return [status, (json['details'] as { service: { degraded?: unknown } }).service.degraded];
    };
    const measured = async (): Promise<number> =>
      [...(await send('GET', '/metrics')).text.matchAll(/^ledgerline_reactor_parked{.*} (\d+)$/gm)].reduce(
        (sum, [, value]) => sum + Number(value),
        0,
      );

    it('is named to who waits until the service has reacted to it', async () => {
      await service.recordStored('order-p3', [{ type: 'OrderCreated.v2', data: '{"orderId":"p3"}' }]);
      await request('p4');
      await eventually(async () => expect(await parked()).toMatchObject({ items: [{ stream: 'order-p3' }] }));
      const [{ id, message } = { id: '', message: {} }] = (await parked()).items;
      const { position } = message as { position: string };
      const before = position.replace(/\d+$/, (ordinal) => `${Number(ordinal) - 1}`);
      const told = async (reactedTo: string) => {
        const { status, headers } = await send('GET', '/payments/p4', undefined, { 'X-Reacted-To': reactedTo });
        return [status, headers.get('x-parked')];
      };
      expect([await told(position), await told(before), await told(`${position}, ${before}, ${position}`)]).toEqual([
        [200, 'order-p3@1'],
        [200, null],
        [200, 'order-p3@1'],
      ]);
      await send('POST', `/parked/${String(id)}/discard`, { reason: 'a test' });
      expect(await told(position)).toEqual([200, null]);
    });

    it('holds its stream alone, is shown, and is dealt with or discarded when a person says so', async () => {
      await service.recordStored('order-p1', [{ type: 'OrderCreated.v2', data: '{"orderId":"p1"}' }]);
      await service.record('order-p1', cancelled('p1'));
      await request('p2');
      await eventually(async () => expect(await parked()).toMatchObject({ items: [{ stream: 'order-p1' }] }));
      const { items } = await parked();
      expect(items).toMatchObject([
        {
          ...{ reactor: 'payment-service/orders.events', topic: 'orders.events', status: 'parked', code: 'unreadable' },
          message: { type: 'OrderCreated.v2', position: expect.stringMatching(/^orders\.events\/\d@\d+$/) as unknown },
        },
      ]);
      expect(await degraded()).toEqual([
        200,
        [expect.stringMatching(/holds 1 of its streams: GET \/parked names them/)],
      ]);
      expect(await measured()).toBe(1);
      await settled();
      const id = String(items[0]?.['id']);
      expect((await send('POST', `/parked/${id}/retry`)).json).toMatchObject({ id, parked: { status: 'parked' } });
      expect((await send('POST', `/parked/${id}/discard`, { reason: '' })).json).toMatchObject({
        code: 'validation-failed',
      });
      const headers = { 'X-Actor': 'ann' };
      expect((await send('POST', `/parked/${id}/discard`, { reason: 'a test' }, headers)).json).toEqual({ id });
      expect(await payment('p1')).toMatchObject({ status: 'cancelled', reason: 'changed my mind' });
      expect([await parked(), await degraded(), await measured()]).toEqual([{ items: [] }, [200, undefined], 0]);
      for (const path of [`/parked/${id}/retry`, '/parked/nothing/retry'])
        expect((await send('POST', path)).json).toMatchObject({ status: 404, code: 'parked-reaction-not-found' });
      const stream = `reactor-${/orders\.events\/(\d)/.exec(JSON.stringify(items))?.[0].replace('/', '.')}`;
      const trail = (await send('GET', `/streams/${stream}/events`)).json['items'] as Record<string, unknown>[];
      expect(trail.map(({ type, actor }) => [type, actor])).toEqual([
        ['ReactionParked.v1', 'system:payment-service'],
        ['ReactionRetried.v1', 'anonymous'],
        ['ReactionParked.v1', 'system:payment-service'],
        ['ReactionDiscarded.v1', 'ann'],
        ['StreamReleased.v1', 'system:payment-service'],
      ]);
    });
  });

  describe('many commands', () => {
    it('answers when the attempt is recorded, and refuses what belongs to the process', async () => {
      await service.stop();
      await service.start();
      await request('m');
      const types = ['RequestPayment', 'RecordOutcome', 'CancelPayment', 'ExpirePayment', 'RefundPayment'];
      const lines = [
        { id: '1', type: 'ProcessPayment', stream: 'payment-m', data: { method: 'tok_ok' } },
        { id: '2', type: 'ProcessPayment', stream: 'payment-nobody', data: { method: 'tok_ok' } },
        { id: '3', type: 'ProcessPayment', stream: 'payment-m', data: { method: 'a b' } },
        ...types.map((type) => ({ id: type, type, stream: 'payment-m', data: {} })),
      ];
      const body = lines.map((one) => JSON.stringify(one)).join('\n');
      const { text } = await send('POST', '/commands', body, { 'content-type': 'application/x-ndjson' });
      const verdicts = text
        .trim()
        .split('\n')
        .map((one) => JSON.parse(one) as Record<string, unknown>);
      expect(verdicts.map(({ status, code = null, retriable = false }) => [status, code, retriable])).toEqual([
        ['accepted', null, false],
        ['rejected', 'payment-not-requested', true],
        ['rejected', 'validation-failed', false],
        ...types.map(() => ['rejected', 'command-not-public', false]),
      ]);
      await eventually(async () => expect((await payment('m'))['status']).toBe('processed'));
    });
  });

  describe('bad input', () => {
    it.each([
      ['no method', {}, {}, 400, 'method'],
      ['a method with a space', { method: 'a b' }, {}, 400, 'method'],
      ['a method of 65', { method: 'x'.repeat(65) }, {}, 400, 'method'],
      ['an unknown field', { method: 'tok_ok', amount: '1' }, {}, 400, 'amount'],
      ['a weak If-Match', { method: 'tok_ok' }, { 'If-Match': 'W/"1"' }, 400, 'If-Match'],
    ])('is refused: %s', async (_what, body, headers, status, field) => {
      const answer = await send('POST', '/payments/bad/process', body, headers);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
      expect(answer.json['errors']).toMatchObject([{ field }]);
    });

    it('is refused: a stale If-Match', async () => {
      await request('n');
      expect((await pay('n', 'tok_ok', { 'If-Match': '"7"' })).status).toBe(412);
      expect((await pay('n', 'tok_ok', { 'If-Match': '"1"' })).status).toBe(200);
    });
  });
});

describe('the payment service under a clock that is set', () => {
  const service = new RunningPaymentService();
  const { send } = service;
  afterAll(() => service.end());

  const payment = async (): Promise<Record<string, unknown>> => (await send('GET', '/payments/j')).json;

  it('expires a payment whose time ran out while nobody was there, and none before its time', async () => {
    await service.start();
    await service.record('order-j', created('j'));
    await eventually(async () => expect((await payment())['status']).toBe('requested'));
    await service.stop();
    await service.start({}, 1_700_000);
    await eventually(async () => expect(await service.hasReacted()).toBe(true));
    expect((await payment())['status']).toBe('requested');
    await service.stop();
    await service.start({}, 1_900_000);
    await eventually(async () => expect((await payment())['status']).toBe('expired'));
    expect((await send('POST', '/payments/j/process', { method: 'tok_ok' })).json['code']).toBe('payment-expired');
  });
});
