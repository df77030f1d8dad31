import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Parser } from '@asyncapi/parser';
import { asyncApi } from './async-api.js';
import type { Catalogue, CommandEntry, EventEntry } from './catalogue.js';
import { filesOf, staleIn } from './files.js';
import { page } from './page/page.js';
import { catalogueOf, type Code } from './read-catalogue.js';
import { shop, shopCode, versionOf } from './shop.js';

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

let code: Code;
let catalogue: Catalogue;
// The services' whole source is parsed and its types are worked out.
beforeAll(() => {
  code = shopCode(root);
  catalogue = catalogueOf(code, shop, versionOf(root));
}, 120_000);

const eventNamed = (wanted: string): EventEntry => {
  const found = catalogue.events.find(({ name }) => name === wanted);
  if (!found) throw new Error(`no event ${wanted}`);
  return found;
};

const commandNamed = (wanted: string): CommandEntry => {
  const found = catalogue.commands.find(({ name }) => name === wanted);
  if (!found) throw new Error(`no command ${wanted}`);
  return found;
};

const consumersOf = (event: string): readonly string[] =>
  eventNamed(event).consumers.map(({ service, name, sends }) => [service, name, ...sends].join(' '));

const sendersOf = (command: string): readonly string[] =>
  commandNamed(command).senders.map(({ kind, by }) => `${kind} ${by}`);

const codesOf = (command: string): readonly string[] => commandNamed(command).rejections.map(({ code }) => code);

describe("the shop's catalogue", () => {
  it('says who consumes an event, and what they do then', () => {
    expect(consumersOf('OrderCancelled')).toEqual([
      'payment-service PaymentReactor.cancel CancelPayment RefundPayment',
      ...['order-page', 'customer-dashboard', 'sales-report'].map((name) => `projection-service ${name}`),
    ]);
    expect(consumersOf('PaymentExpired')).toEqual([
      'order-service OrderReactor.cancelExpired CancelOrder',
      'projection-service order-page',
    ]);
    expect(consumersOf('PaymentRequested')).toContain('payment-service payment ExpirePayment');
    expect(consumersOf('ItemAddedToCart')).toEqual([]);
  });

  it('says who sends a command', () => {
    expect(sendersOf('CancelOrder')).toEqual([
      'http POST /commands',
      'message orders.commands',
      'http POST /orders/:id/cancel',
      'event PaymentDeclined',
      'event PaymentExpired',
    ]);
    expect(sendersOf('ReopenCart')).toEqual(['rejection CreateOrderRejected']);
    expect(sendersOf('AcceptReturn')).toEqual([
      ...['http POST /commands', 'message orders.commands', 'http POST /returns'],
    ]);
    expect(sendersOf('ExpirePayment')).toEqual(['deadline PaymentRequested']);
  });

  it('says what may come of a command: of this one, not of another of the same aggregate', () => {
    expect(codesOf('CheckOutCart')).toEqual(['cart-checked-out', 'cart-empty', 'order-exists']);
    expect(codesOf('RemoveItemFromCart')).toEqual(['cart-checked-out', 'line-not-found']);
    expect(codesOf('ReopenCart')).toEqual([]);
    expect(commandNamed('RecordOutcome').events).toEqual(['PaymentProcessed', 'PaymentDeclined', 'PaymentRefunded']);
    expect(eventNamed('PaymentRefunded').commands).toEqual(['RecordOutcome', 'RefundPayment']);
  });

  it('tells public commands from those of the process, with the rule of each field', () => {
    const { isPublic, schema, rules } = commandNamed('AddItemToCart');
    expect([isPublic, schema]).toMatchObject([true, { required: ['sku', 'quantity', 'unitPrice'] }]);
    expect(rules.get('quantity')).toBe('must be a whole number from 1 to 1000000');
    expect(commandNamed('RegisterReturn').rules.get('lines[].unitPrice.currency')).toMatch(/^must be a currency code/);
    const internal = commandNamed('ReleaseReturn');
    expect([internal.isPublic, internal.schema]).toMatchObject([false, { required: ['returnId', 'reason'] }]);
  });

  it('describes each event, and gives an example that its schema takes', () => {
    for (const { name, description, versions, example } of catalogue.events) {
      expect([name, description]).not.toEqual([name, '']);
      expect([name, versions[0]?.zod.safeParse(example).error]).toEqual([name, undefined]);
    }
  });

  it('has nothing that nobody sends, and nothing that follows from nothing', () => {
    expect(catalogue.commands.filter(({ senders }) => senders.length === 0).map(({ name }) => name)).toEqual([]);
    expect(catalogue.events.filter(({ commands }) => commands.length === 0).map(({ name }) => name)).toEqual([]);
  });

  it('is what docs/catalogue holds (if not: run `npm run catalogue`, and commit what it writes)', () => {
    expect(staleIn(join(root, 'docs/catalogue'), filesOf(catalogue))).toEqual([]);
  });

  it('is refused where a read model is left out, or a reactor waits for what nobody records', () => {
    const fewer = shop.map((service) => ({ ...service, projections: service.projections.slice(1) }));
    expect(() => catalogueOf(code, fewer, '0.1.0')).toThrow('salesReport are projections, and 2 are exported');
    const services = shop.filter(({ name }) => name !== 'order-service');
    expect(() => catalogueOf(code, services, '0.1.0')).toThrow('which nobody records');
  });
});

describe('its AsyncAPI document', () => {
  it('is valid for the official parser, without a remark', async () => {
    const { diagnostics, document } = await new Parser().parse(JSON.stringify(asyncApi(catalogue)));
    expect(diagnostics).toEqual([]);
    const channels = document
      ?.channels()
      .all()
      .map((channel) => channel.address());
    expect(channels).toEqual([
      ...['orders.events', 'orders.commands', 'orders.commands.reply'],
      ...['payments.events', 'payments.commands', 'payments.commands.reply'],
    ]);
    expect(document?.messages().all().length).toBeGreaterThanOrEqual(catalogue.events.length);
  }, 60_000);
});

describe('its page', () => {
  it('needs nothing from elsewhere, and each of its links leads somewhere', () => {
    const text = page(catalogue);
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\/|url\(|@import/);
    const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const links = [...text.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.filter((id) => !ids.has(id))).toEqual([]);
    for (const { name } of [...catalogue.events, ...catalogue.commands]) expect(text).toContain(`>${name}</a>`);
  });
});
