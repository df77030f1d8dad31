import { StandInService } from '../fixtures/stand-in-service.js';
import { esProgram } from '../program.js';
import type { Result } from '../terminal/print.js';

describe('es parked', () => {
  const service = new StandInService(({ method }) => ({
    body: JSON.stringify(method === 'POST' ? { id: 'x' } : { items: [] }),
  }));

  const reactions = [
    { id: 'safe', code: 'unreadable', stream: 'order-1' },
    { id: 'uncertain', code: 'outcome-uncertain', stream: 'order-2' },
  ].map((one) => ({
    ...{ ...one, reactor: 'payment-service/orders.events', topic: 'orders.events', status: 'parked', reason: 'r' },
    ...{ since: '2026-01-01T00:00:00.000Z', message: { position: 'orders.events/0@2', type: 'OrderCreated', id: 'e' } },
  }));
  const asked: string[] = [];
  const orders = new StandInService(() => ({ body: JSON.stringify({ items: [] }) }));
  const payments = new StandInService(({ method, path = '' }) => {
    if (method === 'POST') asked.push(path);
    const parked = path.includes('uncertain') ? { parked: reactions[1] } : {};
    return { body: JSON.stringify(method === 'POST' ? { id: 'x', ...parked } : { items: reactions }) };
  });

  beforeAll(async () => {
    await service.listenAs('PROJECTION_SERVICE_URL');
    await orders.listenAs('ORDER_SERVICE_URL');
    await payments.listenAs('PAYMENT_SERVICE_URL');
  });
  afterAll(() => Promise.all([service, orders, payments].map((one) => one.close())));

  it('sends each to the service that holds it, and retries together only what needs no look outside first', async () => {
    const ended = async (...args: readonly string[]) => {
      const results: Result[] = [];
      await esProgram((result) => results.push(result)).parseAsync([...args], { from: 'user' });
      return results[0];
    };
    expect(await ended('parked', 'retry', '--all')).toMatchObject({ ok: true, text: '1 of 1 go on.' });
    expect(await ended('parked', 'retry', 'uncertain')).toMatchObject({ ok: false });
    expect((await ended('parked', 'discard', 'uncertain', '--reason', 'r'))?.text).toContain('outcome-uncertain: r');
    expect(asked).toEqual(['/parked/safe/retry', '/parked/uncertain/retry', '/parked/uncertain/discard']);
    expect((await ended('parked'))?.text).toContain('OrderCreated orders.events/0@2');
  });

  it.each([
    [['parked'], false],
    [['parked', '--json'], true],
    [['parked', 'retry', 'x'], false],
    [['parked', 'retry', 'x', '--json'], true],
    [['parked', '--json', 'retry', 'x'], true],
    [['parked', '--json', 'discard', 'x', '--reason', 'r'], true],
  ] as const)('%j answers in JSON: %j', async (args, expected) => {
    const shown: boolean[] = [];
    await esProgram((_result, asJson) => shown.push(asJson)).parseAsync(args, { from: 'user' });
    expect(shown).toEqual([expected]);
  });
});
