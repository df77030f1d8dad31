import { randomUUID } from 'node:crypto';
import { eventually } from '@ledgerline/es-testing';
import { describeWithBroker, kafkaClient, namedBrokers, topicEnds, withAdmin } from '@ledgerline/local-servers';
import { ClientKafka, KafkaHeaders } from '@nestjs/microservices';
import { Partitioners, type Producer } from 'kafkajs';
import { firstValueFrom, retry, timeout } from 'rxjs';
import { ask, CommandClient, isForeign, type OddMessage, type Reply, type SentCommand, Shop } from './index.js';

const brokers = [...namedBrokers];
const patience = { timeoutMs: 30_000, everyMs: 20 };
const price = { amount: '2.55', currency: 'GBP' };
const MEGABYTE = 1024 * 1024;

/** New for each spec, so that they run against a shop that has seen others. */
const newId = (): string => randomUUID().slice(0, 8);

const addItem = (cart: string, more: object = {}): SentCommand => ({
  ...{ id: newId(), type: 'AddItemToCart', stream: `cart-${cart}` },
  data: { sku: '85123A', quantity: 6, unitPrice: price, ...more },
});
const checkOut = (cart: string): SentCommand => ({
  ...{ id: newId(), type: 'CheckOutCart', stream: `cart-${cart}` },
  data: { orderId: cart, customerId: 'ada', country: 'France' },
});
const changeQuantity = (cart: string, quantity: number): SentCommand => ({
  ...{ id: `${cart}-${quantity}`, type: 'ChangeQuantity', stream: `cart-${cart}`, data: { lineId: '1', quantity } },
});

