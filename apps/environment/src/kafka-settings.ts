import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { KafkaCredentials, KafkaOptions } from '@ledgerline/es-kafka';
import { ConfigInvalid } from './config-invalid.error.js';
import type { ServiceConfig } from './environment.js';

/**
 * How the brokers are reached, or undefined where the log is embedded.
 * @throws ConfigInvalid when variables do not go together, or a file cannot be read. Secrets are never repeated.
 */
export const kafkaSettings = (
  config: ServiceConfig,
): Pick<KafkaOptions, 'brokers' | 'ssl' | 'sasl' | 'topicPrefix'> | undefined => {
  const { KAFKA_BROKERS: brokers, KAFKA_SSL: ssl, KAFKA_SSL_CA: caFile } = config;
  if (!brokers) return undefined;
  if (caFile !== undefined && ssl !== 'true') throw new ConfigInvalid(['KAFKA_SSL_CA needs KAFKA_SSL to be true']);
  const sasl = credentials(config);
  return {
    brokers,
    ...(ssl === 'true' && { ssl: caFile === undefined ? true : { ca: readAuthorities(caFile) } }),
    ...(sasl && { sasl }),
    ...(config.KAFKA_TOPIC_PREFIX !== undefined && { topicPrefix: config.KAFKA_TOPIC_PREFIX }),
  };
};

const credentials = (config: ServiceConfig): KafkaCredentials | undefined => {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = config;
  if (mechanism !== undefined && username !== undefined && password !== undefined)
    return { mechanism, username, password };
  if (mechanism ?? username ?? password)
    throw new ConfigInvalid([
      'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD must be set together, or none of them',
    ]);
  return undefined;
};

const readAuthorities = (file: string): string => {
  try {
    const authorities = readFileSync(file, 'utf8');
    // A file that holds none is taken without a word, and then nobody is trusted.
    new X509Certificate(authorities);
    return authorities;
  } catch {
    throw new ConfigInvalid(['KAFKA_SSL_CA must be a file that can be read, with certificates in PEM format']);
  }
};
