import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type LogBounds, type PartitionedLog, provisionChain } from '@ledgerline/es-core/adapter';
import { Killed, MemoryDisk } from '../fixtures/memory-disk.js';
import { RecordedTopic } from '../fixtures/recorded-topic.js';
import type { Manifest } from '../format/manifest.js';
import { sha256Of } from '../format/segment.js';
import { verifyBackup } from '../verify/verify-backup.js';
import { backUp } from './back-up.js';

/** Small, so that a few hundred records are several files. */
const segmentBytes = 10_000;

describe('a backup', () => {
  let recorded: RecordedTopic;
  let disk: MemoryDisk;

  beforeEach(async () => {
    recorded = new RecordedTopic();
    disk = new MemoryDisk();
    await recorded.record(60);
  });
  afterEach(() => recorded.close());

  const run = (to = disk, ...more: PartitionedLog[]) =>
    backUp({ logs: [recorded.log, ...more], disk: to, platform: recorded.platform, segmentBytes });

  const headsIn = ({ topics }: Manifest) =>
    topics.flatMap(({ partitions }) => partitions.map(({ ordinal, head }) => ({ ordinal, head })));

  const requireSound = async (to = disk): Promise<Manifest> => {
    const { manifest, problems } = await verifyBackup({ disk: to, platform: recorded.platform });
    expect(problems).toEqual([]);
    if (!manifest) throw new Error('there is no manifest');
    return manifest;
  };

  it('has every record that counts, and none of the noise', async () => {
    const { manifest, added } = await run();
    expect(headsIn(manifest)).toEqual(await recorded.heads());
    expect(added).toBe(manifest.topics[0]?.partitions.reduce((sum, { ordinal }) => sum + ordinal, 0));
    expect(headsIn(await requireSound())).toEqual(headsIn(manifest));
    expect(disk.files.size).toBeGreaterThan(4);
  });

  it('adds what came since, and leaves the files alone that are full', async () => {
    const first = await run();
    const before = new Map(disk.files);
    await recorded.record(30);
    const second = await run();
    expect(headsIn(await requireSound())).toEqual(await recorded.heads());
    expect(second.added).toBe(30 + 10 * 3);
    const full = first.manifest.topics.flatMap(({ partitions }) =>
      partitions.flatMap(({ segments }) => segments.filter(({ rawBytes }) => rawBytes >= segmentBytes)),
    );
    expect(full.length).toBeGreaterThan(2);
    for (const { file } of full) expect(disk.files.get(file)).toBe(before.get(file));
  });

  it('changes nothing but the time where nothing came', async () => {
    await run();
    const files = [...disk.files.keys()].sort();
    expect((await run()).added).toBe(0);
    expect([...disk.files.keys()].sort()).toEqual(files);
  });

  it('does not grow by a file with every run', async () => {
    for (let i = 0; i < 20; i += 1) {
      await recorded.record(1);
      await run();
    }
    const { topics } = await requireSound();
    for (const { rawBytes } of topics.flatMap(({ partitions }) =>
      partitions.flatMap(({ segments }) => segments.slice(0, -1)),
    ))
      expect(rawBytes).toBeGreaterThan(segmentBytes / 2);
  });

  it('ends where the log ended when it began, with a whole commit', async () => {
    const before = await recorded.heads();
    const growing = withBounds(recorded.log, async (bounds, partition) => {
      if (partition === 1) await recorded.record(20);
      return bounds;
    });
    const { manifest } = await backUp({ logs: [growing], disk, platform: recorded.platform });
    const [first, second] = headsIn(await requireSound());
    expect(headsIn(manifest)).toEqual([first, second]);
    expect(second?.ordinal).toBeGreaterThanOrEqual(before[1]?.ordinal ?? 0);
    expect(second?.ordinal).toBeLessThan((await recorded.heads())[1]?.ordinal ?? 0);
  });

  it('leaves out a commit of which a part lies behind the end', async () => {
    const { end } = recorded.topic.bounds(0);
    const heads = new Set<string>();
    for (let cut = end; cut > end - 12; cut -= 1) {
      const cutOff = withBounds(recorded.log, (bounds, partition) =>
        partition === 0 ? { ...bounds, end: cut } : bounds,
      );
      const to = new MemoryDisk();
      await backUp({ logs: [cutOff], disk: to, platform: recorded.platform });
      heads.add(headsIn(await requireSound(to))[0]?.head ?? '');
    }
    expect(heads.size).toBeGreaterThan(1);
    expect(heads.size).toBeLessThan(12);
  });

  it('has several topics', async () => {
    const other = new RecordedTopic('stamps.events', 3);
    await other.record(5);
    const { manifest } = await run(disk, other.log);
    expect(manifest.topics.map(({ topic, partitions }) => [topic, partitions.length])).toEqual([
      ['parcels.events', 2],
      ['stamps.events', 3],
    ]);
    await requireSound();
    await expect(run()).rejects.toMatchObject({ code: 'backup-of-another-log' });
    await other.close();
  });

  describe('that is killed at any instant', () => {
    it('is the backup before, whole, and the next run brings it up to date', async () => {
      await run();
      const before = new Map(disk.files);
      const { topics } = await requireSound();
      await recorded.record(60);
      let killed = 0;
      for (let killAt = 1; ; killAt += 1) {
        const dying = new MemoryDisk(before);
        dying.killAt = killAt;
        const outcome = await run(dying).catch((error: unknown) => error);
        if (!(outcome instanceof Error)) break;
        expect(causeOf(outcome)).toBeInstanceOf(Killed);
        killed += 1;
        const left = new MemoryDisk(dying.files);
        const found = (await requireSound(left)).topics;
        expect([topics, ...(dying.files.has('manifest.json') ? [found] : [])]).toContainEqual(found);
        const { manifest } = await run(left);
        expect(headsIn(await requireSound(left))).toEqual(await recorded.heads());
        expect([...left.files.keys()].sort()).toEqual(filesOf(manifest));
      }
      expect(killed).toBeGreaterThan(10);
    });

    it('goes on with what the killed run had written', async () => {
      const time = { now: recorded.platform.now() };
      const platform = { ...recorded.platform, now: () => (time.now += 10_000) };
      disk.killAt = 14;
      const again = { logs: [recorded.log], platform, segmentBytes };
      await expect(backUp({ ...again, disk })).rejects.toThrow();
      const left = new MemoryDisk(disk.files);
      expect([...left.files.keys()]).toContain('unfinished.json');
      const whole = new MemoryDisk();
      await backUp({ ...again, disk: whole });
      await backUp({ ...again, disk: left });
      expect(left.changes).toBeLessThan(whole.changes);
      expect(headsIn(await requireSound(left))).toEqual(await recorded.heads());
    });
  });

  it('says that the disk is full, and the backup before stays whole', async () => {
    await run();
    const before = (await requireSound()).topics;
    await recorded.record(200);
    disk.room = [...disk.files.values()].reduce((sum, { length }) => sum + length, 0) + 3_000;
    await expect(run()).rejects.toMatchObject({
      code: 'backup-disk-failed',
      message: expect.stringContaining('no space is left on the device'),
    });
    expect((await requireSound()).topics).toEqual(before);
    expect([...disk.files.keys()].filter((path) => path.endsWith('.tmp'))).toEqual([]);
    disk.room = Infinity;
    await run();
    expect(headsIn(await requireSound())).toEqual(await recorded.heads());
  });

  describe('to a directory', () => {
    const refused = async (code: string, message: string): Promise<void> => {
      const before = hexOf(disk);
      await expect(run()).rejects.toMatchObject({ code, message: expect.stringContaining(message), retriable: false });
      expect(hexOf(disk)).toMatchObject(before);
    };

    const editManifest = (edit: (manifest: Record<string, unknown>) => unknown): void => {
      const manifest = JSON.parse(String(disk.files.get('manifest.json'))) as Record<string, unknown>;
      disk.files.set('manifest.json', Buffer.from(JSON.stringify(edit(manifest))));
    };

    it("with somebody else's files is refused", async () => {
      disk.files.set('photos/cat.jpg', Buffer.from('cat'));
      await refused('backup-foreign', '/backup holds photos/cat.jpg');
    });

    it("with somebody else's manifest is refused", async () => {
      disk.files.set('manifest.json', Buffer.from('{"name":"app","version":"3"}'));
      await refused('backup-foreign', 'is not the manifest of a backup');
    });

    it('with a backup of a newer format is refused', async () => {
      await run();
      editManifest((manifest) => ({ ...manifest, version: 2 }));
      await refused('backup-newer', 'format version 2; this program knows 1');
    });

    it('with a damaged manifest is refused, naming the field', async () => {
      await run();
      editManifest(({ topics, ...manifest }) => ({ ...manifest, topics: 'none', was: topics }));
      await refused('backup-damaged', 'topics');
      disk.files.set('manifest.json', Buffer.from('{"format":'));
      await refused('backup-damaged', 'it is no JSON');
    });

    it('with a backup of another log is refused', async () => {
      const other = new RecordedTopic('parcels.events', 2, 43);
      await other.record(1);
      await backUp({ logs: [other.log], disk, platform: other.platform });
      await refused('backup-of-another-log', `with the log id ${await provisionChain(other.log, other.platform)}`);
      await other.close();
    });

    it('with a backup from which a file is missing, or cut off, is refused', async () => {
      const { manifest } = await run();
      const file = manifest.topics[0]?.partitions[1]?.segments[0]?.file ?? '';
      const bytes = disk.files.get(file) ?? Buffer.alloc(0);
      disk.files.set(file, bytes.subarray(1));
      await refused('backup-damaged', `${file} has ${bytes.length - 1} bytes instead of ${bytes.length}`);
      disk.files.delete(file);
      await refused('backup-damaged', `${file} is missing`);
    });

    it('with a backup of what the log has lost is refused', async () => {
      await run();
      const { end } = recorded.topic.bounds(0);
      recorded.topic.loseTail(0, end - 4);
      await refused('backup-of-another-log', 'which the log does not hold');
    });

    it('with a backup of what came otherwise in the log is refused', async () => {
      await run();
      recorded.topic.loseTail(1, 30);
      await recorded.close();
      const other = new RecordedTopic(recorded.topic, 2, 43);
      await other.record(40);
      await refused('backup-of-another-log', 'which the log does not hold');
      await other.close();
    });
  });
});

const causeOf = (error: Error): unknown => error.cause ?? error;

const filesOf = ({ topics }: Manifest): string[] =>
  [
    'manifest.json',
    ...topics.flatMap(({ partitions }) => partitions.flatMap(({ segments }) => segments.map(({ file }) => file))),
  ].sort();

const hexOf = ({ files }: MemoryDisk): Record<string, string> =>
  Object.fromEntries([...files].map(([path, bytes]) => [path, sha256Of(bytes)]));

/** The log, which answers other bounds. */
const withBounds = (
  log: PartitionedLog,
  change: (bounds: LogBounds, partition: number) => LogBounds | Promise<LogBounds>,
): PartitionedLog => {
  const bounds = log.bounds.bind(log);
  return Object.assign(log, { bounds: async (partition: number) => change(await bounds(partition), partition) });
};
