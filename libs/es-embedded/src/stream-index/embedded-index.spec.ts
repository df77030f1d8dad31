import { mkdirSync, statSync, truncateSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IndexBatch, RawEvent, StreamIndex } from '@ledgerline/es-core/adapter';
import { Opened } from '../fixtures/opened.js';
import { scratch } from '../fixtures/scratch.js';
import { openEnvironment, putFormat } from '../storage/environment.js';
import { INDEX_VERSION } from './index-entries.js';
import { openEmbeddedIndex } from './open-embedded-index.js';

const newDirectory = scratch();
const service = 'parcel-service';
const time = '2026-01-01T00:00:00.000Z';

const eventOf = (stream: string, version: number): RawEvent => ({
  ...{
    stream,
    version,
    type: 'ParcelCreated.v1',
    data: '{"a":"ü"}',
    id: `${stream}/${version}`,
    time,
    ordinal: version,
  },
  ...{ commandId: `c${version}`, correlationId: 'r', causationId: 'c', actor: 'anonymous' },
});

const batchOf = (events: readonly RawEvent[]): IndexBatch => ({
  partition: 0,
  readerState: { logId: 'log', ordinal: events.length, head: 'h', headOffset: 3, time },
  events,
  results: events.map(({ stream, version, commandId, ordinal }) => ({
    ...{ stream, commandId, fingerprint: 'f', version, events: 1, ordinal },
  })),
  snapshots: [],
});

const opened = new Opened();
afterEach(() => opened.close());
const openIndex = (directory: string, onRebuild?: (reason: string) => void): Promise<StreamIndex> =>
  opened.add(openEmbeddedIndex({ directory, service, ...(onRebuild && { onRebuild }) }));

describe('an embedded index', () => {
  it('holds what was written after it was opened again, and says nothing of a rebuild', async () => {
    const directory = newDirectory();
    const reasons: string[] = [];
    const first = await openIndex(directory);
    await first.write(batchOf([eventOf('parcel-1', 1), eventOf('parcel-1', 2)]));
    await first.close();
    const index = await openIndex(directory, (reason) => reasons.push(reason));
    expect([...index.events('parcel-1', 1, Infinity)]).toEqual([eventOf('parcel-1', 1), eventOf('parcel-1', 2)]);
    expect(index.readerState(0)?.ordinal).toBe(2);
    expect(reasons).toEqual([]);
  });

  it('reads a long stream while it grows, and does not mix it up with one whose name begins the same', async () => {
    const index = await openIndex(newDirectory());
    const events = Array.from({ length: 1200 }, (_, i) => eventOf('parcel-1', i + 1));
    await index.write(batchOf([...events, eventOf('parcel-10', 1), eventOf('order', 1)]));
    const seen: number[] = [];
    for (const { version } of index.events('parcel-1', 2, 1400)) {
      if (version === 10) await index.write(batchOf([eventOf('parcel-1', 1201)]));
      seen.push(version);
    }
    expect(seen).toEqual(Array.from({ length: 1200 }, (_, i) => i + 2));
    expect([index.version('parcel-1'), index.version('parcel-10'), index.version('parcel-2')]).toEqual([1201, 1, 0]);
  });

  it.each([
    ['long', 'x'.repeat(5000)],
    ['empty', ''],
    ['with bytes that keys use themselves', 'order\0-1\x01'],
    ['beyond ASCII', 'parcel-日本-ü'],
  ])('takes streams and command ids of any kind: %s', async (_, name) => {
    const index = await openIndex(newDirectory());
    const event = { ...eventOf(name, 1), commandId: name };
    await index.write({ ...batchOf([event]), snapshots: [{ stream: name, version: 1, revision: 'r1', state: '{}' }] });
    await index.writeNote(name, 'here');
    expect([...index.events(name, 0, 9)]).toEqual([event]);
    expect(index.result(name, name)).toMatchObject({ stream: name, commandId: name, version: 1 });
    expect(index.snapshot(name)).toEqual({ stream: name, version: 1, revision: 'r1', state: '{}' });
    expect(index.note(name)).toBe('here');
  });

  it('is empty after it was cleared, and still an index', async () => {
    const directory = newDirectory();
    const reasons: string[] = [];
    const first = await openIndex(directory);
    await first.write(batchOf([eventOf('parcel-1', 1)]));
    await first.clear();
    expect([first.version('parcel-1'), first.readerState(0)]).toEqual([0, undefined]);
    await first.close();
    await openIndex(directory, (reason) => reasons.push(reason));
    expect(reasons).toEqual([]);
  });
});

describe('an index that cannot be used', () => {
  const indexDirectory = (directory: string): string => join(directory, 'index', service);
  const dataFile = (directory: string): string => join(indexDirectory(directory), 'data.mdb');
  const filled = async (directory: string): Promise<void> => {
    const index = await openIndex(directory);
    await index.write(batchOf(Array.from({ length: 3000 }, (_, i) => eventOf(`parcel-${i}`, 1))));
    await index.close();
  };
  const anotherFormat = async (directory: string, format: Record<string, string | number>): Promise<void> => {
    mkdirSync(indexDirectory(directory), { recursive: true });
    const environment = openEnvironment({ directory: indexDirectory(directory), durable: false, remedy: '' });
    await putFormat(environment, format);
    await environment.close();
  };

  it.each([
    [
      'a foreign file',
      'not an LMDB file',
      async (directory: string): Promise<void> => {
        mkdirSync(indexDirectory(directory), { recursive: true });
        await writeFile(dataFile(directory), 'hello'.repeat(9000));
      },
    ],
    [
      'cut off',
      'cut off',
      async (directory: string): Promise<void> => {
        await filled(directory);
        truncateSync(dataFile(directory), statSync(dataFile(directory)).size / 2);
      },
    ],
    [
      'of another version',
      '"version":1',
      (directory: string) => anotherFormat(directory, { format: 'ledgerline-index', version: 1, service }),
    ],
    [
      'of another service',
      'stamp-service',
      (directory: string) =>
        anotherFormat(directory, { format: 'ledgerline-index', version: INDEX_VERSION, service: 'stamp-service' }),
    ],
  ])('is moved aside and made anew when it is %s', async (_, reason, damage) => {
    const directory = newDirectory();
    await damage(directory);
    const reasons: string[] = [];
    const index = await openIndex(directory, (text) => reasons.push(text));
    expect(reasons).toEqual([expect.stringContaining(reason)]);
    expect([index.version('parcel-1'), index.readerState(0)]).toEqual([0, undefined]);
    expect(statSync(`${indexDirectory(directory)}.unusable`).isDirectory()).toBe(true);
    await index.write(batchOf([eventOf('parcel-1', 1)]));
    expect(index.version('parcel-1')).toBe(1);
  });
});
