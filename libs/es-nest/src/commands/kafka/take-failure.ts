import { EsError } from '@ledgerline/es-core';

const RIGHTS: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED:
    'grant this principal Read on the topics of commands, and Write on the topics of their replies',
  GROUP_AUTHORIZATION_FAILED: 'grant this principal Read on the consumer group',
};

/** What kafkajs says in our words: it is the outside that failed, so there is no stack to look at. */
export const takeFailure = (error: unknown): EsError => {
  if (error instanceof EsError) return error;
  const kafka = typeIn(error);
  const reason = error instanceof Error ? error.message : String(error);
  const remedy = kafka === undefined ? undefined : RIGHTS[kafka];
  return new EsError('kafka-failed', remedy ? `${reason}; ${remedy}` : reason, true, { kafka }, { cause: error });
};

/** kafkajs wraps what a broker answered, sometimes more than once. */
const typeIn = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  return 'type' in error && typeof error.type === 'string' ? error.type : typeIn(error.cause);
};
