import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { Child } from '../fixtures/child.js';
import { scratch } from '../fixtures/scratch.js';
import { openEmbeddedIndex } from '../stream-index/open-embedded-index.js';
import { openEmbeddedLog } from './open-embedded-log.js';

const newDirectory = scratch();
const topic = 'parcels.events';
const compiled = newDirectory();

/** Fails when LMDB flushes the environment inside its commits, because that cannot be changed once it is open. */
const openOverlapping = (path: string) => open({ path, noSubdir: false, overlappingSync: true });

describe('an acknowledgement of the embedded log', () => {
  it('cannot come before the flush: LMDB flushes inside the commit, unlike that of the index, which is only a cache', async () => {
    const directory = newDirectory();
    const log = await openEmbeddedLog({ directory, topic, partitions: 2, role: 'writer' });
    const index = await openEmbeddedIndex({ directory, service: 'parcels' });
    expect(() => openOverlapping(join(directory, 'log', topic))).toThrow('Can not enable overlappingSync');
    await openOverlapping(join(directory, 'index', 'parcels')).close();
    await log.close();
    await index.close();
  });

  // The operating system's own account, where there is a strace that may look.
  const traceable = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', 'true']).status === 0;
  (traceable ? it : it.skip)(
    'comes after the data was flushed and the commit was written through',
    async () => {
      const trace = join(newDirectory(), 'trace');
      const calls = 'trace=fdatasync,fsync,pwrite64,write';
      const under = ['strace', '-f', '-qq', '-s', '16', '-e', calls, '-o', trace];
      const child = new Child({ file: 'acknowledging.child.mjs', args: [newDirectory()], compiled, under });
      await child.line('ready');
      for (let i = 0; i < 10; i += 1) {
        child.say(`value ${i}`);
        await child.line(`ack ${i}`);
      }
      await child.end();
      const steps = stepsOf(readFileSync(trace, 'latin1'));
      expect(steps.replace(/^.*ready/, '')).toMatch(/^( flush commit ack){10}/);
    },
    60_000,
  );
});

/** What the trace says in order: flushes of data, writes of LMDB's 128 byte commit, acknowledgements. */
const stepsOf = (trace: string): string =>
  trace
    .split('\n')
    .flatMap((line) => {
      if (/f(data)?sync(\(\d+\)| resumed>\)) += 0/.test(line)) return [' flush'];
      if (/pwrite64\(.*, 128, \d+\) = 128/.test(line)) return [' commit'];
      if (/write\(1, "ack/.test(line)) return [' ack'];
      return /write\(1, "ready/.test(line) ? [' ready'] : [];
    })
    .join('');
