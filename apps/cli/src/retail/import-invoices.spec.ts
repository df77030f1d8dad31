import type { CommandVerdict, ServiceCommand } from '../http/command-sender.js';
import { importInvoices } from './import-invoices.js';
import type { ImportProgress } from './import-progress.js';
import { ImportTally } from './import-tally.js';
import type { PlannedInvoice } from './retail-plan.js';

const silent: ImportProgress = { phase: () => {}, advance: () => {}, stop: () => {} };

const invoice = (invoiceNo: string, kind: 'sale' | 'return' = 'sale', rows = 2): PlannedInvoice => ({
  ...{ kind, invoiceNo, time: '2010-12-01T08:26:00.000Z', customerId: '17850', country: 'EIRE' },
  items: Array.from({ length: rows }, (_, i) => ({
    ...{
      place: i + 1,
      line: i + 2,
      sku: `sku-${i}`,
      description: i === 0 ? 'HEART' : '',
      quantity: 6,
      unitPrice: '2.55',
    },
  })),
});

/** Takes every command, unless `answer` says otherwise. */
class Service {
  readonly seen: ServiceCommand[] = [];

  constructor(private readonly answer: (command: ServiceCommand) => Partial<CommandVerdict> = () => ({})) {}

  get ids(): string[] {
    return this.seen.map(({ id }) => id);
  }

  async send(commands: readonly ServiceCommand[]): Promise<readonly CommandVerdict[]> {
    this.seen.push(...commands);
    const position = `orders.events/0@${this.seen.length}`;
    return await Promise.resolve(
      commands.map((command) => ({ id: command.id, status: 'accepted', position, ...this.answer(command) })),
    );
  }
}

async function* from(invoices: readonly PlannedInvoice[]): AsyncGenerator<PlannedInvoice> {
  for (const one of invoices) yield await Promise.resolve(one);
}

const imported = async (
  invoices: readonly PlannedInvoice[],
  services: { orders?: Service; payments?: Service } = {},
) => {
  const { orders = new Service(), payments = new Service() } = services;
  const tally = new ImportTally(silent);
  await importInvoices(from(invoices), { orders, payments }, tally);
  return { orders, payments, tally };
};

const rejected = (code: string): Partial<CommandVerdict> => ({ status: 'rejected', code });

