import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@ledgerline/es-testing';
import { type Answer, ask, type Ask, es, isForeign, Shop } from './index.js';

interface Event {
  readonly stream: string;
  readonly version: number;
  readonly id: string;
  readonly type: string;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: string;
}
interface Message extends Partial<Event> {
  readonly kind: 'command' | 'event' | 'missing';
  readonly depth: number;
  readonly id: string;
}

const patience = { everyMs: 20 };
const unitPrice = { amount: '2.55', currency: 'GBP' };
const item = { sku: '85123A', quantity: 6, unitPrice };

// Services that are not ours have an expiry of their own.
(isForeign ? describe.skip : describe)('the audit trail', () => {
  let shop: Shop;
  const id = randomUUID().slice(0, 8);
  const late = `${id}-late`;
  const visit = `visit-${id}`;
  const asAnn = { 'x-actor': 'ann', 'x-correlation-id': visit };
  const send = (what: string, { headers = {}, ...more }: Ask = {}): Promise<Answer> =>
    ask(what, { ...more, headers: { ...asAnn, ...headers } });

  const place = async (order: string): Promise<void> => {
    await send(`POST ${shop.orders}/carts/${order}/items`, { body: item });
    await send(`PATCH ${shop.orders}/carts/${order}/lines/1`, { body: { quantity: 4 } });
    const placed = await send(`POST ${shop.orders}/orders`, {
      body: { orderId: order, cartId: order, customerId: 'c' },
    });
    expect(placed.status).toBe(201);
  };
  const pay = (order: string): Promise<Answer> =>
    eventually(async () => {
      const answer = await send(`POST ${shop.payments}/payments/${order}/process`, { body: { method: 'tok_ok' } });
      expect(answer.status).toBe(200);
      return answer;
    }, patience);
  const untilPage = (order: string, content: object): Promise<void> =>
    eventually(
      async () => expect((await ask(`GET ${shop.projections}/orders/${order}`)).body).toMatchObject(content),
      patience,
    );
  const eventsOf = async (stream: string): Promise<readonly Event[]> => {
    const url = stream.startsWith('payment-') ? shop.payments : shop.orders;
    return (await ask(`GET ${url}/streams/${stream}/events?limit=1000`)).body['items'] as readonly Event[];
  };
  const untilPaidOut = (order: string, refunds: number): Promise<void> =>
    eventually(async () => {
      const types = (await eventsOf(`payment-${order}`)).map(({ type }) => type);
      expect(types.filter((type) => type === 'RefundPaidOut')).toHaveLength(refunds);
    }, patience);
  const trace = async (of: string): Promise<{ conversations: string[]; messages: Message[] }> => {
    const { code, stdout, stderr } = await es(shop.env, 'trace', of, '--json');
    expect([code, stderr]).toEqual([0, expect.stringContaining('reading payments.events/0')]);
    return JSON.parse(stdout) as { conversations: string[]; messages: Message[] };
  };

  /** One order that is paid, partly returned, then cancelled; and one that nobody pays. */
  beforeAll(async () => {
    shop = await Shop.open({ PAYMENT_EXPIRES_AFTER_S: '5' });
    await place(id);
    await pay(id);
    await untilPage(id, { status: 'confirmed' });
    const goods = { orderId: id, returnId: id, customerId: 'c', lines: [{ ...item, quantity: 1 }] };
    expect((await send(`POST ${shop.orders}/returns`, { body: goods })).status).toBe(201);
    await untilPaidOut(id, 1);
    await send(`POST ${shop.orders}/orders/${id}/cancel`, { body: { reason: 'damaged' } });
    await place(late);
    await untilPage(id, { status: 'cancelled', payment: { status: 'refunded', refunded: { amount: '10.20' } } });
    await untilPaidOut(id, 2);
    await untilPage(late, { status: 'cancelled', payment: { status: 'expired' } });
  });
  afterAll(() => shop?.close());

  const streams = [`cart-${id}`, `order-${id}`, `payment-${id}`, `return-${id}`, `cart-${late}`, `order-${late}`];
  const all = async (): Promise<readonly Event[]> =>
    (await Promise.all([...streams, `payment-${late}`].map(eventsOf))).flat();

  it('says of every event who wanted it, in which conversation, and because of what', async () => {
    const events = await all();
    const known = new Map(events.map((event) => [event.id, event]));
    for (const event of events) {
      expect(event).toMatchObject({ commandId: expect.stringMatching(/./) as string, correlationId: visit });
      const cause = known.get(event.causationId);
      if (cause === undefined) expect(event).toMatchObject({ actor: 'ann', causationId: event.commandId });
      else expect(cause.correlationId).toBe(event.correlationId);
      if (event.actor.startsWith('system:'))
        expect(event.commandId).toMatch(new RegExp(`^${event.causationId}\\.[A-Z][A-Za-z]+$`));
    }
    const causes = events.map(({ type, actor, causationId }) => [
      ...[type, actor, known.get(causationId)?.type ?? 'a person'],
    ]);
    expect(causes).toEqual([
      ['ItemAddedToCart', 'ann', 'a person'],
      ['QuantityChanged', 'ann', 'a person'],
      ['CartCheckedOut', 'ann', 'a person'],
      ['OrderCreated', 'system:order-process', 'CartCheckedOut'],
      ['OrderConfirmed', 'system:order-process', 'PaymentProcessed'],
      ['ReturnAccepted', 'ann', 'a person'],
      ['OrderCancelled', 'ann', 'a person'],
      ['PaymentRequested', 'system:payment-process', 'OrderCreated'],
      ['PaymentAttempted', 'ann', 'a person'],
      ['PaymentProcessed', 'system:payment-process', 'PaymentAttempted'],
      ['PaymentRefunded', 'system:payment-process', 'ReturnRegistered'],
      ['RefundPaidOut', 'system:payment-process', 'PaymentRefunded'],
      ['PaymentRefunded', 'system:payment-process', 'OrderCancelled'],
      ['RefundPaidOut', 'system:payment-process', 'PaymentRefunded'],
      ['ReturnRegistered', 'ann', 'ReturnAccepted'],
      ['ItemAddedToCart', 'ann', 'a person'],
      ['QuantityChanged', 'ann', 'a person'],
      ['CartCheckedOut', 'ann', 'a person'],
      ['OrderCreated', 'system:order-process', 'CartCheckedOut'],
      ['OrderCancelled', 'system:order-process', 'PaymentExpired'],
      ['PaymentRequested', 'system:payment-process', 'OrderCreated'],
      ['PaymentExpired', 'system:payment-expiry', 'PaymentRequested'],
    ]);
  });

  it('is printed by es trace as the tree of what followed from what, over both services', async () => {
    const { conversations, messages } = await trace(visit);
    expect(conversations).toEqual([visit]);
    const events = messages.filter(({ kind }) => kind === 'event');
    expect(events.map((event) => event.id).sort()).toEqual((await all()).map((event) => event.id).sort());
    expect(messages.filter(({ kind }) => kind === 'missing')).toEqual([]);
    // Each stands below what it follows from.
    const above: Message[] = [];
    for (const message of messages) {
      above[message.depth] = message;
      const parent = above[message.depth - 1];
      if (message.kind === 'event') expect(parent?.id).toBe(message.commandId);
      else expect(message.causationId).toBe(message.depth === 0 ? message.id : parent?.id);
    }
    // The verdict on a payment that could not be cancelled any more is in it too.
    expect(messages).toContainEqual(
      expect.objectContaining({ kind: 'command', type: 'CancelPayment', outcome: 'rejected' }),
    );
  });

  it('is found by a stream as well, and is read by people', async () => {
    const { messages } = await trace(visit);
    expect((await trace(`order-${id}`)).messages).toEqual(messages);
    const { code, stdout } = await es(shop.env, 'trace', visit);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^conversation visit-\S+: \d+ commands, 22 events\n\ncommand \S+ by ann\n└─ ItemAddedToCart/,
    );
    const nothing = await es(shop.env, 'trace', 'nobody', '--json');
    expect([nothing.code, JSON.parse(nothing.stdout)]).toMatchObject([1, { error: { code: 'trace-not-found' } }]);
  });

  it('is sealed while the services write, and holds against what was sealed', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ledgerline-seals-'));
    const key = join(directory, 'seal.pem');
    const seals = join(directory, 'seals');
    const env = { ...shop.env, SEAL_KEY_FILE: key };
    expect((await es(env, 'seal', '--new-key', key)).code).toBe(0);
    const writing = Promise.all(['a', 'b', 'c'].map((name) => place(`${id}-${name}`)));
    expect((await es(env, 'seal', seals)).code).toBe(0);
    await writing;
    const second = await es(env, 'seal', seals, '--json');
    expect(JSON.parse(second.stdout)).toMatchObject({ sequence: 2, logs: [{ topic: 'orders.events' }, {}] });
    const verified = await es(env, 'verify-seal', seals, '--key', `${key}.pub`);
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('The log is as it was sealed.')]);
    await rm(directory, { recursive: true });
  });
});
