import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { inspect } from 'node:util';
import { refusingBroker } from '../fixtures/refusing-broker.js';
import { createKafkaTopic } from '../topic/create-kafka-topic.js';
import { openKafkaLog } from './open-kafka-log.js';

const topic = 'parcels.events';

/** A port that nobody listens on. */
const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

describe('opening a log on Kafka', () => {
  it('fails with the brokers that were tried and what to do, when none can be reached', async () => {
    const brokers = [`127.0.0.1:${await closedPort()}`, `127.0.0.1:${await closedPort()}`];
    const connection = { brokers, clientId: 'specs' };
    for (const opening of [openKafkaLog({ connection, topic }), createKafkaTopic({ connection, topic, partitions: 1 })])
      await expect(opening).rejects.toMatchObject({
        ...{ code: 'log-unavailable', retriable: true },
        message: expect.stringContaining(`${brokers.join(', ')}; start one, or check KAFKA_BROKERS`),
        cause: expect.objectContaining({ code: 'log-unavailable' }),
      });
  });

  it.each(['plain', 'scram-sha-512'] as const)(
    'names the user whose %s credentials are refused, never the password',
    async (mechanism) => {
      const broker = await refusingBroker();
      const sasl = { mechanism, username: 'ada', password: 'lovelace-1815' };
      const connection = { brokers: [broker.address], clientId: 'specs', sasl };
      const error: unknown = await openKafkaLog({ connection, topic }).catch((one: unknown) => one);
      expect(error).toMatchObject({
        ...{ code: 'log-misconfigured', retriable: false },
        message: expect.stringContaining(`broker ${broker.address} refuses the ${mechanism} credentials of user ada`),
      });
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('lovelace');
      await broker.close();
    },
  );

  it('says so when the broker does not speak TLS', async () => {
    const broker = await refusingBroker();
    const connection = { brokers: [broker.address], clientId: 'specs', ssl: true };
    await expect(openKafkaLog({ connection, topic })).rejects.toMatchObject({
      code: 'log-misconfigured',
      message: expect.stringContaining('do not agree on TLS'),
    });
    await broker.close();
  });

  it.each([false, true])('fails at once when somebody hangs up (TLS: %s)', async (ssl) => {
    const server = createServer((socket) => socket.resume().end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connection = { brokers: [`127.0.0.1:${(server.address() as AddressInfo).port}`], clientId: 'specs', ssl };
    await expect(openKafkaLog({ connection, topic })).rejects.toMatchObject({ code: 'log-unavailable' });
    server.close();
    await once(server, 'close');
  });

  it('says so when the broker is too old', async () => {
    const broker = await refusingBroker();
    const connection = { brokers: [broker.address], clientId: 'specs' };
    await expect(openKafkaLog({ connection, topic })).rejects.toMatchObject({
      code: 'log-misconfigured',
      message: expect.stringContaining('use Apache Kafka 3.1 or newer'),
    });
    await broker.close();
  });
});
