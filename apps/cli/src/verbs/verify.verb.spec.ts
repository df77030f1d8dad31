import { StandInService } from '../fixtures/stand-in-service.js';
import { esProgram } from '../program.js';
import type { Result } from '../terminal/print.js';

const firstEvent = { position: 'orders.events/1@5', stream: 'order-o1', version: 2, type: 'OrderConfirmed' };
const wrong = { id: 'o1', problem: 'different', fields: ['status', 'order'], firstEvent };

describe('es verify --read-models', () => {
  const asked: unknown[] = [];
  let divergent: object[] = [];
  /** What the service says of the first read model instead. */
  let trouble: { readonly code: string; readonly detail: string } | undefined;
  const service = new StandInService(({ method, path, body }) => {
    const partitions = [{ topic: 'orders.events', partition: 0, ordinal: 1, refused: 0 }];
    const items = ['order-page', 'sales-report'].map((name) => ({ name, revision: 1, generations: [], partitions }));
    if (method === 'POST') asked.push([path, body === '' ? undefined : JSON.parse(body)]);
    const { sample } = (body === '' ? {} : JSON.parse(body)) as { sample?: number };
    const verdict = {
      ...{ checked: 7, passes: 1, divergent, divergentCount: divergent.length },
      ...(sample !== undefined && { sample: { percent: sample, seed: 'abc' } }),
    };
    if (trouble && path?.includes('order-page')) return { status: 500, body: JSON.stringify(trouble) };
    return { body: JSON.stringify(method === 'POST' ? verdict : { items }) };
  });

  beforeAll(() => service.listenAs('PROJECTION_SERVICE_URL'));
  afterAll(() => service.close());

  const run = async (...args: readonly string[]): Promise<Result> => {
    let found: Result | undefined;
    const program = esProgram((result) => (found = result));
    await program.parseAsync(['verify', ...args], { from: 'user' });
    if (!found) throw new Error('nothing was found out');
    return found;
  };

  it('asks the service for all documents, or for a sample, and prints the seed', async () => {
    divergent = [];
    const all = await run('--read-models');
    expect([all.ok, all.json]).toMatchObject([true, { partitions: [], readModels: [{ checked: 7 }, { checked: 7 }] }]);
    const some = await run('--read-models', '--sample', '2.5');
    expect(some.text).toContain('2.5 %, seed abc');
    expect(asked.splice(0)).toEqual([
      ['/projections/order-page/verify', {}],
      ['/projections/sales-report/verify', {}],
      ['/projections/order-page/verify', { sample: 2.5 }],
      ['/projections/sales-report/verify', { sample: 2.5 }],
    ]);
  });

  it('says what differs and since when, and fails', async () => {
    divergent = [wrong, { id: 'o2', problem: 'extra' }];
    const { ok, text: said, json } = await run('--read-models');
    expect([ok, json]).toMatchObject([false, { ok: false, readModels: [{ divergentCount: 2, divergent }, {}] }]);
    expect(said).toContain(
      'order-page: o1 is different (status, order), from OrderConfirmed at orders.events/1@5 on (order-o1, version 2)',
    );
    expect(said).toContain('order-page: o2 is extra');
  });

  it.each([
    ['log-diverged', 'orders.events/0: the log lost its end'],
    ['unreadable', 'the document o1 of order-page-r1-g1 cannot be read'],
  ])('says %s of one read model, goes on with the others, and fails', async (code, detail) => {
    divergent = [];
    trouble = { code, detail };
    try {
      const { ok, text: said, json } = await run('--read-models');
      expect([ok, json]).toMatchObject([false, { readModels: [{ name: 'order-page', checked: 0 }, { checked: 7 }] }]);
      expect(said).toContain(`order-page: projection-service: ${detail} (${code})`);
    } finally {
      trouble = undefined;
    }
  });

  it.each(['0', '101', 'some', '-1'])('refuses a sample of %s', async (sample) => {
    await expect(run('--read-models', '--sample', sample)).rejects.toThrow(/above 0 and at most 100/);
  });

  it('refuses a sample of read models that are left out', async () => {
    asked.length = 0;
    await expect(run('--no-read-models', '--sample', '5')).rejects.toMatchObject({ code: 'commander.error' });
    expect(asked).toEqual([]);
  });
});
