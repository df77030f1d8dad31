import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePorts, isFree } from './free-ports.js';

describe('free ports', () => {
  it('are each given once', async () => {
    const ports = [...(await freePorts(4)), ...(await freePorts(4))];
    expect(new Set(ports).size).toBe(8);
  });

  it('are none that an outgoing connection could get', async () => {
    for (const port of await freePorts(4)) {
      expect(port).toBeGreaterThanOrEqual(10_240);
      expect(port).toBeLessThan(30_240);
    }
  });

  it('are not those that somebody listens on', async () => {
    const [last = 0] = await freePorts(1);
    const next = last + 1;
    const server = createServer().listen(next, '127.0.0.1');
    await once(server, 'listening');
    expect(await isFree(next)).toBe(false);
    expect(await freePorts(1)).not.toContain(next);
    server.close();
    await once(server, 'close');
    expect(await isFree(next)).toBe(true);
  });
});