// Services that are not ours have topics of other names.
(isForeign ? describe.skip : describeWithBroker)('commands from other services, over Kafka', () => {
  let shop: Shop;
  let client: CommandClient;
  let producer: Producer;
  let orders: string;
  let payments: string;
  const kafka = kafkaClient(brokers);

  beforeAll(async () => {
    shop = await Shop.open({ LOG_LEVEL: 'info' });
    const prefix = shop.env['KAFKA_TOPIC_PREFIX'] ?? '';
    orders = `${prefix}orders.commands`;
    payments = `${prefix}payments.commands`;
    client = await CommandClient.connect({ brokers, topics: [orders, payments], group: `front-${newId()}` });
    producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
  });
  afterAll(async () => {
    await producer?.disconnect();
    await client?.close();
    await shop?.close();
  });

  const eventsOf = async (stream: string): Promise<readonly Reply[]> => {
    const { body } = await ask(`GET ${shop.orders}/streams/${stream}/events?limit=1000`);
    return (body['items'] ?? []) as readonly Reply[];
  };
  const quantitiesOf = async (cart: string): Promise<readonly unknown[]> =>
    (await eventsOf(`cart-${cart}`))
      .filter(({ type }) => type === 'QuantityChanged')
      .map(({ data }) => (data as { quantity: number }).quantity);

  /** What the service says of a message that it cannot take; nothing of what was in it. */
  const refusals = (code: string): readonly string[] =>
    shop.log.filter((line) => line.includes('"event":"command-refused"') && line.includes(`"code":"${code}"`));

  it('are all that an order needs from the cart to its payment', async () => {
    const id = newId();
    const headers = { 'x-actor': 'shop-front', 'x-correlation-id': `visit-${id}` };
    const added = await client.send(orders, addItem(id), { ...headers, 'x-causation-id': 'campaign-7@1' });
    expect(added).toEqual({
      ...{ id: expect.any(String), status: 'accepted', version: 1 },
      position: expect.stringMatching(/^orders\.events\/\d@\d+$/),
    });
    expect(await client.send(orders, checkOut(id), headers)).toMatchObject({ status: 'accepted', version: 2 });
    const pay = { id: newId(), type: 'ProcessPayment', stream: `payment-${id}`, data: { method: 'tok_ok' } };
    await eventually(async () => {
      const paid = await client.send(payments, pay, headers);
      // Before the payment was requested: the same command may be accepted later.
      if (paid['status'] === 'rejected') expect(paid).toMatchObject({ code: 'payment-not-requested', retriable: true });
      expect(paid).toMatchObject({ status: 'accepted', version: 2 });
    }, patience);
    await eventually(async () => {
      const page = await ask(`GET ${shop.projections}/orders/${id}`);
      expect(page.body).toMatchObject({ status: 'confirmed', total: '15.30', payment: { status: 'processed' } });
    }, patience);
    expect((await eventsOf(`cart-${id}`))[0]).toMatchObject({
      ...{ actor: 'shop-front', correlationId: `visit-${id}`, causationId: 'campaign-7@1' },
    });
  });

  it('are sent as the how-to says', async () => {
    const group = `front-${newId()}`;
    const cart = newId();
    // #region client
    const front = new ClientKafka({
      client: { brokers, clientId: 'shop-front' },
      consumer: { groupId: group },
      subscribe: { fromBeginning: true },
    });
    front.subscribeToResponseOf(orders);
    await front.connect();
    // #endregion
    // #region send
    const command = {
      id: `first-item-of-${cart}`,
      type: 'AddItemToCart',
      stream: `cart-${cart}`,
      data: { sku: '85123A', quantity: 6, unitPrice: { amount: '2.55', currency: 'GBP' } },
    };
    const reply: unknown = await firstValueFrom(
      front
        .send(orders, { key: command.stream, value: command, headers: { 'x-actor': 'shop-front' } })
        .pipe(timeout(10_000), retry(3)),
    );
    // #endregion
    expect(reply).toMatchObject({ id: command.id, status: 'accepted', version: 1 });
    // #region emit
    const more = { ...command, id: `second-item-of-${cart}` };
    await firstValueFrom(front.emit(orders, { key: more.stream, value: more }));
    // #endregion
    await eventually(async () => expect(await eventsOf(command.stream)).toHaveLength(2), patience);
    await front.close();
  });

  it('are repeated under their ids, by whatever way, and record nothing twice', async () => {
    const id = newId();
    const command = addItem(id);
    const { status, ...first } = await client.send(orders, command);
    expect(status).toBe('accepted');
    expect(await client.send(orders, command)).toEqual({ ...first, status: 'repeated' });
    const { text } = await ask(`POST ${shop.orders}/commands`, {
      ...{ text: JSON.stringify(command), headers: { 'content-type': 'application/x-ndjson' } },
    });
    expect(JSON.parse(text)).toEqual({ ...first, status: 'repeated' });
    const other = { ...addItem(id, { quantity: 7 }), id: command.id };
    expect(await client.send(orders, other)).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    expect(await eventsOf(`cart-${id}`)).toHaveLength(1);
  });

  it('that a rule forbids stay rejected under their id, whatever happens later', async () => {
    const id = newId();
    const early = checkOut(id);
    const first = await client.send(orders, early);
    expect(first).toMatchObject({ status: 'rejected', code: 'cart-empty', version: 0 });
    await client.send(orders, addItem(id));
    expect(await client.send(orders, early)).toEqual(first);
    expect(await client.send(orders, { ...early, id: newId() })).toMatchObject({ status: 'accepted' });
  });

  it('that nobody waits for are done in order per stream', async () => {
    const carts = Array.from({ length: 20 }, newId);
    const quantities = Array.from({ length: 100 }, (_, i) => i + 1);
    await client.emit(
      orders,
      carts.map((cart) => addItem(cart, { quantity: 1_000 })),
    );
    await client.emit(
      orders,
      quantities.flatMap((quantity) => carts.map((cart) => changeQuantity(cart, quantity))),
    );
    for (const cart of carts)
      await eventually(async () => expect(await quantitiesOf(cart)).toEqual(quantities), patience);
  });

  describe('that are none', () => {
    const cart = 'poisoned';
    const stream = `cart-${cart}`;
    const good = addItem(cart);
    const lines = Array.from({ length: 2_000 }, (_, i) => ({
      ...{ sku: `${i}`.padEnd(64, 'x'), description: 'd'.repeat(200), quantity: 1, unitPrice: price },
    }));

    const problems: readonly (readonly [string, Partial<OddMessage>, number, string])[] = [
      ['bytes', { value: Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a]) }, 400, 'validation-failed'],
      ['bytes that begin with zero', { value: Buffer.from([0, 1, 2, 3]) }, 400, 'validation-failed'],
      ['nothing', { value: null }, 400, 'validation-failed'],
      ['no bytes', { value: '' }, 400, 'validation-failed'],
      ['text', { value: 'AddItemToCart' }, 400, 'validation-failed'],
      ['broken JSON', { value: '{"id":"1",' }, 400, 'validation-failed'],
      ['a list', { value: '[1,2]' }, 400, 'validation-failed'],
      ['a number', { value: '7' }, 400, 'validation-failed'],
      ['no fields', { value: '{}' }, 400, 'validation-failed'],
      ['deep JSON', { value: `{"id":${'['.repeat(200_000)}${']'.repeat(200_000)}}` }, 400, 'validation-failed'],
      ['a number for an id', { value: { ...good, id: 7 } }, 400, 'validation-failed'],
      ['an id with a space', { value: { ...good, id: 'a b' } }, 400, 'validation-failed'],
      ['an id of two dots', { value: { ...good, id: '..' } }, 400, 'validation-failed'],
      ['a cart of two dots', { key: 'cart-..', value: { ...good, stream: 'cart-..' } }, 400, 'validation-failed'],
      ['an unknown type', { value: { ...good, type: 'BuyTheShop' } }, 400, 'validation-failed'],
      ['a field too many', { value: { ...good, when: 'now' } }, 400, 'validation-failed'],
      ['a field of half a megabyte', { value: { ...good, ['x'.repeat(MEGABYTE / 2)]: 1 } }, 400, 'validation-failed'],
      ['wrong data', { value: { ...good, data: { quantity: 'six' } } }, 400, 'validation-failed'],
      ['another service’s stream', { value: { ...good, stream: 'payment-1' } }, 400, 'validation-failed'],
      ['a stream that is not the key', { key: 'cart-other', value: good }, 400, 'validation-failed'],
      ['no key', { key: null, value: good }, 400, 'validation-failed'],
      ['an actor that is too long', { value: good, headers: { 'x-actor': 'x'.repeat(129) } }, 400, 'validation-failed'],
      ['the process’s own', { value: { ...good, type: 'CreateOrder', stream: 'order-1' } }, 409, 'command-not-public'],
      [
        ...(['an event that is too large'] as const),
        {
          key: 'return-huge',
          value: { ...good, type: 'RegisterReturn', stream: 'return-huge', data: { customerId: 'ada', lines } },
        },
        ...([422, 'event-too-large'] as const),
      ],
    ];

    it.each(problems)('are answered with a problem, once, and passed over: %s', async (_, odd, status, code) => {
      const before = refusals(code).length;
      const reply = await client.ask(orders, { key: stream, value: good, ...odd });
      expect(reply).toMatchObject({ status, code, type: `urn:ledgerline:problem:${code}`, retriable: false });
      expect(Object.keys(reply)).toContain('id');
      // The one behind it, on the same partition.
      expect(await client.ask(orders, { key: odd.key ?? stream, value: 'next' })).toMatchObject({ status: 400 });
      const own = code === 'validation-failed' ? 2 : 1;
      await eventually(() => expect(refusals(code)).toHaveLength(before + own));
      expect(shop.log.join('\n')).not.toMatch(/BuyTheShop|a b|xxxxxxxx/);
    });

    it('are answered also where they are larger than a request may be, and the topic takes them', async () => {
      const configEntries = [{ name: 'max.message.bytes', value: `${4 * MEGABYTE}` }];
      const resources = [{ type: 2, name: orders, configEntries }];
      await withAdmin(kafka, (admin) => admin.alterConfigs({ validateOnly: false, resources }));
      const huge = { ...good, data: { note: 'x'.repeat(2 * MEGABYTE) } };
      const reply = await client.ask(orders, { key: stream, value: huge });
      expect(reply).toMatchObject({ status: 413, code: 'command-too-large' });
    });

    it.each<readonly [string, Record<string, string>]>([
      ['another topic', { [KafkaHeaders.REPLY_TOPIC]: 'orders.events', [KafkaHeaders.CORRELATION_ID]: '1' }],
      ['a correlation id like JSON', { [KafkaHeaders.CORRELATION_ID]: '{"a":1}' }],
      ['a partition that is none', { [KafkaHeaders.CORRELATION_ID]: '1', [KafkaHeaders.REPLY_PARTITION]: 'NaN' }],
      ['a partition that is not there', { [KafkaHeaders.CORRELATION_ID]: '1', [KafkaHeaders.REPLY_PARTITION]: '999' }],
    ])('cannot lead the answer astray: %s', async (_, headers) => {
      const own = `${orders.slice(0, -'commands'.length)}events`;
      const reply = { [KafkaHeaders.REPLY_TOPIC]: `${orders}.reply`, ...headers };
      if (reply[KafkaHeaders.REPLY_TOPIC] === 'orders.events') reply[KafkaHeaders.REPLY_TOPIC] = own;
      const before = await topicEnds(kafka, own);
      await producer.send({ topic: orders, messages: [{ key: stream, value: 'poison', headers: reply }] });
      // The one behind it, on the same partition.
      expect(await client.ask(orders, { key: stream, value: 'next' })).toMatchObject({ status: 400 });
      expect(await topicEnds(kafka, own)).toEqual(before);
    });

    it('have recorded nothing, and the good ones go on', async () => {
      expect(await eventsOf(stream)).toEqual([]);
      expect(await client.send(orders, good)).toMatchObject({ status: 'accepted', version: 1 });
    });
  });

  it('are done exactly once each, in order, although the service is killed in between', async () => {
    const carts = Array.from({ length: 50 }, newId);
    const quantities = Array.from({ length: 40 }, (_, i) => i + 1);
    const answered = addItem(newId());
    const { status: _first, ...answer } = await client.send(orders, answered);
    await client.emit(
      orders,
      carts.map((cart) => addItem(cart, { quantity: 1_000 })),
    );
    await client.emit(
      orders,
      quantities.flatMap((quantity) => carts.map((cart) => changeQuantity(cart, quantity))),
    );
    await eventually(async () => expect(await quantitiesOf(carts[0] ?? '')).not.toEqual([]), {
      ...patience,
      everyMs: 1,
    });
    await shop.kill('order-service');
    // Sent while nobody is there.
    const waiting = client.send(orders, answered);
    await shop.start(['order-service']);
    for (const cart of carts)
      await eventually(async () => expect(await quantitiesOf(cart)).toEqual(quantities), patience);
    expect(await waiting).toEqual({ ...answer, status: 'repeated' });
  });
});
