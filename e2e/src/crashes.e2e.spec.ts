import { eventually } from '@ledgerline/es-testing';
import type { ServiceName } from '../../scripts/services.mjs';
import {
  ask,
  Es,
  esJson,
  expectedFigures,
  isForeign,
  reportedFigures,
  SAMPLE,
  SAMPLE_COMMANDS,
  Shop,
} from './index.js';

const IMPORT = ['import', 'retail', SAMPLE, '--json'];
interface Summary {
  readonly recorded: number;
  readonly repeated: number;
}

/** When the first is killed, and then the second, by the events in the order service's log. */
const SOME_WAY = [500, 1_500] as const;

// Services that are not ours are not ours to kill.
(isForeign ? describe.skip : describe)('an import that is interrupted twice', () => {
  let shop: Shop;

  beforeEach(async () => {
    shop = await Shop.open();
  });
  afterEach(() => shop?.close());

  const hasRecorded = (events: number): Promise<void> =>
    eventually(
      async () => {
        const { body } = await ask(`GET ${shop.orders}/log`);
        const heads = (body['items'] as { position: string }[]).map(({ position }) => Number(position.split('@')[1]));
        expect(heads.reduce((sum, head) => sum + head, 0)).toBeGreaterThan(events);
      },
      { everyMs: 2 },
    );

  const killService = async (name: ServiceName, importing: Es): Promise<void> => {
    await shop.kill(name);
    const { code, stdout, stderr } = await importing.ended;
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { error: { code: 'service-unreachable' } }]);
    expect(stderr.split('\n').filter((line) => line.startsWith('es: '))).toEqual([expect.stringContaining(name)]);
    await shop.start([name]);
  };

  const killCommandLine = async (importing: Es): Promise<void> => {
    importing.kill();
    expect((await importing.ended).stdout).toBe('');
  };

  it.each<readonly [ServiceName | 'command line', ServiceName]>([
    ['order-service', 'payment-service'],
    ['command line', 'projection-service'],
  ])(
    'by a kill of the %s and then of the %s ends in the same figures when it is done once more',
    async (...victims) => {
      for (const [i, victim] of victims.entries()) {
        const importing = new Es(shop.env, IMPORT);
        await hasRecorded(SOME_WAY[i] ?? 0);
        await (victim === 'command line' ? killCommandLine(importing) : killService(victim, importing));
      }
      const { recorded, repeated } = await esJson<Summary>(shop.env, 'import', 'retail', SAMPLE);
      expect(recorded + repeated).toBe(SAMPLE_COMMANDS);
      expect(repeated).toBeGreaterThan(0);
      expect(await reportedFigures(shop)).toEqual(expectedFigures());
      expect(await esJson(shop.env, 'verify')).toMatchObject({ ok: true });
    },
  );

  it('does not let a second process onto the data directory', async () => {
    const again = { ...shop.env, ORDER_SERVICE_PORT: '0' };
    const { startServices } = await import('../../scripts/services.mjs');
    const lines: string[] = [];
    const second = startServices({ env: again, only: ['order-service'], onLog: (_, line) => void lines.push(line) });
    expect(await second.firstEnd).toMatchObject({ code: 1 });
    expect(lines.join('\n')).toMatch(/order-service is already running on .* use another data directory/);
    expect((await ask(`GET ${shop.orders}/health/ready`)).status).toBe(200);
  });
});
