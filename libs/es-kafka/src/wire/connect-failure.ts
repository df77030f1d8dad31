import { type EsError, LogMisconfigured, LogUnavailable } from '@ledgerline/es-core';
import type { KafkaConnection } from '../kafka-connection.js';
import type { Address } from './broker-connection.js';

interface Attempt {
  readonly topic: string;
  readonly address: Address;
  readonly settings: KafkaConnection;
  /** False where nothing ever worked: then somebody has to change something. */
  readonly retriable: boolean;
}

const CREDENTIALS = new Set([
  'KafkaJSSASLAuthenticationError',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
]);
const CERTIFICATES = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|ERR_OSSL_)/;

/** Why a connection could not be opened, in our words: the broker and the user are named, never the password. */
export const connectFailure = (error: unknown, { topic, address, settings, retriable }: Attempt): EsError => {
  const broker = `${address.host}:${address.port}`;
  const refusal = refusalIn(error, broker, settings);
  if (refusal === undefined)
    return new LogUnavailable(`broker ${broker} cannot be reached`, { topic, broker }, { cause: error });
  return retriable ? new LogUnavailable(refusal, { topic, broker }) : new LogMisconfigured(topic, [refusal]);
};

const refusalIn = (error: unknown, broker: string, { sasl }: KafkaConnection): string | undefined => {
  const { name = '', type = '', code = '' } = marksOf(error);
  if (CREDENTIALS.has(name) || CREDENTIALS.has(type))
    return `broker ${broker} refuses the ${sasl?.mechanism} credentials of user ${sasl?.username}: check KAFKA_SASL_*`;
  if (CERTIFICATES.test(code))
    return `broker ${broker} and this client do not agree on TLS (${code}): check KAFKA_SSL and the certificate authority`;
  return undefined;
};

const marksOf = (error: unknown): { name?: string; type?: string; code?: string } => {
  if (!(error instanceof Error)) return {};
  return {
    name: error.name,
    ...('type' in error && { type: String(error.type) }),
    ...('code' in error && { code: String(error.code) }),
  };
};
