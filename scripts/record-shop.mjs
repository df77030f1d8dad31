// Records what a release of the shop writes and answers, for `e2e/src/recorded-shop.e2e.spec.ts`: later releases go on from there.
//   npm run -s build && node scripts/record-shop.mjs samples/recordings/2026-11-shop
// Makes `stored.tar.gz`, with the data directory, a backup and a seal of it, and `session.json`, every command and read, over HTTP and on the
// command line, with its answer.
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describeServices, provisionTopics, startServices } from './services.mjs';
import { root } from './workspace.mjs';

const WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;
const NDJSON = 'application/x-ndjson';
/** So many events of a stream make a snapshot. */
const SNAPSHOT_EVERY = 100;

const item = { sku: '85123A', quantity: 6, unitPrice: { amount: '2.55', currency: 'GBP' } };
const contact = { name: 'Ada Lovelace', email: 'ada@example.org', address: ['12 Marylebone Road', 'London'] };
const orders = (path) => `order-service/${path}`;
const payments = (path) => `payment-service/${path}`;
const projections = (path) => `projection-service/${path}`;

let commands = 0;
const command = (path, body) => ({ post: path, body, key: `recorded-${(commands += 1)}` });
const until = (path, content) => ({ get: path, until: content });
const order = (id, facts = {}) => [
  command(orders(`carts/${id}/items`), item),
  command(orders('orders'), { orderId: id, cartId: id, customerId: 'ada', country: 'France', ...facts }),
  until(projections(`orders/${id}`), { status: 'created' }),
  until(payments(`payments/${id}`), { status: 'requested' }),
];
const paid = (id, facts) => [
  ...order(id, facts),
  command(payments(`payments/${id}/process`), { method: 'tok_ok' }),
  until(projections(`orders/${id}`), { status: 'confirmed' }),
];
const lines = (name) =>
  Array.from({ length: SNAPSHOT_EVERY + 20 }, (_, i) =>
    JSON.stringify({ id: `${name}-${i}`, type: 'AddItemToCart', stream: `cart-${name}`, data: item }),
  ).join('\n');

const session = [
  ...paid('returned', { contact }),
  command(orders('returns'), {
    orderId: 'returned',
    returnId: 'some',
    customerId: 'ada',
    lines: [{ ...item, quantity: 1 }],
  }),
  until(projections('orders/returned'), { payment: { refunded: { amount: '2.55', currency: 'GBP' } } }),
  ...paid('cancelled', { customerId: 'bob', contact: { ...contact, name: 'Bob' } }),
  command(orders('orders/cancelled/cancel'), { reason: 'damaged' }),
  until(projections('orders/cancelled'), { payment: { status: 'refunded' } }),
  ...order('declined', { customerId: 'cyd' }),
  command(payments('payments/declined/process'), { method: 'tok_declined' }),
  until(projections('orders/declined'), { payment: { status: 'declined' } }),
  ...order('unpaid', { customerId: 'dan' }),
  { post: orders('commands'), text: lines('long') },
  // Each of these is refused, and two of them leave a record of it.
  command(orders('orders'), { orderId: 'none', cartId: 'none', customerId: 'ada' }),
  command(orders('carts/returned/items'), item),
  command(orders('orders/unheard-of/cancel'), { reason: 'damaged' }),
  command(payments('payments/returned/process'), { method: 'tok_ok' }),
  command(orders('subjects/bob/forget'), { reason: 'letter 17' }),
  // Nothing is left that a clock will change before the recording is read.
  ...['declined', 'unpaid'].map((id) => until(projections(`orders/${id}`), { status: 'cancelled' })),
  until(projections('orders/cancelled'), {
    contact: { name: '[forgotten]', email: '[forgotten]', address: '[forgotten]' },
  }),
];

const ids = ['returned', 'cancelled', 'declined', 'unpaid'];
const reads = [
  ...ids.flatMap((id) => [
    ...[orders(`orders/${id}`), orders(`carts/${id}`), payments(`payments/${id}`), projections(`orders/${id}`)],
    ...[orders(`orders/${id}?version=1`), orders(`streams/order-${id}/events`), orders(`streams/cart-${id}/events`)],
    payments(`streams/payment-${id}/events`),
  ]),
  ...[
    orders('carts/long'),
    orders('carts/long?version=100'),
    orders('returns/some'),
    orders('streams/subject-bob/events'),
  ],
  ...[projections('orders'), projections('customers/ada/dashboard'), projections('reports/sales?by=country')],
  ...['day', 'product', 'customer'].map((by) => projections(`reports/sales?by=${by}`)),
].map((path) => ({ get: path }));

