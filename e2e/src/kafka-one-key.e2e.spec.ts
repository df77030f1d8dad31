import { randomUUID } from 'node:crypto';
import { describeWithBroker, namedBrokers } from '@ledgerline/local-servers';
import { type Answer, ask, type Body, CommandClient, isForeign, type SentCommand, Shop } from './index.js';

/** Sends the command under its id, and answers what became of it. */
type Send = (command: SentCommand) => Promise<Body>;

/** Each spec has carts and keys of its own. */
const newId = (): string => randomUUID().slice(0, 8);

const addItem = (key: string, cart: string, quantity = 6): SentCommand => ({
  ...{ id: key, type: 'AddItemToCart', stream: `cart-${cart}` },
  data: { sku: '85123A', quantity, unitPrice: { amount: '2.55', currency: 'GBP' } },
});
const changeQuantity = (key: string, cart: string, quantity: number): SentCommand => ({
  ...{ id: key, type: 'ChangeQuantity', stream: `cart-${cart}`, data: { lineId: '1', quantity } },
});
const checkOut = (key: string, cart: string): SentCommand => ({
  ...{ id: key, type: 'CheckOutCart', stream: `cart-${cart}` },
  data: { orderId: cart, customerId: 'ada', country: 'France' },
});

// Services that are not ours have topics of other names.
(isForeign ? describe.skip : describeWithBroker)('an idempotency key', () => {
  let shop: Shop;
  let client: CommandClient;
  let orders: string;

  beforeAll(async () => {
    shop = await Shop.open();
    orders = `${shop.env['KAFKA_TOPIC_PREFIX'] ?? ''}orders.commands`;
    client = await CommandClient.connect({ brokers: namedBrokers, topics: [orders], group: `keys-${newId()}` });
  });
  afterAll(async () => {
    await client?.close();
    await shop?.close();
  });

  const inARequest = async ({ id, type, stream, data }: SentCommand): Promise<Body> => {
    const cart = stream.slice('cart-'.length);
    const { lineId, ...body } = data as Body;
    const headers = { 'idempotency-key': id };
    const ways: Readonly<Record<string, () => Promise<Answer>>> = {
      AddItemToCart: () => ask(`POST ${shop.orders}/carts/${cart}/items`, { body, headers }),
      ChangeQuantity: () => ask(`PATCH ${shop.orders}/carts/${cart}/lines/${String(lineId)}`, { body, headers }),
    };
    const answer = await ways[type]?.();
    if (!answer) throw new Error(`nothing is known of ${type} over HTTP`);
    return answer.body;
  };
  const inALine = async (command: SentCommand): Promise<Body> => {
    const headers = { 'content-type': 'application/x-ndjson' };
    const { text } = await ask(`POST ${shop.orders}/commands`, { text: JSON.stringify(command), headers });
    return JSON.parse(text) as Body;
  };
  const inAMessage = (command: SentCommand): Promise<Body> => client.send(orders, command);

  const edges: readonly (readonly [string, Send])[] = [
    ['HTTP', inARequest],
    ['NDJSON', inALine],
    ['Kafka', inAMessage],
  ];
  const pairs = edges.flatMap(([first, send]) => edges.map(([then, again]) => [first, then, send, again] as const));

  const quantityIn = async (cart: string): Promise<unknown> =>
    ((await ask(`GET ${shop.orders}/carts/${cart}`)).body['lines'] as Body[])[0]?.['quantity'];

  it.each(pairs)(
    'used over %s and then over %s is one command in its stream, and another one in another',
    async (_, __, send, again) => {
      const [key, cart, other] = [newId(), newId(), newId()];
      const { version, position } = await send(addItem(key, cart));
      expect([version, position]).toEqual([1, expect.stringContaining('orders.events/')]);
      expect(await again(addItem(key, cart))).toMatchObject({ version, position });
      for (const different of [addItem(key, cart, 7), changeQuantity(key, cart, 7)])
        expect(await again(different)).toMatchObject({ code: 'idempotency-key-reused' });
      expect(await quantityIn(cart)).toBe(6);
      const elsewhere = await again(addItem(key, other, 7));
      expect(elsewhere).toMatchObject({ version: 1 });
      expect(elsewhere['code']).toBeUndefined();
      expect(await quantityIn(other)).toBe(7);
    },
  );

  it('that names a new order or return too is of one order, and one return', async () => {
    const [key, cart, other] = [newId(), newId(), newId()];
    const headers = { 'idempotency-key': key };
    for (const one of [cart, other]) await inALine(addItem(newId(), one));
    const place = (cartId: string): Promise<Answer> =>
      ask(`POST ${shop.orders}/orders`, { body: { cartId, customerId: 'ada' }, headers });
    const giveBack = (quantity: number): Promise<Answer> => {
      const line = { sku: '85123A', quantity, unitPrice: { amount: '2.55', currency: 'GBP' } };
      return ask(`POST ${shop.orders}/returns`, { body: { customerId: 'ada', lines: [line] }, headers });
    };
    const answers = [await place(cart), await place(cart), await place(other), await giveBack(1), await giveBack(2)];
    expect(answers.map(({ status, body }) => body['code'] ?? status)).toEqual([
      ...[201, 201, 'order-exists'],
      ...[201, 'idempotency-key-reused'],
    ]);
  });

  it.each([
    ['HTTP', inARequest],
    ['NDJSON', inALine],
  ] as const)('of what recorded nothing is decided again over %s', async (_, send) => {
    const [key, refused, cart] = [newId(), newId(), newId()];
    await send(addItem(newId(), cart));
    const same = await send(changeQuantity(key, cart, 6));
    expect(same).toMatchObject({ version: 1 });
    expect(await send(changeQuantity(refused, cart, 0))).toMatchObject({ code: 'validation-failed' });
    // Neither has used its key up.
    expect(await send(changeQuantity(refused, cart, 8))).toMatchObject({ version: 2 });
    await inALine(checkOut(newId(), cart));
    expect(await send(changeQuantity(key, cart, 6))).toMatchObject({ code: 'cart-checked-out' });
  });

  it('of what recorded nothing is answered as the first time over Kafka', async () => {
    const [key, cart] = [newId(), newId()];
    await inAMessage(addItem(newId(), cart));
    const { version, position } = await inAMessage(changeQuantity(key, cart, 6));
    await inAMessage(checkOut(newId(), cart));
    expect(await inAMessage(changeQuantity(key, cart, 6))).toMatchObject({ status: 'repeated', version, position });
  });
});
