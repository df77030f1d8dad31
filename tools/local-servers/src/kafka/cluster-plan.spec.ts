import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratch } from '../fixtures/scratch.js';
import { keepPlan, planCluster, readPlan, withFreePorts } from './cluster-plan.js';

const newDirectory = scratch();

const portsOf = (plan: Awaited<ReturnType<typeof planCluster>>): number[] =>
  plan.nodes.flatMap(({ ports }) => Object.values(ports));

describe('the plan of a cluster', () => {
  it('gives every broker ports of its own', async () => {
    const plan = await planCluster(3);
    expect(plan.nodes.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(new Set(portsOf(plan)).size).toBe(9);
  });

  it('has an id that Kafka takes for a uuid, and no command line for an option', async () => {
    const { clusterId } = await planCluster(1);
    expect(Buffer.from(clusterId, 'base64url')).toHaveLength(16);
    expect(clusterId).toMatch(/^L[\w-]{21}$/);
  });

  it('is there once it was kept, and only then', async () => {
    const directory = newDirectory();
    expect(await readPlan(directory)).toBeUndefined();
    const plan = await keepPlan(directory, await planCluster(1));
    expect(await readPlan(directory)).toEqual(plan);
    expect(readdirSync(directory)).toEqual(['plan.json']);
  });

  it('moves to other ports and stays the same cluster', async () => {
    const directory = newDirectory();
    const plan = await keepPlan(directory, await planCluster(3));
    const moved = await withFreePorts(plan);
    await keepPlan(directory, moved);
    expect(await readPlan(directory)).toEqual(moved);
    expect(moved.clusterId).toBe(plan.clusterId);
    expect(portsOf(moved).filter((port) => portsOf(plan).includes(port))).toEqual([]);
  });

  it.each(['', '{"clusterId":"L","nodes":[]}'])('that reads %j is refused, with what to do', async (text) => {
    const directory = newDirectory();
    writeFileSync(join(directory, 'plan.json'), text);
    await expect(readPlan(directory)).rejects.toMatchObject({
      code: 'plan-unreadable',
      message: expect.stringContaining('--wipe'),
    });
  });
});
