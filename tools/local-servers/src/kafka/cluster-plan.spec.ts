import { planCluster, withFreePorts } from './cluster-plan.js';

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

  it('moves to other ports and stays the same cluster', async () => {
    const plan = await planCluster(3);
    const moved = await withFreePorts(plan);
    expect(moved.clusterId).toBe(plan.clusterId);
    expect(portsOf(moved).filter((port) => portsOf(plan).includes(port))).toEqual([]);
  });
});
