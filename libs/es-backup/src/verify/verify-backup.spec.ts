import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { gunzipSync, gzipSync } from 'node:zlib';
import { backUp } from '../backup/back-up.js';
import { MemoryDisk } from '../fixtures/memory-disk.js';
import { RecordedTopic } from '../fixtures/recorded-topic.js';
import { type Manifest, MANIFEST, type SegmentEntry } from '../format/manifest.js';
import { sha256Of } from '../format/segment.js';
import { type BackupProblem, verifyBackup } from './verify-backup.js';

type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;

describe('verifying a backup', () => {
  let recorded: RecordedTopic;
  let sound: ReadonlyMap<string, Buffer>;
  let manifest: Manifest;
  let disk: MemoryDisk;

  beforeAll(async () => {
    recorded = new RecordedTopic();
    await recorded.record(90);
    const first = new MemoryDisk();
    ({ manifest } = await backUp({
      logs: [recorded.log],
      disk: first,
      platform: recorded.platform,
      segmentBytes: 10_000,
    }));
    sound = first.files;
  });
  afterAll(() => recorded.close());

  beforeEach(() => {
    disk = new MemoryDisk(sound);
  });

  const problems = async (): Promise<readonly BackupProblem[]> =>
    (await verifyBackup({ disk, platform: recorded.platform })).problems;

  /** The second file of partition 1. */
  const segment = (): SegmentEntry => {
    const found = manifest.topics[0]?.partitions[1]?.segments[1];
    if (!found) throw new Error('there are too few files');
    return found;
  };

  const bytesOf = (file: string): Buffer => disk.files.get(file) ?? Buffer.alloc(0);

  const rewrite = (edit: (manifest: Writable<Manifest>) => void): void => {
    const copy = JSON.parse(String(disk.files.get(MANIFEST))) as Writable<Manifest>;
    edit(copy);
    disk.files.set(MANIFEST, Buffer.from(JSON.stringify(copy)));
  };

  /** The file's lines changed, and the manifest made to fit the new bytes. */
  const forge = (edit: (lines: string[]) => string[]): void => {
    const lines = gunzipSync(bytesOf(segment().file)).toString().trimEnd().split('\n');
    const bytes = gzipSync(`${edit(lines).join('\n')}\n`);
    disk.files.set(segment().file, bytes);
    rewrite(({ topics }) => {
      Object.assign(topics[0]?.partitions[1]?.segments[1] ?? {}, { bytes: bytes.length, sha256: sha256Of(bytes) });
    });
  };

  it('finds nothing wrong with one that is sound', async () => {
    expect(await problems()).toEqual([]);
  });

  it('names a file that is missing, and the first record that is missing with it', async () => {
    disk.files.delete(segment().file);
    expect(await problems()).toMatchObject([{ file: segment().file, reason: 'missing', ordinal: segment().first }]);
  });

  it('names a file that is cut off, and the first record that is not there', async () => {
    const { file, first, last, bytes } = segment();
    disk.files.set(file, bytesOf(file).subarray(0, Math.floor(bytes / 2)));
    const [problem, ...more] = await problems();
    expect([problem, more]).toMatchObject([{ file, reason: 'truncated' }, []]);
    expect(problem?.ordinal).toBeGreaterThan(first);
    expect(problem?.ordinal).toBeLessThan(last);
    disk.files.set(file, Buffer.alloc(0));
    expect(await problems()).toMatchObject([{ file, reason: 'truncated', ordinal: first }]);
  });

  it('notices every single byte that is changed', async () => {
    const { file, first, last } = segment();
    const whole = bytesOf(file);
    for (let at = 0; at < whole.length; at += 37) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
      disk.files.set(file, bytes);
      const [problem, ...more] = await problems();
      expect([problem, more]).toMatchObject([{ file, reason: 'corrupt' }, []]);
      expect(problem?.ordinal).toBeGreaterThanOrEqual(first);
      expect(problem?.ordinal).toBeLessThanOrEqual(last + 1);
    }
  });

  it('names every file that is damaged, not only the first', async () => {
    const { file } = segment();
    const other = manifest.topics[0]?.partitions[0]?.segments[0]?.file ?? '';
    for (const one of [file, other]) disk.files.set(one, bytesOf(one).subarray(0, 10));
    expect((await problems()).map((one) => one.file)).toEqual([other, file]);
  });

  describe('whose manifest was made to fit', () => {
    it.each([
      ['edited', (lines: string[]) => lines.with(3, (lines[3] ?? '').replace('"actor":"spec"', '"actor":"evil"'))],
      ['removed', (lines: string[]) => lines.toSpliced(3, 1)],
      ['added', (lines: string[]) => lines.toSpliced(4, 0, lines[3] ?? '')],
      ['reordered', (lines: string[]) => lines.with(3, lines[4] ?? '').with(4, lines[3] ?? '')],
    ])('notices a record that was %s, and where the chain breaks', async (_, edit) => {
      forge(edit);
      const [problem, ...more] = await problems();
      expect([problem, more]).toMatchObject([{ file: segment().file, reason: 'corrupt' }, []]);
      expect((problem?.ordinal ?? 0) - segment().first).toBeGreaterThanOrEqual(3);
      expect((problem?.ordinal ?? 0) - segment().first).toBeLessThanOrEqual(6);
    });

    it('notices a last record that is gone', async () => {
      forge((lines) => lines.slice(0, -1));
      expect(await problems()).toMatchObject([{ file: segment().file, reason: 'corrupt' }]);
    });

    it('notices that the head is another one', async () => {
      rewrite(({ topics }) => Object.assign(topics[0]?.partitions[1] ?? {}, { ordinal: 3 }));
      expect(await problems()).toMatchObject([{ file: MANIFEST, reason: 'corrupt' }]);
    });

    it('notices that it names another log', async () => {
      rewrite(({ topics }) => Object.assign(topics[0] ?? {}, { logId: 'another' }));
      expect(await problems()).toMatchObject([
        { file: manifest.topics[0]?.partitions[0]?.segments[0]?.file, reason: 'corrupt', ordinal: 1 },
        { file: manifest.topics[0]?.partitions[1]?.segments[0]?.file, reason: 'corrupt', ordinal: 1 },
      ]);
    });

    it('notices that a file was left out', async () => {
      rewrite(({ topics }) => topics[0]?.partitions[1]?.segments.splice(1, 1));
      expect(await problems()).toMatchObject([{ reason: 'corrupt', ordinal: segment().first }]);
    });
  });

  it("names somebody else's file", async () => {
    disk.files.set('parcels.events/notes.txt', Buffer.from('mine'));
    expect(await problems()).toMatchObject([{ file: 'parcels.events/notes.txt', reason: 'foreign' }]);
  });

  it.each([
    ['a newer format', (one: Writable<Manifest>) => Object.assign(one, { version: 7 }), 'newer', 'version 7'],
    [
      'another program',
      (one: Writable<Manifest>) => Object.assign(one, { format: 'tar' }),
      'foreign',
      'not the manifest',
    ],
    [
      'hashes of the future',
      (one: Writable<Manifest>) => Object.assign(one.topics[0] ?? {}, { recordHash: 'sha9/1' }),
      'newer',
      'sha9/1',
    ],
    ['a field too few', (one: Writable<Manifest>) => Object.assign(one, { topics: [{}] }), 'corrupt', 'topics.0.topic'],
  ])('says so where the manifest is of %s', async (_, edit, reason, message) => {
    rewrite(edit);
    expect(await problems()).toMatchObject([{ file: MANIFEST, reason, message: expect.stringContaining(message) }]);
  });

  it('says so where there is no manifest, or no JSON in it', async () => {
    disk.files.set(MANIFEST, Buffer.from('{"'));
    expect(await problems()).toMatchObject([{ file: MANIFEST, reason: 'corrupt' }]);
    disk.files.clear();
    expect(await problems()).toMatchObject([{ file: MANIFEST, reason: 'missing' }]);
  });
});
