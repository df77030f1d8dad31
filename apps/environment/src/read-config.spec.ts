import { describe, expect, it } from '@jest/globals';
import { environment } from './environment.js';
import { readConfig, serviceUrl } from './read-config.js';

const messageOf = (env: Readonly<Record<string, string>>): unknown => {
  try {
    return readConfig(environment, env);
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
};

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(readConfig(environment, { DATA_DIR: '', KAFKA_BROKERS: ' ' })).toEqual({
      ...{
        DATA_DIR: '.data',
        HOST: '127.0.0.1',
        TOPIC_PARTITIONS: 4,
        TOPIC_CHECK_S: 30,
        CLOCK_SKEW_LIMIT_S: 60,
        LOG_LEVEL: 'info',
      },
      ...{ ORDER_SERVICE_PORT: 3001, PAYMENT_SERVICE_PORT: 3002, PROJECTION_SERVICE_PORT: 3003 },
    });
  });

  it.each([
    [{ ORDER_SERVICE_PORT: '70000' }, 'ORDER_SERVICE_PORT must be a port number from 0 to 65535'],
    [{ PAYMENT_SERVICE_PORT: 'http' }, 'PAYMENT_SERVICE_PORT must be a port number from 0 to 65535'],
    [{ TOPIC_PARTITIONS: '0' }, 'TOPIC_PARTITIONS must be a whole number from 1 to 1000'],
    [{ TOPIC_PARTITIONS: '1e2' }, 'TOPIC_PARTITIONS must be a whole number from 1 to 1000'],
    [{ ORDER_SERVICE_URL: 'localhost' }, 'ORDER_SERVICE_URL must be a URL, such as http://127.0.0.1:3001'],
    [{ HOST: 'a b' }, 'HOST must be a host name or an address without spaces'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent'],
    [
      { KAFKA_BROKERS: 'kafka-1:9092,kafka-2' },
      'KAFKA_BROKERS must be brokers as host:port, separated by commas, such as kafka-1:9092,kafka-2:9092',
    ],
    ...['[::zz]:9092', '[127.0.0.1]:9092', '::1:9092', '[::1]', 'kafka-1:0', 'kafka-1:65536', '[::1]:99999'].map(
      (broker): [Record<string, string>, string] => [
        { KAFKA_BROKERS: broker },
        'KAFKA_BROKERS must be brokers as host:port, separated by commas, such as kafka-1:9092,kafka-2:9092',
      ],
    ),
    [{ KAFKA_SSL: 'yes' }, 'KAFKA_SSL must be true or false'],
    [{ KAFKA_SASL_MECHANISM: 'gssapi' }, 'KAFKA_SASL_MECHANISM must be one of plain, scram-sha-256, scram-sha-512'],
    [
      { MONGODB_URI: 'user:secret@m:27017' },
      'MONGODB_URI must be a mongodb:// or mongodb+srv:// address, such as mongodb://127.0.0.1:27017/ledgerline',
    ],
    [{ INSTANCE_SECRET: 'hunter2' }, 'INSTANCE_SECRET must be 32 to 1024 printable characters without spaces'],
    [
      { ADVERTISED_URL: 'http://user:hunter2@order-service:3001' },
      'ADVERTISED_URL must be no more than a place, such as http://order-service-1:3001: no user, no password, no ? and no #',
    ],
  ])('names the variable and the rule of %j, never the value', (env, message) => {
    expect(messageOf(env)).toBe(message);
  });

  it('names all variables that break a rule', () => {
    expect(messageOf({ HOST: ' a', TOPIC_PARTITIONS: 'x' })).toMatch(/^HOST must .*; TOPIC_PARTITIONS must /);
  });

  it('knows where a service is reached', () => {
    const { ORDER_SERVICE_PORT: _usual, ...config } = readConfig(environment, { HOST: '0.0.0.0' });
    expect(serviceUrl({ ...config, ORDER_SERVICE_PORT: 4001 }, 'order')).toBe('http://127.0.0.1:4001');
    const elsewhere = readConfig(environment, { PAYMENT_SERVICE_URL: 'https://payments.example/' });
    expect(serviceUrl(elsewhere, 'payment')).toBe('https://payments.example');
  });
});
