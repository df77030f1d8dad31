import { eventually } from '@ledgerline/es-testing';
import type { ServiceName } from '../../scripts/services.mjs';
import {
  ask,
  type Body,
  Es,
  es,
  expectedFigures,
  isForeign,
  reportedFigures,
  SAMPLE,
  SAMPLE_COMMANDS,
  Shop,
} from './index.js';

const IMPORT = ['import', 'retail', SAMPLE, '--json'];
const HALF_WAY = 1_000;

// Services that are not ours are not ours to kill.
(isForeign ? describe.skip : describe)('an import that is interrupted half way', () => {
  let shop: Shop;

  beforeEach(async () => {
    shop = await Shop.open();
  });
  afterEach(() => shop?.close());

  /** Resolves when the log shows that a good part was imported, and not all of it. */
  const halfWay = (): Promise<void> =>
    eventually(
      async () => {
        const { body } = await ask(`GET ${shop.orders}/log`);
        const heads = (body['items'] as { position: string }[]).map(({ position }) => Number(position.split('@')[1]));
        expect(heads.reduce((sum, head) => sum + head, 0)).toBeGreaterThan(HALF_WAY);
      },
      { timeoutMs: 20_000, everyMs: 2 },
    );

  const importAgain = async (): Promise<void> => {
    const { code, stdout, stderr } = await es(shop.env, ...IMPORT);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('es: ')]);
    const { recorded, repeated } = JSON.parse(stdout) as { recorded: number; repeated: number };
    expect(recorded + repeated).toBe(SAMPLE_COMMANDS);
    expect(repeated).toBeGreaterThan(0);
    expect(await reportedFigures(shop)).toEqual(expectedFigures());
    const verified = JSON.parse((await es(shop.env, 'verify', '--json')).stdout) as Body;
    expect(verified).toMatchObject({ ok: true });
  };

  it.each<ServiceName>(['order-service', 'payment-service', 'projection-service'])(
    'by a kill of the %s ends in the same figures when it is done again',
    async (name) => {
      const importing = new Es(shop.env, IMPORT);
      await halfWay();
      await shop.kill(name);
      const { code, stdout, stderr } = await importing.ended;
      expect([code, JSON.parse(stdout)]).toMatchObject([1, { error: { code: 'service-unreachable' } }]);
      expect(stderr.split('\n').filter((line) => line.startsWith('es: '))).toEqual([expect.stringContaining(name)]);
      await shop.start([name]);
      await importAgain();
    },
  );

  it('by a kill of the command line ends in the same figures when it is done again', async () => {
    const importing = new Es(shop.env, IMPORT);
    await halfWay();
    importing.kill();
    expect((await importing.ended).stdout).toBe('');
    await importAgain();
  });

  it('does not let a second process onto the data directory', async () => {
    const again = { ...shop.env, ORDER_SERVICE_PORT: '0' };
    const { startServices } = await import('../../scripts/services.mjs');
    const lines: string[] = [];
    const second = startServices({ env: again, only: ['order-service'], onLog: (_, line) => void lines.push(line) });
    expect(await second.firstEnd).toMatchObject({ code: 1 });
    expect(lines.join('\n')).toMatch(/order-service is already running on .* set another DATA_DIR/);
    expect((await ask(`GET ${shop.orders}/health/ready`)).status).toBe(200);
  });
});
