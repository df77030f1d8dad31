import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratch } from './fixtures/scratch.js';
import { KeptPlan } from './kept-plan.js';
import { clusterPlan, planCluster, withFreePorts } from './kafka/cluster-plan.js';

const newDirectory = scratch();

describe('a kept plan', () => {
  it('is there once it was kept, and only then', async () => {
    const directory = newDirectory();
    const kept = new KeptPlan(directory, clusterPlan);
    expect(await kept.read()).toBeUndefined();
    const plan = await kept.keep(await planCluster(1));
    expect(await kept.read()).toEqual(plan);
    expect(readdirSync(directory)).toEqual(['plan.json']);
  });

  it('is the newest one', async () => {
    const kept = new KeptPlan(newDirectory(), clusterPlan);
    const moved = await withFreePorts(await kept.keep(await planCluster(3)));
    await kept.keep(moved);
    expect(await kept.read()).toEqual(moved);
  });

  it.each(['', '{"clusterId":"L","nodes":[]}'])('that reads %j is refused, with what to do', async (text) => {
    const directory = newDirectory();
    writeFileSync(join(directory, 'plan.json'), text);
    await expect(new KeptPlan(directory, clusterPlan).read()).rejects.toMatchObject({
      code: 'plan-unreadable',
      message: expect.stringContaining('--wipe'),
    });
  });
});
