import { EsError } from '@ledgerline/es-core';
import { ordersCommands, ordersTopic, paymentsCommands, paymentsTopic } from '@ledgerline/events';
import type { Result } from '../terminal/print.js';

/** `es topics create`: makes what is missing of the topics on Kafka. May be repeated, and run by several at once. */
export const createTopicsVerb = async (): Promise<Result> => {
  // Loaded here, because it takes a while and few verbs need it.
  const { adaptersFor, environment, readConfig } = await import('@ledgerline/es-nest');
  const { provision, provisionCommands } = await adaptersFor(readConfig(environment, process.env));
  if (!provision || !provisionCommands) throw notOnKafka();
  const [logs, commands] = [
    [ordersTopic.topic, paymentsTopic.topic],
    [ordersCommands, paymentsCommands],
  ];
  for (const topic of logs) await provision(topic);
  for (const topic of commands) await provisionCommands(topic);
  const topics = [...logs, ...commands];
  return { json: { topics }, text: topics.map((topic) => `${topic} is ready`).join('\n') };
};

const notOnKafka = (): EsError =>
  new EsError(
    'not-on-kafka',
    'KAFKA_BROKERS is not set: on the embedded log each service makes its own topic, and nothing has to be made before',
    false,
  );
