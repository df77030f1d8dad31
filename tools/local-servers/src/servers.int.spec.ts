import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Db, MongoClient } from 'mongodb';
import { clientOfOneTry } from './fixtures/kafka-client.js';
import { scratch } from './fixtures/scratch.js';
import { describeWithOwnServers } from './for-specs/describe-with-servers.js';
import { withAdmin } from './for-specs/kafka-client.js';
import { downWithThisProcess, servers, startCommand } from './fixtures/servers-command.js';
import { findProcesses } from './processes/find-processes.js';
import { until } from './processes/until.js';

const newDirectory = scratch();
const WITHIN_MS = 240_000;
const EXPORT =
  /^export KAFKA_BROKERS=((?:127\.0\.0\.1:\d+,?)+)\nexport MONGODB_URI=(mongodb:\/\/127\.0\.0\.1:\d+\/ledgerline)\n$/;

const brokersOf = (stdout: string): string[] => {
  const [, brokers = ''] = EXPORT.exec(stdout) ?? [];
  return brokers.split(',');
};

const uriOf = (stdout: string): string => {
  const [, , uri = ''] = EXPORT.exec(stdout) ?? [];
  return uri;
};

const mongoPids = (dataDirectory: string): Promise<number[]> => {
  const home = join(dataDirectory, 'servers/mongo');
  return findProcesses([join(home, 'MongoProtocolServer.java'), join(home, 'data.mv')]);
};

const withDatabase = async <T>(uri: string, use: (database: Db) => Promise<T>): Promise<T> => {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 10_000 });
  try {
    return await use(client.db());
  } finally {
    await client.close();
  }
};

const keep = (uri: string, name: string): Promise<unknown> =>
  withDatabase(uri, (database) => database.collection(name).insertOne({}));

const keptIn = (uri: string, name: string): Promise<number> =>
  withDatabase(uri, (database) => database.collection(name).countDocuments());

const pidsOf = (dataDirectory: string, node: number): Promise<number[]> =>
  findProcesses(['kafka.Kafka', join(dataDirectory, 'servers/kafka', `${node}`, 'server.properties')]);

const killFound = async (find: () => Promise<number[]>): Promise<void> => {
  const [pid = 0] = await find();
  process.kill(pid, 'SIGKILL');
  expect(await until(async () => (await find()).length === 0, WITHIN_MS)).toBe(true);
};

const createTopic = (brokers: string[], topic: string): Promise<boolean> =>
  withAdmin(clientOfOneTry(brokers), (admin) => admin.createTopics({ topics: [{ topic, numPartitions: 1 }] }));

const topicsOf = (brokers: string[]): Promise<string[]> =>
  withAdmin(clientOfOneTry(brokers), (admin) => admin.listTopics());

await describeWithOwnServers(['kafka', 'mongo'], 'servers:up, servers:status and servers:down', () => {
  let directory: string;
  let callOff: () => void;
  let exported = '';

  beforeAll(async () => {
    directory = newDirectory();
    callOff = downWithThisProcess(directory);
    const up = await servers(directory, 'up');
    expect(up).toMatchObject({ code: 0, stdout: expect.stringMatching(EXPORT) });
    exported = up.stdout;
  }, WITHIN_MS);

  afterAll(async () => {
    expect(await servers(directory, 'down', '--wipe')).toMatchObject({ code: 0 });
    callOff();
  }, WITHIN_MS);

  it(
    'leave a broker that answers, with its output in a file',
    async () => {
      const brokers = brokersOf(exported);
      expect(brokers).toHaveLength(1);
      await createTopic(brokers, 'kept');
      await keep(uriOf(exported), 'kept');
      expect(existsSync(join(directory, 'servers/kafka/1/broker.log'))).toBe(true);
      expect(existsSync(join(directory, 'servers/mongo/mongo.log'))).toBe(true);
      const [pid] = await pidsOf(directory, 1);
      const { code, stdout } = await servers(directory, 'status');
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`running as process ${pid}`) });
      const [mongo] = await mongoPids(directory);
      expect(stdout).toMatch(
        new RegExp(`^mongo {2}running as process ${mongo} {2}127\\.0\\.0\\.1:\\d+ {2}.*mongo\\.log$`, 'm'),
      );
    },
    WITHIN_MS,
  );

  it(
    'start nothing twice, and say the same again',
    async () => {
      const before = await pidsOf(directory, 1);
      const ups = await Promise.all([servers(directory, 'up'), servers(directory, 'up', '--brokers', '1')]);
      expect(ups).toEqual([
        expect.objectContaining({ stdout: exported }),
        expect.objectContaining({ stdout: exported }),
      ]);
      expect([await pidsOf(directory, 1), (await mongoPids(directory)).length]).toEqual([before, 1]);
    },
    WITHIN_MS,
  );

  it(
    'refuse another number of brokers, with what to do',
    async () => {
      const { code, stdout, stderr } = await servers(directory, 'up', '--brokers', '3');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/holds 1 broker\(s\), not 3.*servers:down -- --wipe/);
    },
    WITHIN_MS,
  );

  it(
    'notice a broker that was killed, and start it again on what it had',
    async () => {
      await killFound(() => pidsOf(directory, 1));
      await killFound(() => mongoPids(directory));
      expect(await servers(directory, 'status')).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('not running'),
      });
      expect(await servers(directory, 'up')).toMatchObject({ code: 0, stdout: exported });
      expect(await topicsOf(brokersOf(exported))).toContain('kept');
      expect(await keptIn(uriOf(exported), 'kept')).toBe(1);
    },
    WITHIN_MS,
  );

  it(
    'end the broker and keep what it holds, also when there is nothing to end',
    async () => {
      expect(await servers(directory, 'down')).toMatchObject({ code: 0, stdout: '' });
      expect([await pidsOf(directory, 1), await mongoPids(directory)]).toEqual([[], []]);
      expect(await servers(directory, 'down')).toMatchObject({ code: 0, stdout: '' });
      expect(await servers(directory, 'up')).toMatchObject({ code: 0, stdout: exported });
      expect(await topicsOf(brokersOf(exported))).toContain('kept');
      expect(await keptIn(uriOf(exported), 'kept')).toBe(1);
    },
    WITHIN_MS,
  );

  it(
    'move to another port when a stranger has taken it meanwhile',
    async () => {
      await servers(directory, 'down');
      const [brokers = ''] = brokersOf(exported);
      const strangers: Server[] = [];
      for (const port of [brokers.split(':')[1], new URL(uriOf(exported)).port]) {
        const stranger = createServer().listen(Number(port), '127.0.0.1');
        strangers.push(stranger);
        await once(stranger, 'listening');
      }
      const { code, stdout } = await servers(directory, 'up');
      for (const stranger of strangers) stranger.close();
      expect(code).toBe(0);
      expect(brokersOf(stdout)).not.toEqual([brokers]);
      expect(uriOf(stdout)).not.toBe(uriOf(exported));
      expect(await topicsOf(brokersOf(stdout))).toContain('kept');
      expect(await keptIn(uriOf(stdout), 'kept')).toBe(1);
    },
    WITHIN_MS,
  );
});

