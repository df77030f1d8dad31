import { esProgram } from '../program.js';

describe('es backup, verify-backup, repartition and restore', () => {
  const run = async (...args: readonly string[]): Promise<unknown> =>
    await esProgram(() => undefined).parseAsync(args, { from: 'user' });

  it.each([
    [['restore'], 'give the directory of a backup, or --accept'],
    [['restore', '/backup', '--accept'], 'give the directory of a backup, or --accept'],
    [['restore', '/backup', '--dry-run'], '--dry-run goes with --accept'],
    [['repartition', '/backup', '/new'], "required option '--partitions <n>' not specified"],
    [['repartition', '/backup', '/new', '--partitions', '0'], 'must be a whole number from 1 to 1000'],
    [['repartition', '/backup', '/new', '--partitions', '1001'], 'must be a whole number from 1 to 1000'],
    [['backup'], "missing required argument 'directory'"],
    [['verify-backup'], "missing required argument 'directory'"],
  ])('refuses %j', async (args, message) => {
    await expect(run(...args)).rejects.toThrow(message);
  });
});
