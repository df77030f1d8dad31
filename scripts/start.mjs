import { resolve } from 'node:path';
import { describeServices, provisionTopics, startServices } from './services.mjs';
import { build, endOnSignal, install, requireNode, root } from './workspace.mjs';

const LOOK_EVERY_MS = 500;

const prepare = async () => {
  requireNode();
  endOnSignal();
  await install();
  console.log('Building …');
  await build([...describeServices().map(({ name }) => `apps/${name}`), 'apps/cli']);
  await requireDataDir();
  await provisionTopics();
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.removeAllListeners(signal);
};

/** Before three services say the same. */
const requireDataDir = async () => {
  const { makeDirectory } = await import('@ledgerline/es-embedded');
  makeDirectory(resolve(root, process.env.DATA_DIR?.trim() ? process.env.DATA_DIR : '.data'));
};

const signalled = () =>
  new Promise((resolve) => {
    // Kept, not `once`: a second Ctrl-C must not cut the shutdown short; SIGKILL after 8 s bounds it.
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(signal, () => resolve({ signalled: signal }));
  });

/**
 * Settles when npm is gone: killed too hard to pass that on, it leaves this process to somebody else. A process that npm
 * did not start may outlive its parent, as under nohup.
 */
const abandoned = (parent = process.ppid) =>
  new Promise((settle) => {
    if (process.env.npm_lifecycle_event !== 'start') return;
    const look = () => process.ppid !== parent && settle({ signalled: 'npm is gone' });
    setInterval(look, LOOK_EVERY_MS).unref();
  });

const greet = (services) => {
  const [order, , projection] = services;
  console.log(`\nLedgerline is up.\n`);
  for (const { name, url } of services) console.log(`  ${name.padEnd(20)}${url}`);
  console.log(`
Put something into a cart:

  curl -X POST ${order.url}/carts/cart-1/items -H 'content-type: application/json' \\
    -d '{"sku":"85123A","quantity":6,"unitPrice":{"amount":"2.55","currency":"GBP"}}'

then look at it:      curl ${order.url}/carts/cart-1
its audit trail:      curl ${order.url}/streams/cart-cart-1/events
the API:              ${order.url}/openapi.json
the read side:        curl ${projection.url}/projections
the command line:     npm run -s es -- --help

Ctrl-C stops everything.
`);
};

const main = async () => {
  const leaving = abandoned();
  await prepare();
  const stopping = Promise.race([signalled(), leaving]);
  const running = startServices({ onLog: (name, line) => console.log(`[${name}] ${line}`) });
  const ended = running.firstEnd.then((end) => ({ end }));
  const up = running.ready().then(
    () => greet(running.services),
    (error) => ({ error }),
  );
  const why = (await Promise.race([up, ended, stopping])) ?? (await Promise.race([ended, stopping]));
  if (why.error) console.error(why.error.message);
  if (why.end) console.error(`${why.end.name} ended (${why.end.signal ?? `exit code ${why.end.code}`})`);
  await running.stop();
  process.exit(why.signalled ? 0 : 1);
};

await main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
