import { StandInService } from '../fixtures/stand-in-service.js';
import { esProgram } from '../program.js';

describe('es parked', () => {
  const service = new StandInService(({ method }) => ({
    body: JSON.stringify(method === 'POST' ? { id: 'x' } : { items: [] }),
  }));

  beforeAll(() => service.listenAs('PROJECTION_SERVICE_URL'));
  afterAll(() => service.close());

  it.each([
    [['parked'], false],
    [['parked', '--json'], true],
    [['parked', 'retry', 'x'], false],
    [['parked', 'retry', 'x', '--json'], true],
    [['parked', '--json', 'retry', 'x'], true],
    [['parked', '--json', 'discard', 'x', '--reason', 'r'], true],
  ] as const)('%j answers in JSON: %j', async (args, expected) => {
    const shown: boolean[] = [];
    await esProgram((_result, asJson) => shown.push(asJson)).parseAsync(args, { from: 'user' });
    expect(shown).toEqual([expected]);
  });
});
