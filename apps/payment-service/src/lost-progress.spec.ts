import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@ledgerline/es-testing';
import type { OrderCreated, PaymentEvent, ReturnRegistered } from '@ledgerline/events';
import { RunningPaymentService } from './fixtures/running-payment-service.js';

const at = '2010-12-01T08:26:00.000Z';
const line = { lineId: '1', sku: '85123A', quantity: 6, unitPrice: '2.55', amount: '15.30' };
const amount = { amount: '15.30', currency: 'GBP' };
const bought = { customerId: '17850', country: 'France', currency: 'GBP', lines: [line] };
const created = (orderId: string): OrderCreated => ({
  ...{
    type: 'OrderCreated',
    data: { ...bought, orderId, cartId: orderId, placedAt: at, createdAt: at, total: '15.30' },
  },
});
const returned = (returnId: string, orderId: string, total: string): ReturnRegistered => ({
  ...{ type: 'ReturnRegistered', data: { ...bought, returnId, orderId, registeredAt: at, total } },
});

describe('a payment service whose reactors have lost their progress, and whose gateway has forgotten all keys', () => {
  let service: RunningPaymentService;
  const { send, settled } = {
    send: (...given: Parameters<RunningPaymentService['send']>) => service.send(...given),
    settled: () => eventually(async () => expect(await service.hasReacted()).toBe(true)),
  };

  /** An order that is paid, and of which a part came back. */
  const paid = async (orderId: string): Promise<void> => {
    await service.record(`order-${orderId}`, created(orderId));
    await eventually(async () => expect((await send('GET', `/payments/${orderId}`)).status).toBe(200));
    expect((await send('POST', `/payments/${orderId}/process`, { method: 'tok_ok' })).status).toBe(200);
    await service.record(`return-${orderId}`, returned(orderId, orderId, '5.00'));
    await settled();
  };
  const startAnew = async (): Promise<void> => {
    service.loseIndexAndProgress();
    await service.start();
    await settled();
  };
  const request = (orderId: string): PaymentEvent => ({
    ...{
      type: 'PaymentRequested',
      data: { paymentId: orderId, orderId, customerId: '17850', amount, expiresAt: '2100-01-01T00:00:00.000Z' },
    },
  });
  const attempt = (orderId: string): PaymentEvent => ({
    ...{ type: 'PaymentAttempted', data: { orderId, attempt: 1, method: 'tok_ok', amount } },
  });
  const refundOf = (orderId: string, outcomeFollows: boolean): PaymentEvent => ({
    type: 'PaymentRefunded',
    data: { ...{ paymentId: orderId, orderId, refundId: 'r', amount, reason: 'order-cancelled' }, outcomeFollows },
  });

  beforeEach(async () => {
    service = new RunningPaymentService();
    await service.start();
  });
  afterEach(() => service.end());

  it('charges nothing again, and gives nothing back again', async () => {
    await paid('a');
    expect(service.ledgerOf('a')).toEqual(['charge tok_ok 15.30', 'refund 5.00']);
    await service.stop();
    service.forgetKeys();
    await startAnew();
    await paid('b');
    expect([service.ledgerOf('a'), service.ledgerOf('b')]).toEqual([[], ['charge tok_ok 15.30', 'refund 5.00']]);
  });

  it('charges and gives back what was recorded and not done', async () => {
    await service.stop();
    await service.recordWhileDown('payment-c', request('c'), attempt('c'));
    await service.recordWhileDown('payment-d', refundOf('d', true));
    await startAnew();
    expect([service.ledgerOf('c'), service.ledgerOf('d')]).toEqual([['charge tok_ok 15.30'], ['refund 15.30']]);
    expect((await send('GET', '/payments/c')).json).toMatchObject({ status: 'processed' });
    expect((await send('GET', '/payments/d')).json).toMatchObject({ refunds: [{ refundId: 'r', paidOut: true }] });
  });

  it('takes refunds for paid out that were recorded before it was recorded that they are', async () => {
    await service.stop();
    await service.recordWhileDown('payment-e', refundOf('e', false));
    service.forgetKeys();
    await startAnew();
    expect(service.ledgerOf('e')).toEqual([]);
  });

  it('goes on where the gateway words differently what it has answered', async () => {
    await paid('f');
    await service.stop();
    service.rewordAnswers((text) => text.replace(/"reference":"[^"]*"/, '"reference":"psp-new"'));
    await startAnew();
    await service.record('return-f2', returned('f2', 'f', '4.00'));
    await settled();
    expect(service.ledgerOf('f')).toEqual(['charge tok_ok 15.30', 'refund 5.00', 'refund 4.00']);
  });

  it('finds its progress where only the index was lost', async () => {
    await paid('g');
    await service.stop();
    service.loseIndexAndProgress({ keepsProgress: true });
    await service.start();
    const { items } = (await send('GET', '/reactors')).json as { items: { partitions: { ordinal: number }[] }[] };
    expect(
      items.flatMap(({ partitions }) => partitions).reduce((sum, { ordinal }) => sum + ordinal, 0),
    ).toBeGreaterThan(8);
    await settled();
  });
});
