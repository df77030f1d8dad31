import { mkdir, writeFile } from 'node:fs/promises';
import { EmbeddedShop } from '../fixtures/embedded-shop.js';
import { esProgram } from '../program.js';

const THIRD = 'parcels.events';

describe('the command line where a service records events that it does not know', () => {
  let shop: EmbeddedShop;
  const run = async (...args: readonly string[]): Promise<unknown> => {
    let found: unknown;
    await esProgram((result) => (found = result)).parseAsync(args, { from: 'user' });
    return found;
  };
  const verbs: readonly (readonly [string, () => readonly string[]])[] = [
    ['verify', () => ['verify', '--no-read-models']],
    ['backup', () => ['backup', shop.path('backup')]],
    ['restore', () => ['restore', shop.path('before')]],
    ['restore --accept', () => ['restore', '--accept']],
    ['restore --accept --dry-run', () => ['restore', '--accept', '--dry-run']],
    ['trace', () => ['trace', 'order-a-0']],
    ['seal', () => ['seal', shop.path('seals'), '--key', shop.path('key')]],
    ['verify-seal', () => ['verify-seal', shop.path('seals'), '--key', shop.path('key.pub')]],
    ['rehearse', () => ['rehearse']],
  ];

  beforeEach(async () => {
    shop = await EmbeddedShop.open();
    await shop.record(2, 'a');
    await run('seal', '--new-key', shop.path('key'));
    await mkdir(shop.path('seals'));
    await run('seal', shop.path('seals'), '--key', shop.path('key'));
  });
  afterEach(() => shop.close());

  it.each(verbs)('fails with its name: %s', async (_, args) => {
    await shop.provision(THIRD);
    await expect(run(...args())).rejects.toMatchObject({
      ...{ code: 'unknown-topic', retriable: false, facts: { topics: THIRD } },
      message: expect.stringContaining(`${THIRD}: events are recorded there`) as string,
    });
  });

  it('says all of them at once', async () => {
    for (const topic of [THIRD, 'invoices.events']) await shop.provision(topic);
    await expect(run('verify', '--no-read-models')).rejects.toMatchObject({
      facts: { topics: `invoices.events, ${THIRD}` },
    });
  });

  it('does not mind what holds no events: a directory, or a file', async () => {
    await mkdir(shop.path('data/log/empty'));
    await mkdir(shop.path('data/log/notes'));
    await writeFile(shop.path('data/log/notes/readme'), 'x');
    await writeFile(shop.path('data/log/file'), 'x');
    expect(await run('verify', '--no-read-models')).toMatchObject({ ok: true });
  });
});
