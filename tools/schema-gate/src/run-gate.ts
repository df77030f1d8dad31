import { EsError } from '@ledgerline/es-core';
import { catalogueOf } from '@ledgerline/es-core/runtime';
import { orderEvents, ordersTopicEvents, paymentEvents } from '@ledgerline/events';
import type { Gate, Verdict } from './gate.js';

/** The shop's, from the workspace's root. */
const gate: Gate = {
  topics: [{ topic: orderEvents.topic, catalogue: catalogueOf(ordersTopicEvents) }, paymentEvents],
  directory: 'libs/events/released',
};

/** Prints the verdict and sets the exit code: 1 where something breaks, or where it cannot be told. */
export const runGate = (judge: (gate: Gate) => Verdict): void => {
  const { isCompatible, report } = verdictOf(judge);
  const output = isCompatible ? process.stdout : process.stderr;
  output.write(`${report}\n`);
  if (!isCompatible) process.exitCode = 1;
};

const verdictOf = (judge: (gate: Gate) => Verdict): Verdict => {
  try {
    return judge(gate);
  } catch (error) {
    if (!(error instanceof EsError)) throw error;
    return { isCompatible: false, report: `${error.code}: ${error.message}` };
  }
};