const printed = [
  'read order-returned',
  'read order-cancelled --raw',
  'read no-such-category',
  'state payment-returned',
  'state cart-long --version 100',
  'trace order-returned',
  'trace nobody',
  ...['verify', 'rehearse', 'lag', 'projections', 'parked'],
].map((line) => ({ es: line.split(' ') }));

const portThatIsFree = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const HEADERS = ['etag', 'x-position'];

/** One request of the session, and what was answered. */
const ask = async (urls, { get, post, body, text, key }) => {
  const [service, ...path] = (get ?? post).split('/');
  const answer = await fetch(`${urls.get(service)}/${path.join('/')}`, {
    method: get === undefined ? 'POST' : 'GET',
    headers: {
      ...(post && { 'content-type': text === undefined ? 'application/json' : NDJSON, 'x-actor': 'ann' }),
      ...(key && { 'idempotency-key': key }),
    },
    body: text ?? (body && JSON.stringify(body)),
  });
  const headers = Object.fromEntries(
    HEADERS.flatMap((name) => (answer.headers.has(name) ? [[name, answer.headers.get(name)]] : [])),
  );
  return { status: answer.status, headers, text: await answer.text() };
};

const holds = (content, value) =>
  typeof content === 'object' && content !== null && !Array.isArray(content)
    ? Object.entries(content).every(([name, part]) => holds(part, value?.[name]))
    : isDeepStrictEqual(content, value);

const waitFor = async (urls, { get, until: content }) => {
  for (const deadline = Date.now() + WITHIN_MS; ;) {
    const answer = await ask(urls, { get });
    if (answer.status === 200 && holds(content, JSON.parse(answer.text))) return;
    if (Date.now() > deadline) throw new Error(`${get} never had ${JSON.stringify(content)}, but ${answer.text}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
};

/** What the command line prints; of programs, the whole of it. */
const print = (env, args) =>
  new Promise((resolve) => {
    const argv = ['scripts/es.mjs', ...args, '--json'];
    execFile(process.execPath, argv, { cwd: root, env }, (error, text) => resolve({ code: error?.code ?? 0, text }));
  });

const succeed = async (env, args) => {
  const { code, text } = await print(env, args);
  if (code !== 0) throw new Error(`es ${args.join(' ')} printed ${text}`);
};

const play = async (urls) => {
  const asked = [];
  for (const step of session) {
    if (step.until) await waitFor(urls, step);
    else asked.push({ ...step, answer: await ask(urls, step) });
  }
  for (const step of reads) asked.push({ ...step, answer: await ask(urls, step) });
  return asked;
};

const record = async (directory) => {
  const stored = mkdtempSync(join(tmpdir(), 'ledgerline-record-'));
  const [order, payment, projection] = [await portThatIsFree(), await portThatIsFree(), await portThatIsFree()];
  const env = {
    ...{ ...process.env, KAFKA_BROKERS: '', MONGODB_URI: '', LOG_LEVEL: 'warn', PAYMENT_EXPIRES_AFTER_S: '3' },
    ...{ DATA_DIR: join(stored, 'data'), ORDER_SERVICE_PORT: order },
    ...{ PAYMENT_SERVICE_PORT: payment, PROJECTION_SERVICE_PORT: projection },
  };
  await provisionTopics({ env });
  const running = startServices({ env, onLog: (name, line) => console.error(`${name}: ${line}`) });
  try {
    await running.ready();
    const services = describeServices(env);
    const asked = await play(new Map(services.map(({ name, url }) => [name, url])));
    const found = Object.fromEntries(services.map(({ variable, url }) => [`${variable}_URL`, url]));
    const cli = { ...env, ...found };
    for (const step of printed) asked.push({ ...step, answer: await print(cli, step.es) });
    await succeed(cli, ['backup', join(stored, 'backup')]);
    await succeed(cli, ['seal', '--new-key', join(stored, 'seal.pem')]);
    await succeed({ ...cli, SEAL_KEY_FILE: join(stored, 'seal.pem') }, ['seal', join(stored, 'seals')]);
    await running.stop();
    mkdirSync(directory, { recursive: true });
    writeFileSync(`${directory}/session.json`, `${JSON.stringify(asked, null, 1)}\n`);
    execFileSync('tar', [
      '-czSf',
      `${directory}/stored.tar.gz`,
      '-C',
      stored,
      'data',
      'backup',
      'seals',
      'seal.pem.pub',
    ]);
  } finally {
    await running.stop();
    rmSync(stored, { recursive: true, force: true });
  }
};

await record(process.argv[2]);
