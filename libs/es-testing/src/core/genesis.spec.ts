import { beforeEach, describe, expect, it } from '@jest/globals';
import { LogUnavailable } from '@ledgerline/es-core';
import { type LogRecord, provisionChain } from '@ledgerline/es-core/adapter';
import { verifyChain } from '@ledgerline/es-core/runtime';
import { MemoryTopic } from '../memory/memory-topic.js';
import { testPlatform } from '../platform/test-platform.js';
import { TroubledLog } from './fixtures/troubled-log.js';

const platform = testPlatform({ seed: 1, startAt: '2026-01-01T00:00:00.000Z' });
const foreign: LogRecord = { key: 'x', value: '{}', headers: { 'content-type': 'application/json' } };

describe('provisioning a topic', () => {
  let topic: MemoryTopic;
  let log: TroubledLog;

  beforeEach(() => {
    topic = new MemoryTopic({ partitions: 3 });
    log = new TroubledLog(topic);
  });

  const ends = (): number[] => [0, 1, 2].map((partition) => topic.bounds(partition).end);

  it('gives every partition its genesis, once', async () => {
    const logId = await provisionChain(log, platform);
    expect(await provisionChain(log, platform)).toBe(logId);
    expect(await verifyChain(log, platform)).toBe(logId);
    expect(ends()).toEqual([1, 1, 1]);
  });

  it('agrees on one log where two do it at once', async () => {
    const [one, other] = await Promise.all([
      provisionChain(log, platform),
      provisionChain(new TroubledLog(topic), platform),
    ]);
    expect(one).toBe(other);
    expect(await verifyChain(log, platform)).toBe(one);
  });

  it.each([1, 2, 3, 4])('is finished by the next one where the first was killed at its append %d', async (killedAt) => {
    const dies = new TroubledLog(topic);
    dies.refuses = () => dies.appends.length >= killedAt;
    const first = await provisionChain(dies, platform).catch(() => undefined);
    const logId = await provisionChain(log, platform);
    expect(await verifyChain(log, platform)).toBe(logId);
    expect(ends()).toEqual([1, 1, 1]);
    expect(first).toBe(killedAt > 3 ? logId : undefined);
  });

  it('adopts what it wrote although the answer was lost', async () => {
    log.losesAnswers = true;
    const logId = await provisionChain(log, platform);
    expect(await verifyChain(log, platform)).toBe(logId);
    expect(ends()).toEqual([1, 1, 1]);
  });

  it('is not done while a partition has only noise, whatever the log answered', async () => {
    topic.append(1, [foreign]);
    log.refuses = () => {
      if (log.appends.length === 2) throw new LogUnavailable('the request was lost');
      return false;
    };
    await expect(provisionChain(log, platform)).rejects.toMatchObject({ code: 'log-unavailable', retriable: true });
    log.refuses = () => false;
    const logId = await provisionChain(log, platform);
    expect(await verifyChain(log, platform)).toBe(logId);
  });

  it('writes behind noise in every partition but the first', async () => {
    topic.append(2, [foreign, foreign]);
    const logId = await provisionChain(log, platform);
    expect(await verifyChain(log, platform)).toBe(logId);
    expect(ends()).toEqual([1, 1, 3]);
  });

  it('passes on that the log refuses to be written', async () => {
    log.refuses = () => true;
    await expect(provisionChain(log, platform)).rejects.toMatchObject({ code: 'append-refused' });
  });

  it.each([provisionChain, verifyChain])('refuses a topic that belongs to something else', async (look) => {
    topic.append(0, [foreign]);
    await expect(look(log, platform)).rejects.toMatchObject({
      ...{
        code: 'log-misconfigured',
        retriable: false,
        message: expect.stringContaining('set another KAFKA_TOPIC_PREFIX or DATA_DIR'),
      },
    });
    expect(ends()).toEqual([1, 0, 0]);
  });

  it.each([provisionChain, verifyChain])('refuses a topic that lost its beginning', async (look) => {
    await provisionChain(log, platform);
    topic.append(0, [foreign]);
    topic.forgetBefore(0, 1);
    await expect(look(log, platform)).rejects.toMatchObject({
      ...{ code: 'log-misconfigured', message: expect.stringContaining('lost its beginning') },
    });
  });

  /** A topic of so many partitions with the same records. */
  const copiedInto = (partitions: number): TroubledLog => {
    const copy = new MemoryTopic({ partitions });
    for (const partition of [0, 1, 2].slice(0, partitions)) copy.append(partition, topic.slice(partition, 0, 1));
    return new TroubledLog(copy);
  };

  it('refuses a topic with fewer partitions than it was made with, with what brings them back', async () => {
    await provisionChain(log, platform);
    await expect(verifyChain(copiedInto(2), platform)).rejects.toMatchObject({
      ...{
        code: 'log-misconfigured',
        message: expect.stringMatching(/made with 3 partitions, has 2: .*es -- restore/),
      },
    });
  });

  it.each([provisionChain, verifyChain])('has one open again that was opened with more partitions', async (look) => {
    await provisionChain(log, platform);
    await expect(look(copiedInto(4), platform)).rejects.toMatchObject({
      ...{ code: 'log-unavailable', retriable: true, message: expect.stringContaining('open it again') },
    });
  });

  it('takes a topic whose settings break no promise', async () => {
    const logId = await provisionChain(log, platform);
    log.settingsAreWrong = [{ message: 'it has a partition too many', promise: 'kept' }];
    expect(await verifyChain(log, platform)).toBe(logId);
  });

  it.each(['partitionHash', 'recordHash'])('refuses a topic made with another %s', async (name) => {
    await provisionChain(log, platform);
    const other = new MemoryTopic({ partitions: 3 });
    const [genesis] = topic.slice(0, 0, 1);
    if (!genesis) throw new Error('there is no genesis');
    const value = JSON.stringify({ ...(JSON.parse(genesis.value) as object), [name]: 'another/2' });
    other.append(0, [{ ...genesis, value }]);
    await expect(verifyChain(new TroubledLog(other), platform)).rejects.toThrow('run the version that made it');
  });

  it('is missed where it was not done, or not to its end, with what to do about it', async () => {
    await expect(verifyChain(log, platform)).rejects.toThrow('topics create');
    const dies = new TroubledLog(topic);
    dies.refuses = () => dies.appends.length > 2;
    await provisionChain(dies, platform).catch(() => undefined);
    await expect(verifyChain(log, platform)).rejects.toMatchObject({
      ...{ code: 'log-misconfigured', message: expect.stringContaining('topics create') },
    });
  });

  it.each(['weakened', 'broken'] as const)('says what is wrong before anything else: a promise %s', async (promise) => {
    log.settingsAreWrong = [{ message: 'retention.ms is 7 days; set it to -1', promise }];
    await expect(verifyChain(log, platform)).rejects.toThrow('retention.ms is 7 days; set it to -1');
  });
});