describe('an import of invoices', () => {
  it('fills the cart, checks it out, and pays', async () => {
    const { orders, payments, tally } = await imported([invoice('1')]);
    expect(orders.seen).toEqual([
      {
        ...{ id: 'retail-1-1', correlationId: 'retail-1', type: 'AddItemToCart', stream: 'cart-1' },
        data: { sku: 'sku-0', description: 'HEART', quantity: 6, unitPrice: { amount: '2.55', currency: 'GBP' } },
      },
      {
        ...{ id: 'retail-1-2', correlationId: 'retail-1', type: 'AddItemToCart', stream: 'cart-1' },
        data: { sku: 'sku-1', quantity: 6, unitPrice: { amount: '2.55', currency: 'GBP' } },
      },
      {
        ...{ id: 'retail-1-checkout', correlationId: 'retail-1', type: 'CheckOutCart', stream: 'cart-1' },
        data: { orderId: '1', customerId: '17850', country: 'EIRE', placedAt: '2010-12-01T08:26:00.000Z' },
      },
    ]);
    expect(payments.seen).toEqual([
      {
        ...{ id: 'retail-1-payment', correlationId: 'retail-1', type: 'ProcessPayment', stream: 'payment-1' },
        data: { method: 'tok_ok' },
      },
    ]);
    expect(tally).toMatchObject({ recorded: 4, repeated: 0, refused: [], positions: ['orders.events/0@3'] });
  });

  it('registers a return with all its lines', async () => {
    const { orders, payments } = await imported([invoice('C1', 'return')]);
    expect(orders.seen).toMatchObject([
      {
        ...{ id: 'retail-C1-return', type: 'RegisterReturn', stream: 'return-C1' },
        data: { registeredAt: '2010-12-01T08:26:00.000Z', lines: [{ sku: 'sku-0' }, { sku: 'sku-1' }] },
      },
    ]);
    expect(payments.seen).toEqual([]);
  });

  it('sends every command once, whatever shares the way', async () => {
    const invoices = Array.from({ length: 40 }, (_, i) =>
      invoice(`${i}`, i % 7 === 0 ? 'return' : 'sale', 1 + ((i * 37) % 400)),
    );
    const { orders, payments, tally } = await imported(invoices);
    const ids = [...orders.ids, ...payments.ids];
    expect(new Set(ids).size).toBe(ids.length);
    const rows = (kind: string): number[] => invoices.flatMap((one) => (one.kind === kind ? one.items.length : []));
    const sales = rows('sale');
    expect(tally.recorded).toBe(sales.reduce((sum, items) => sum + items + 2, 0) + rows('return').length);
    for (const { kind, invoiceNo, items } of invoices) {
      const stream = orders.ids.filter((id) => id.startsWith(`retail-${invoiceNo}-`));
      const expected = items.map(({ place }) => `retail-${invoiceNo}-${place}`);
      expect(stream).toEqual(
        kind === 'sale' ? [...expected, `retail-${invoiceNo}-checkout`] : [`retail-${invoiceNo}-return`],
      );
    }
  });

  it('pays again until the payment was requested, and counts it once', async () => {
    let early = 3;
    const payments = new Service(({ id }) =>
      id === 'retail-2-payment' && early-- > 0 ? rejected('payment-not-requested') : {},
    );
    const { tally } = await imported([invoice('1'), invoice('2')], { payments });
    expect(payments.ids.filter((id) => id === 'retail-2-payment')).toHaveLength(4);
    expect(tally).toMatchObject({ recorded: 8, refused: [] });
  });

  it('does not check out a cart that lacks an item, and says so', async () => {
    const orders = new Service(({ id }) => (id === 'retail-1-2' ? rejected('too-many-lines') : {}));
    const { payments, tally } = await imported([invoice('1'), invoice('2')], { orders });
    expect(orders.ids).not.toContain('retail-1-checkout');
    expect(payments.ids).toEqual(['retail-2-payment']);
    expect(tally.refused).toEqual([{ id: 'retail-1-2', code: 'too-many-lines' }]);
  });

  it('does not pay what was not checked out', async () => {
    const orders = new Service(({ id }) => (id === 'retail-1-checkout' ? rejected('cart-empty') : {}));
    const { payments } = await imported([invoice('1')], { orders });
    expect(payments.seen).toEqual([]);
  });

  it('keeps what the file says of every order that is placed, by this run or before', async () => {
    const orders = new Service(({ id }) => {
      if (id === 'retail-2-checkout') return { status: 'repeated' };
      return id === 'retail-3-checkout' ? rejected('cart-empty') : {};
    });
    const { tally } = await imported([invoice('1'), invoice('2'), invoice('3'), invoice('C4', 'return')], { orders });
    expect([...tally.placed]).toEqual([
      ['1', '30.60'],
      ['2', '30.60'],
    ]);
  });

  it('records nothing the second time', async () => {
    const again = (): Partial<CommandVerdict> => ({ status: 'repeated' });
    const { tally } = await imported([invoice('1')], { orders: new Service(again), payments: new Service(again) });
    expect(tally).toMatchObject({ recorded: 0, repeated: 4 });
  });

  it('ends when a service goes away', async () => {
    const gone = new Service(() => {
      throw new Error('gone');
    });
    await expect(imported([invoice('1'), invoice('2')], { orders: gone })).rejects.toThrow('gone');
    await expect(imported([invoice('1'), invoice('2')], { payments: gone })).rejects.toThrow('gone');
  });
});
