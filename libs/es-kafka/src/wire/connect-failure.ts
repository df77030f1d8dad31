import { type Facts, LogUnavailable } from '@ledgerline/es-core';
import type { KafkaConnection } from '../kafka-connection.js';
import { type Address, nameOf } from './address.js';

const CREDENTIALS = new Set([
  'KafkaJSSASLAuthenticationError',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
]);
const CERTIFICATES = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|ERR_OSSL_)/;

/** The connection could not be opened, for no reason that somebody would have to change a setting for. */
export const notReached = (cause: unknown, address: Address, facts: Facts): LogUnavailable => {
  const broker = nameOf(address);
  return new LogUnavailable(`broker ${broker} cannot be reached`, { ...facts, broker }, { cause });
};

/** Why the broker, or TLS, refused to open it, in our words: the broker and the user are named, never the password. */
export const refusalIn = (error: unknown, address: Address, { sasl }: KafkaConnection): string | undefined => {
  const broker = nameOf(address);
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
