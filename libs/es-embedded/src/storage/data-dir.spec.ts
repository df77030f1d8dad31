import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../fixtures/child.js';
import { scratch } from '../fixtures/scratch.js';
import { lockDataDir } from '../lock/lock-data-dir.js';
import { openEmbeddedLog } from '../log/open-embedded-log.js';
import { openEmbeddedReadModels } from '../read-models/open-embedded-read-models.js';
import { openEmbeddedIndex } from '../stream-index/open-embedded-index.js';

const newDirectory = scratch();
const compiled = newDirectory();
const name = 'parcel-service';
const RULE = 'the data directory must be one that can be made, read and written: ';

const aFile = (): string => {
  const file = join(newDirectory(), 'a-file');
  writeFileSync(file, 'of somebody');
  return file;
};

/** In another process, which is not root even where the specs are. */
const lockedBy = async (user: string, directory: string): Promise<string> => {
  const child = new Child({ file: 'locking.child.mjs', args: [directory, name, user], compiled });
  child.say('go');
  const line = await Promise.race([child.line('locked'), child.line('refused')]);
  await child.end();
  return line;
};

describe('a data directory that is none', () => {
  it.each([
    ['a file', (file: string) => file],
    ['in a file', (file: string) => join(file, 'inside')],
  ])('is refused where it is %s, by the rule and the path', async (_, pathAt) => {
    const directory = pathAt(aFile());
    const refusal = expect.objectContaining({
      ...{ code: 'data-dir-unusable', retriable: false },
      message: expect.stringMatching(new RegExp(`^${RULE}${directory}[^\n]* is a file`)) as string,
    }) as Error;
    expect(() => lockDataDir({ directory, name })).toThrow(refusal);
    const log = { directory, topic: 'parcels.events', partitions: 1 };
    await expect(openEmbeddedLog({ ...log, role: 'writer' })).rejects.toThrow(refusal);
    await expect(openEmbeddedLog({ ...log, role: 'reader' })).rejects.toThrow(refusal);
    await expect(openEmbeddedIndex({ directory, service: name })).rejects.toThrow(refusal);
    await expect(openEmbeddedReadModels({ directory })).rejects.toThrow(refusal);
  });

  it('is awaited by a reader where there is nothing yet', async () => {
    const directory = join(newDirectory(), 'later');
    await expect(openEmbeddedLog({ directory, topic: 't', partitions: 1, role: 'reader' })).rejects.toThrow(
      expect.objectContaining({ code: 'log-unavailable' }),
    );
  });
});

describe('a data directory that is somebody else’s', () => {
  it.each([
    ['may be read only', 0o755],
    ['may not be entered', 0o700],
  ])(
    'is refused where it %s',
    async (_, mode) => {
      const directory = newDirectory();
      chmodSync(directory, process.getuid?.() === 0 ? mode : 0o500);
      expect(await lockedBy('nobody', directory)).toMatch(
        /^refused data-dir-unusable .* may not be used by this user$/,
      );
    },
    30_000,
  );

  it('is refused where only what lies in it is', async () => {
    const directory = newDirectory();
    await lockDataDir({ directory, name }).close();
    chmodSync(directory, 0o777);
    chmodSync(join(directory, 'locks'), 0o777);
    chmodSync(join(directory, 'locks', name), process.getuid?.() === 0 ? 0o755 : 0o500);
    expect(await lockedBy('nobody', directory)).toMatch(/^refused data-dir-unusable .* may not be used by this user$/);
  }, 30_000);
});
