import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { es, jsonOf, overEverything, provisionThree, THIRD_TOPIC } from './index.js';

describe('a third service that records events on the embedded log', () => {
  let directory: string;
  let env: Record<string, string | undefined>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ledgerline-third-'));
    env = { ...process.env, KAFKA_BROKERS: '', MONGODB_URI: '', DATA_DIR: join(directory, 'data') };
    await provisionThree(env);
  });
  afterAll(() => rm(directory, { recursive: true }));

  it.each(overEverything('elsewhere').map((args) => [args.join(' ')]))('is named, and es %s fails', async (line) => {
    const { code, stdout, stderr } = await es(env, ...line.split(' '), '--json');
    expect([code, stderr]).toEqual([1, expect.stringContaining(`es: ${THIRD_TOPIC}: events are recorded there`)]);
    expect(jsonOf(stdout)).toMatchObject({ error: { code: 'unknown-topic' } });
  });

  it('is not backed up by half', async () => {
    await es(env, 'backup', join(directory, 'backup'));
    expect(await readdir(directory)).toEqual(['data']);
  });
});