await describeWithOwnServers(['kafka', 'mongo'], 'servers:up of one server', () => {
  it(
    'starts that one alone, and is gone on with by the next that wants all',
    async () => {
      const directory = newDirectory();
      const callOff = downWithThisProcess(directory);
      const first = startCommand(directory, 'up', '--only', 'mongo');
      await first.told('Starting the MongoDB-protocol server');
      process.kill(-(first.child.pid ?? 0), 'SIGKILL');
      await first.ended;
      const [second, third] = await Promise.all(
        ['mongo', 'mongo'].map((name) => servers(directory, 'up', '--only', name)),
      );
      expect(second).toMatchObject({ code: 0, stdout: expect.stringMatching(/^export MONGODB_URI=.*\n$/) });
      expect(third).toMatchObject({ code: 0, stdout: second?.stdout });
      expect((await mongoPids(directory)).length).toBe(1);
      expect(await servers(directory, 'down', '--wipe')).toMatchObject({ code: 0 });
      expect([await mongoPids(directory), existsSync(join(directory, 'servers/mongo'))]).toEqual([[], false]);
      callOff();
    },
    WITHIN_MS,
  );
});

await describeWithOwnServers(['kafka', 'mongo'], 'servers:up that did not run to its end', () => {
  it(
    'is gone on with, whether it was killed or is still at work',
    async () => {
      const directory = newDirectory();
      const callOff = downWithThisProcess(directory);
      const first = startCommand(directory, 'up');
      await first.told('Starting Kafka broker 1');
      process.kill(-(first.child.pid ?? 0), 'SIGKILL');
      await first.ended;
      const [second, third] = await Promise.all([servers(directory, 'up'), servers(directory, 'up')]);
      expect(second).toMatchObject({ code: 0, stdout: expect.stringMatching(EXPORT) });
      expect(third).toMatchObject({ code: 0, stdout: second.stdout });
      expect(await until(async () => (await pidsOf(directory, 1)).length === 1, WITHIN_MS)).toBe(true);
      expect(await servers(directory, 'down', '--wipe')).toMatchObject({ code: 0 });
      expect(await pidsOf(directory, 1)).toEqual([]);
      expect(existsSync(join(directory, 'servers/kafka'))).toBe(false);
      callOff();
    },
    WITHIN_MS,
  );
});

describe('the command', () => {
  it.each([
    ['without Java', { JAVA_HOME: '/nowhere' }, 'up', 3, /^servers: Java 17 or newer is needed.*\n$/],
    ['not understood', {}, 'up --brokers 2', 2, /^servers: --brokers takes 1 or 3\nusage: /],
  ])('%s says so, and prints nothing to be evaluated', async (_, env, line, code, message) => {
    const [verb = '', ...args] = line.split(' ');
    const before = { ...process.env };
    Object.assign(process.env, env);
    const end = await servers(newDirectory(), verb, ...args).finally(() => (process.env = before));
    expect(end).toEqual({ code, stdout: '', stderr: expect.stringMatching(message) });
  });
});
