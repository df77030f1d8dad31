import { Child } from '../fixtures/child.js';
import { scratch } from '../fixtures/scratch.js';
import { openEmbeddedLog } from './open-embedded-log.js';

const newDirectory = scratch();
const compiled = newDirectory();
const topic = 'parcels.events';

describe('another process that follows an embedded log', () => {
  it('is woken by the bell alone, and sees each record that was acknowledged', async () => {
    const directory = newDirectory();
    const child = new Child({ file: 'acknowledging.child.mjs', args: [directory], compiled });
    await child.line('ready');
    const log = await openEmbeddedLog({ directory, topic, partitions: 2, role: 'reader', pollMs: 0 });
    const pass = log.read(0, { from: 0, follow: true });
    for (let i = 0; i < 100; i += 1) {
      const next = pass.next();
      child.say(`value ${i}`);
      expect((await next)?.records.map(({ offset, value }) => [offset, value])).toEqual([[i, `value ${i}`]]);
    }
    await log.close();
    await child.kill();
  }, 30_000);

  it('sees a record at once when its acknowledgement has arrived', async () => {
    const directory = newDirectory();
    const child = new Child({ file: 'acknowledging.child.mjs', args: [directory], compiled });
    await child.line('ready');
    const log = await openEmbeddedLog({ directory, topic, partitions: 2, role: 'reader', pollMs: 0 });
    for (let i = 0; i < 100; i += 1) {
      child.say(`value ${i}`);
      await child.line(`ack ${i}`);
      expect(await log.bounds(0)).toEqual({ start: 0, end: i + 1 });
    }
    await log.close();
    await child.kill();
  }, 30_000);

  it('is woken by the poll when the bell is not heard', async () => {
    const directory = newDirectory();
    const child = new Child({ file: 'acknowledging.child.mjs', args: [directory], compiled });
    await child.line('ready');
    const log = await openEmbeddedLog({ directory, topic, partitions: 2, role: 'reader', pollMs: 20 });
    const next = log.read(0, { from: 0, follow: true }).next();
    child.say('value');
    expect((await next)?.records).toHaveLength(1);
    await log.close();
    await child.kill();
  }, 30_000);

  it('is released when the log is closed', async () => {
    const directory = newDirectory();
    const log = await openEmbeddedLog({ directory, topic, partitions: 2, role: 'writer' });
    const next = log.read(1, { from: 0, follow: true }).next();
    await log.close();
    expect(await next).toBeUndefined();
  });
});
