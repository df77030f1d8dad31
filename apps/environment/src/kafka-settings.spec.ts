import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { environment } from './environment.js';
import { kafkaSettings } from './kafka-settings.js';
import { readConfig } from './read-config.js';

const connectionOf = (env: Readonly<Record<string, string>>): unknown => kafkaSettings(readConfig(environment, env));
const SASL = { KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', KAFKA_SASL_USERNAME: 'orders', KAFKA_SASL_PASSWORD: 'hunter2' };

describe('how Kafka is reached', () => {
  it('is said by the environment', () => {
    expect(connectionOf({})).toBeUndefined();
    expect(connectionOf({ KAFKA_BROKERS: '127.0.0.1:9092, [::1]:9093' })).toEqual({
      brokers: ['127.0.0.1:9092', '[::1]:9093'],
    });
    expect(connectionOf({ KAFKA_BROKERS: 'k:9092', KAFKA_SSL: 'true', ...SASL })).toEqual({
      ...{ brokers: ['k:9092'], ssl: true },
      sasl: { mechanism: 'scram-sha-512', username: 'orders', password: 'hunter2' },
    });
    expect(connectionOf({ KAFKA_BROKERS: 'k:9092', KAFKA_SSL: 'false', KAFKA_TOPIC_PREFIX: 'dev.' })).toEqual({
      brokers: ['k:9092'],
      topicPrefix: 'dev.',
    });
  });

  it.each([
    [{ KAFKA_SASL_PASSWORD: 'hunter2' }, 'must be set together'],
    [{ KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: 'hunter2' }, 'must be set together'],
    [{ KAFKA_SSL_CA: '/nowhere/ca.pem' }, 'KAFKA_SSL_CA needs KAFKA_SSL to be true'],
    [{ KAFKA_SSL: 'true', KAFKA_SSL_CA: '/nowhere/ca.pem' }, 'KAFKA_SSL_CA must be a file that can be read'],
    [{ KAFKA_SSL: 'true', KAFKA_SSL_CA: fileURLToPath(import.meta.url) }, 'with certificates in PEM format'],
  ])('names what does not go together in %j, and no secret', (env, rule) => {
    const connect = (): unknown => connectionOf({ KAFKA_BROKERS: 'k:9092', ...env });
    expect(connect).toThrow(rule);
    expect(connect).not.toThrow('hunter2');
  });
});
